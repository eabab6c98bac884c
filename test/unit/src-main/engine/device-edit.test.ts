import { describe, expect, it } from 'vitest';
import {
  addDevice,
  findDevice,
  parseDevice,
  removeDevice,
  replaceDevice,
} from '../../../../src-main/engine/device-edit.ts';
import { type Domain, formatDomain, parseDomain } from '../../../../src-shared/model/domain/index.ts';

const disk = (target: string, inner = ''): string =>
  `<disk type='file' device='disk'>${inner}<target dev='${target}' bus='virtio'/></disk>`;

const domain = (devices: string): Domain =>
  parseDomain(`<domain type='test'><name>web</name><memory>1</memory><devices>${devices}</devices></domain>`);

const code = (expected: string): Error => expect.objectContaining({ code: expected }) as Error;

describe('a device', () => {
  it('is added to the devices of its kind, and found by its target, MAC or alias', () => {
    const two = addDevice(domain(disk('vda')), parseDevice(disk('vdb', "<source file='/b'/>")));
    expect(two.devices?.disk.map((each) => each.target.dev)).toEqual(['vda', 'vdb']);
    const card = "<interface type='user'><mac address='52:54:00:00:00:01'/><alias name='net0'/></interface>";
    const carded = addDevice(two, parseDevice(card));
    const byMac = parseDevice("<interface type='user'><mac address='52:54:00:00:00:01'/></interface>");
    expect(findDevice(carded, byMac).alias?.name).toBe('net0');
    expect(
      findDevice(carded, parseDevice("<interface type='user'><alias name='net0'/></interface>")).mac?.address,
    ).toBe('52:54:00:00:00:01');
  });

  it('is not added twice, nor beside the only one a domain can have', () => {
    const one = domain(`${disk('vda')}<memballoon model='virtio'/>`);
    expect(() => addDevice(one, parseDevice(disk('vda')))).toThrow("already has <disk> 'vda'");
    expect(() => addDevice(one, parseDevice("<memballoon model='none'/>"))).toThrow(/only one/);
  });

  it('is removed where it is, and missed where it is not', () => {
    const two = domain(disk('vda') + disk('vdb'));
    expect(removeDevice(two, parseDevice(disk('vda'))).devices?.disk.map((each) => each.target.dev)).toEqual(['vdb']);
    expect(() => removeDevice(two, parseDevice(disk('vdc')))).toThrow(code('device-missing'));
    expect(() =>
      removeDevice(two, parseDevice("<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>")),
    ).toThrow(code('device-missing'));
    expect(formatDomain(two)).toContain('vda');
  });

  it('without a name is found by everything that is said about it', () => {
    const sounds = domain("<sound model='ich9'><alias name='sound0'/></sound><sound model='ac97'/>");
    const left = removeDevice(sounds, parseDevice("<sound model='ich9'/>"));
    expect(left.devices?.sound.map((each) => each.model)).toEqual(['ac97']);
    expect(() => findDevice(sounds, parseDevice("<sound model='es1370'/>"))).toThrow(code('device-missing'));
  });

  it('keeps its place and alias when it is replaced', () => {
    const address = "<address type='pci' domain='0x0000' bus='0x00' slot='0x05' function='0x0'/>";
    const before = domain(
      `<disk type='file' device='cdrom'><source file='/old.iso'/><target dev='sda' bus='sata'/><alias name='sata0-0-0'/>${address}</disk>`,
    );
    const after = replaceDevice(
      before,
      parseDevice("<disk type='file' device='cdrom'><source file='/new.iso'/><target dev='sda' bus='sata'/></disk>"),
    );
    const xml = formatDomain(after);
    expect(xml).toContain('/new.iso');
    expect(xml).not.toContain('/old.iso');
    expect(xml).toContain("<alias name='sata0-0-0'/>");
    expect(xml).toContain("slot='0x05'");
  });

  it('can be the first of a domain without devices', () => {
    const empty = parseDomain("<domain type='test'><name>web</name><memory>1</memory></domain>");
    expect(addDevice(empty, parseDevice(disk('vda'))).devices?.disk).toHaveLength(1);
  });

  it.each(['<title>x</title>', '<disk', "<disk type='file'/>", '<emulator>/bin/qemu</emulator>'])(
    'is not %j',
    (xml) => {
      expect(() => parseDevice(xml)).toThrow(expect.objectContaining({ name: 'VirError' }) as Error);
    },
  );
});
