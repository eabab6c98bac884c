import { describe, expect, it } from 'vitest';
import { creationCommand, creationOptions, parseForwards, parseSize } from '../../../../src-main/creation/command.ts';
import { suggestName } from '../../../../src-main/creation/suggest-name.ts';
import { resources, spec } from './facts.ts';

describe('the equivalent command', () => {
  it('leaves out what is as recommended', () => {
    expect(creationCommand(spec, resources)).toBe(
      'vivarium -c qemu:///session create --name web --iso /iso/debian-11.iso --osinfo http://debian.org/debian/11 ' +
        '--memory 2GiB --vcpus 2 --disk 20GiB --graphics spice',
    );
  });

  it('tells everything else, quoted for a shell', () => {
    const { disk: _disk, ...rest } = spec;
    const command = creationCommand(
      {
        ...rest,
        name: "it's",
        source: { type: 'disk', path: '/my disks/a.vmdk', format: 'vmdk', mode: 'copy' },
        firmware: 'efi',
        forwards: [{ protocol: 'tcp', hostAddress: '::1', hostPort: 2222, guestPort: 22 }],
        graphics: 'none',
        startNow: false,
      },
      resources,
    );
    expect(command).toContain(`--name 'it'\\''s' --copy '/my disks/a.vmdk' --format vmdk`);
    expect(command).toContain('--disk 0 --firmware efi');
    expect(command).toContain("--forward 'tcp:[::1]2222:22'");
    expect(command).toMatch(/--graphics none.*--no-start$/);
  });

  it('names a network or a bridge of the host, and its adapter', () => {
    const command = creationCommand({ ...spec, network: 'network=lab', netModel: 'e1000e' }, resources);
    expect(command).toContain('--network network=lab --nic e1000e');
  });

  it('has only options of the table', () => {
    const known = new Set(creationOptions.map(({ name }) => name));
    const command = creationCommand({ ...spec, title: 'T', folder: 'f', tpm: true, netModel: 'e1000' }, resources);
    for (const [, option] of command.matchAll(/ --([a-z-]+)/g)) expect(known.has(option ?? '')).toBe(true);
  });
});

describe('values of options', () => {
  it('are sizes with a unit or without', () => {
    expect(parseSize('20GiB', 'GiB')).toBe(20 * 2 ** 30);
    expect(parseSize('20', 'GiB')).toBe(20 * 2 ** 30);
    expect(parseSize('1.5G', 'MiB')).toBe(1.5 * 2 ** 30);
    expect(parseSize('512', 'MiB')).toBe(2 ** 29);
    expect(parseSize('many', 'MiB')).toBeUndefined();
    expect(parseSize('5 parsecs', 'MiB')).toBeUndefined();
  });

  it('are lists of forwards', () => {
    expect(parseForwards('tcp:2222:22,udp:[::1]5353:53')).toEqual([
      { protocol: 'tcp', hostPort: 2222, guestPort: 22 },
      { protocol: 'udp', hostAddress: '::1', hostPort: 5353, guestPort: 53 },
    ]);
    expect(parseForwards('tcp:22')).toBeUndefined();
  });
});

describe('suggestName', () => {
  it('gives a name nobody has', () => {
    expect(suggestName('debian12', new Set())).toBe('debian12');
    expect(suggestName('debian12', new Set(['debian12', 'debian12-2']))).toBe('debian12-3');
    expect(suggestName('  my/../disk: 1 ', new Set())).toBe('my-..-disk-1');
    expect(suggestName('///', new Set())).toBe('machine');
  });
});
