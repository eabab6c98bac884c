import { describe, expect, test } from 'vitest';
import type { BlockHost } from '../../../../../../src-main/drivers/qemu/devices/block-host.ts';
import { diskSteps } from '../../../../../../src-main/drivers/qemu/devices/block.ts';
import { NodeNumbers, numberDisk } from '../../../../../../src-main/drivers/qemu/devices/block-names.ts';
import type { Disk } from '../../../../../../src-shared/model/domain/index.ts';
import { complete, domainXml } from '../../../../../support/completing.ts';

const host: BlockHost = { isHostCdrom: () => false };

function disk(inside: string, driver = "type='qcow2'"): Disk {
  const xml = domainXml(
    `<disk type='file'><driver name='qemu' ${driver}/>${inside}<target dev='vda' bus='virtio'/></disk>`,
  );
  const [only] = complete(xml).devices.disk;
  if (only === undefined) throw new Error('the definition has a disk');
  numberDisk(only, new NodeNumbers());
  return only;
}

const nodes = (steps: ReturnType<typeof diskSteps>): unknown[] =>
  steps.map((step) => ('blockdev' in step ? step.blockdev['node-name'] : step.object.id));

const last = (steps: ReturnType<typeof diskSteps>): object => {
  const step = steps.at(-1);
  return step === undefined ? {} : 'blockdev' in step ? step.blockdev : step.object;
};

describe('the images of a disk', () => {
  test('end where nothing is below: QEMU must not look', () => {
    expect(last(diskSteps(disk("<source file='/a'/>"), host))).toMatchObject({ driver: 'qcow2', backing: null });
  });

  test('stay open only where chains were not followed', () => {
    const shown = { ...host, leavesChainsOpen: true };
    expect(last(diskSteps(disk("<source file='/a'/>"), shown))).not.toHaveProperty('backing');
    expect(last(diskSteps(disk("<source file='/a'/><backingStore/>"), shown))).toHaveProperty('backing', null);
  });

  test('are told the deepest first, read-only below the top', () => {
    const below = "<backingStore type='file'><format type='raw'/><source file='/base'/><backingStore/></backingStore>";
    const steps = diskSteps(disk(`<source file='/a'/>${below}`), host);
    expect(nodes(steps)).toEqual(['libvirt-2-storage', 'libvirt-2-format', 'libvirt-1-storage', 'libvirt-1-format']);
    expect(steps[1]).toMatchObject({ blockdev: { 'read-only': true, driver: 'raw' } });
    expect(last(steps)).toMatchObject({ 'read-only': false, backing: 'libvirt-2-format' });
  });

  test('of an encrypted one come after its secret', () => {
    const encryption = "<encryption format='luks'><secret type='passphrase' usage='x'/></encryption>";
    const encrypted = disk(`<source file='/a'>${encryption}</source>`, "type='raw'");
    const secrets = { sealed: () => ({ data: 'D', iv: 'I' }), sealedText: () => ({ data: 'D', iv: 'I' }) };
    const steps = diskSteps(encrypted, { ...host, secrets });
    expect(nodes(steps)).toEqual(['libvirt-1-format-encryption-secret0', 'libvirt-1-storage', 'libvirt-1-format']);
    expect(last(steps)).toMatchObject({ driver: 'luks', 'key-secret': 'libvirt-1-format-encryption-secret0' });
    expect(() => diskSteps(encrypted, host)).toThrow(/<secret>/);
  });

  test('copy on read through a node of their own', () => {
    const steps = diskSteps(disk("<source file='/a'/>", "type='qcow2' copy_on_read='on'"), host);
    expect(last(steps)).toMatchObject({ driver: 'copy-on-read', file: 'libvirt-1-format' });
  });
});
