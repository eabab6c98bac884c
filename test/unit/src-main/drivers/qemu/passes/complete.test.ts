import { describe, expect, test } from 'vitest';
import { completeDefinition } from '../../../../../../src-main/drivers/qemu/passes/index.ts';
import { formatDomain, parseDomain } from '../../../../../../src-shared/model/domain/index.ts';
import { capableQemu, complete, domainXml, environment } from '../../../../../support/completing.ts';

const card = "<interface type='user'><model type='virtio'/></interface>";

describe('completing a definition', () => {
  test('leaves what it was given as it is', () => {
    const domain = parseDomain(domainXml(card));
    const before = structuredClone(domain);
    completeDefinition(domain, { capabilities: capableQemu, environment, isNew: true });
    expect(domain).toEqual(before);
  });

  test('writes down the version of the board', () => {
    expect(complete(domainXml('')).os.type.machine).toBe('pc-q35-7.2');
  });

  test('gives cards an address from the range of QEMU, and keeps one that is given', () => {
    expect(complete(domainXml(card)).devices.interface[0]?.mac?.address).toBe('52:54:00:01:02:03');
    const own = card.replace('<model', "<mac address='52:54:00:aa:bb:cc'/><model");
    expect(complete(domainXml(own)).devices.interface[0]?.mac?.address).toBe('52:54:00:aa:bb:cc');
  });

  test('plugs each Express device into a port of its own, with some to spare', () => {
    const { controller, interface: cards } = complete(domainXml(card)).devices;
    const ports = controller.filter((item) => item.type === 'pci' && item.model === 'pcie-root-port');
    expect(cards[0]?.address).toMatchObject({ type: 'pci', bus: 1, slot: 0 });
    expect(ports.length).toBeGreaterThanOrEqual(3);
  });

  test('keeps addresses for good, also when a device before them goes', () => {
    const both = complete(domainXml(`${card}${card}`));
    const place = both.devices.interface[1]?.address;
    both.devices.interface.shift();
    const again = completeDefinition(both, { capabilities: capableQemu, environment, isNew: false });
    expect(again.devices.interface[0]?.address).toEqual(place);
  });

  test('is done when it is done: once more changes nothing', () => {
    const text = formatDomain(complete(domainXml(`${card}<graphics type='spice' autoport='yes'/>`)));
    const sorted = (xml: string): string[] => xml.split('\n').sort();
    expect(sorted(formatDomain(complete(text, false)))).toEqual(sorted(text));
  });

  test('forgets what a running machine had', () => {
    const live = domainXml("<disk type='file'><source file='/a' index='3'/><target dev='vda' bus='virtio'/></disk>");
    const text = formatDomain(complete(live.replace("<domain type='kvm'", "<domain type='kvm' id='7'")));
    expect(text).not.toMatch(/ id='7'|file='\/a' index/);
  });
});
