import { describe, expect, it } from 'vitest';
import { type Domain, formatDomain, parseDomain } from '../../../../../src-shared/model/domain/index.ts';
import { normaliseDomain } from '../../../../../src-shared/model/domain/normalise.ts';
import { diskIndex } from '../../../../../src-shared/model/domain/normalise-implied.ts';

const normalise = (inside: string, name = 'web'): Domain =>
  normaliseDomain(
    parseDomain(
      `<domain type='kvm'><name>${name}</name><memory>1024</memory><os><type>hvm</type></os>${inside}</domain>`,
    ),
    { hostArchitecture: 'aarch64' },
  );

const devices = (inside: string): NonNullable<Domain['devices']> => {
  const { devices: found } = normalise(`<devices>${inside}</devices>`);
  if (found === undefined) throw new Error('no devices');
  return found;
};

describe('normaliseDomain', () => {
  it('gives every domain what every domain has', () => {
    expect(normalise('')).toMatchObject({
      currentMemory: { KiB: 1024 },
      vcpu: { placement: 'static', value: 1 },
      os: { type: { arch: 'aarch64' }, boot: [{ dev: 'hd' }] },
      clock: { offset: 'utc' },
      on_poweroff: 'destroy',
      on_reboot: 'restart',
      on_crash: 'destroy',
    });
  });

  it('leaves what it is given as it is, and its own result unchanged', () => {
    const given = parseDomain(
      `<domain type='kvm'><name>a</name><memory>1</memory><devices><graphics type='vnc'/></devices></domain>`,
    );
    const before = formatDomain(given);
    const once = normaliseDomain(given, { hostArchitecture: 'x86_64' });
    expect(formatDomain(given)).toBe(before);
    expect(normaliseDomain(once, { hostArchitecture: 'x86_64' })).toEqual(once);
  });

  it('makes a clock that is off by some seconds a variable one', () => {
    expect(normalise(`<clock offset='localtime' adjustment='-30'/>`).clock).toMatchObject({
      offset: 'variable',
      adjustment: -30,
      basis: 'localtime',
    });
    expect(normalise(`<clock offset='utc' adjustment='reset'/>`).clock).toMatchObject({ offset: 'utc' });
  });

  it('names no boot device when devices have an order', () => {
    const { os } = normalise(`<devices><disk type='file'><target dev='vda'/><boot order='1'/></disk></devices>`);
    expect(os?.boot).toEqual([]);
  });

  it('takes buses, places and controllers from the names of disks', () => {
    const { disk, controller } = devices(`
      <disk type='file'><target dev='sdh'/></disk>
      <disk type='file' device='cdrom'><target dev='hdc'/></disk>
      <disk type='file' device='floppy'><target dev='fda'/></disk>`);
    expect(disk.map(({ target, address }) => [target.bus, address])).toEqual([
      ['scsi', { type: 'drive', controller: 1, bus: 0, target: 0, unit: 0 }],
      ['ide', { type: 'drive', controller: 0, bus: 1, target: 0, unit: 0 }],
      ['fdc', { type: 'drive', controller: 0, bus: 0, target: 0, unit: 0 }],
    ]);
    expect(disk[1]?.readonly).toBe(true);
    expect(controller.map(({ type, index }) => `${type}${index}`)).toEqual(['scsi0', 'scsi1', 'fdc0', 'ide0']);
  });

  it('gives the parts of one USB 2 controller one index', () => {
    const { controller } = devices(`
      <controller type='usb' model='ich9-ehci1'/><controller type='usb' model='ich9-uhci1'/>
      <controller type='usb' model='ich9-ehci1'/><controller type='usb' model='ich9-uhci1'/>`);
    expect(controller.map(({ index }) => index)).toEqual([0, 0, 1, 1]);
  });

  it('pairs the first console with the first serial port', () => {
    expect(devices(`<serial type='pty'/>`).console[0]).toMatchObject({
      type: 'pty',
      target: { type: 'serial', port: 0 },
    });
    expect(devices(`<console type='pty'/>`).serial).toEqual([{ type: 'pty', target: { port: 0 } }]);
    expect(devices(`<console type='pty'><target type='virtio'/></console>`).serial).toEqual([]);
  });

  it('says in <listen> what older definitions say in attributes', () => {
    const [vnc] = devices(
      `<graphics type='vnc' socket='/s'><listen type='address' address='0.0.0.0'/></graphics>`,
    ).graphics;
    expect(vnc).toEqual({ type: 'vnc', socket: '/s', listens: [{ type: 'socket', socket: '/s' }] });
    const [spice] = devices(`<graphics type='spice' autoport='no'/>`).graphics;
    expect(spice).toMatchObject({ type: 'spice', listens: [{ type: 'none' }] });
  });

  it('gives a display a card, and the first card the firmware', () => {
    expect(devices(`<graphics type='vnc'/>`).video).toEqual([{ model: { type: 'default', primary: true } }]);
    expect(
      devices(`<video><model type='qxl' ram='5000'/></video><video><model type='vga' primary='yes'/></video>`).video,
    ).toEqual([
      { model: { type: 'vga', vram: 16384, primary: true } },
      { model: { type: 'qxl', ram: 8192, vram: 65536 } },
    ]);
  });

  it('speaks of virtual CPUs one by one, and only of those there are', () => {
    const { cputune } = normalise(`<vcpu>2</vcpu><cputune>
      <vcpupin vcpu='5' cpuset='1'/><vcpusched vcpus='0-3' scheduler='fifo' priority='1'/></cputune>`);
    expect(cputune?.vcpupin).toEqual([]);
    expect(cputune?.vcpusched.map(({ vcpus }) => vcpus)).toEqual([[0], [1]]);
  });

  it('refuses a name that would be a path, unless the driver can tell', () => {
    expect(() => normalise('', 'a/b')).toThrow("'a/b' can't be a domain's name");
  });
});

describe('diskIndex', () => {
  it('counts letters as libvirt does', () => {
    expect(['vda', 'sdz', 'xvdaa', 'hdb1', 'nvme0'].map(diskIndex)).toEqual([0, 25, 26, 1, undefined]);
  });
});
