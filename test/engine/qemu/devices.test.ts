/** Every kind of device that can be in a definition, brought up in a real QEMU; nothing runs in it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isAlive, type ProcessIdentity } from '../../../src-main/host/process-identity.ts';
import {
  grubIso,
  machineXml,
  type MachineOptions,
  openQemu,
  type QemuEngine,
  until,
} from '../../support/qemu-engine.ts';

let engine: QemuEngine;
let images: string;

beforeAll(async () => {
  engine = await openQemu();
  images = engine.directories.state;
  for (const format of ['raw', 'qcow2', 'vmdk', 'vdi']) {
    execFileSync('qemu-img', ['create', '-q', '-f', format, join(images, `disk.${format}`), '4M']);
  }
  const base = join(images, 'disk.qcow2');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base, '-F', 'qcow2', join(images, 'overlay.qcow2')]);
});
afterAll(async () => engine.close());
afterEach(async () => {
  for (const { uuid, id } of await engine.domains.list()) if (id !== undefined) await engine.domains.destroy(uuid);
});

/** Starts a machine that stands still, and returns what it is then. */
async function startPaused(options: Omit<MachineOptions, 'name'>): Promise<string> {
  const { uuid } = await engine.domains.createXml(machineXml({ name: 'devices', ...options }), { paused: true });
  return await engine.domains.xml(uuid, { secure: true });
}

const disk = (source: string, format: string, target: string, more = ''): string =>
  `<disk type='file'><driver name='qemu' type='${format}'/><source file='${source}'/>${target}${more}</disk>`;

describe('machines', () => {
  it.each(['pc', 'q35'])('%s', async (machine) => {
    expect(await startPaused({ machine })).toMatch(/machine='pc-(i440fx|q35)-\d/);
  });
});

describe('disks', () => {
  it.each(['virtio', 'scsi', 'sata', 'usb'])('on %s', async (bus) => {
    const dev = bus === 'virtio' ? 'vda' : 'sda';
    await startPaused({
      machine: 'q35',
      devices: disk(join(images, 'disk.qcow2'), 'qcow2', `<target dev='${dev}' bus='${bus}'/>`),
    });
  });

  it('on ide, with a CD-ROM and a floppy', async () => {
    const floppy = `<disk type='file' device='floppy'><driver name='qemu' type='raw'/><source file='${join(images, 'disk.raw')}'/><target dev='fda' bus='fdc'/><readonly/></disk>`;
    const cdrom = `<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='${grubIso}'/><target dev='hdb' bus='ide'/><readonly/></disk>`;
    await startPaused({
      devices: `${disk(join(images, 'disk.qcow2'), 'qcow2', "<target dev='hda' bus='ide'/>")}${cdrom}${floppy}`,
    });
  });

  it.each(['raw', 'qcow2', 'vmdk', 'vdi'])('in the format %s', async (format) => {
    await startPaused({ devices: disk(join(images, `disk.${format}`), format, "<target dev='vda' bus='virtio'/>") });
  });

  it('with cache, discard, io, serial and boot order', async () => {
    const devices = `<disk type='file'><driver name='qemu' type='qcow2' cache='none' io='native' discard='unmap'/>
      <source file='${join(images, 'disk.qcow2')}'/><target dev='vda' bus='virtio'/><serial>S1</serial><boot order='1'/></disk>`;
    await startPaused({ devices });
  });

  it('on another image, whose chain is told in full', async () => {
    const xml = await startPaused({
      devices: disk(join(images, 'overlay.qcow2'), 'qcow2', "<target dev='vda' bus='virtio'/>"),
    });
    expect(xml).toMatch(
      /<backingStore type='file' index='2'>\s*<format type='qcow2'\/>\s*<source file='[^']*disk\.qcow2'\/>/,
    );
  });

  it('that are not what the definition says are refused before QEMU sees them', async () => {
    const devices = disk(join(images, 'disk.raw'), 'qcow2', "<target dev='vda' bus='virtio'/>");
    await expect(startPaused({ devices })).rejects.toThrow(/qcow2/);
    const missing = disk(join(images, 'missing'), 'raw', "<target dev='vda' bus='virtio'/>");
    await expect(startPaused({ devices: missing })).rejects.toThrow(/missing/);
    expect(await engine.domains.list()).toEqual([]);
  });
});

describe('network cards', () => {
  it.each(['virtio', 'e1000', 'e1000e', 'rtl8139', 'ne2k_pci', 'pcnet', 'vmxnet3'])('%s', async (model) => {
    await startPaused({ machine: 'q35', devices: `<interface type='user'><model type='${model}'/></interface>` });
  });

  it('through passt, which ends with the guest', async () => {
    const devices = "<interface type='user'><backend type='passt'/><model type='virtio'/></interface>";
    await startPaused({ devices });
    const status = readFileSync(join(engine.directories.runtime, 'qemu/devices.json'), 'utf8');
    const [helper] = (JSON.parse(status) as { helpers: ProcessIdentity[] }).helpers;
    if (helper === undefined) throw new Error('passt is not written down');
    expect(isAlive(helper)).toBe(true);
    const [domain] = await engine.domains.list();
    await engine.domains.destroy(domain?.uuid ?? '');
    await until('passt has ended', () => !isAlive(helper));
  });
});

describe('displays and video', () => {
  it.each(['virtio', 'qxl', 'vga', 'bochs', 'cirrus', 'none'])('%s', async (type) => {
    await startPaused({ machine: 'q35', devices: `<video><model type='${type}'/></video>` });
  });

  it.each(['vnc', 'spice'])('%s on a socket', async (type) => {
    const devices = `<graphics type='${type}'><listen type='socket'/></graphics><video><model type='vga'/></video>`;
    const xml = await startPaused({ devices });
    const socket = /<listen type='socket' socket='([^']+)'/.exec(xml)?.[1] ?? '';
    expect(existsSync(socket)).toBe(true);
  });

  it.each(['vnc', 'spice'])('%s on a port, with a password', async (type) => {
    const devices = `<graphics type='${type}' autoport='yes' passwd='secret'><listen type='address' address='127.0.0.1'/></graphics><video><model type='vga'/></video>`;
    const xml = await startPaused({ devices });
    expect(xml).toMatch(/port='59\d\d'/);
    const [domain] = await engine.domains.list();
    const [console] = await engine.domains.consoles(domain?.uuid ?? '');
    expect(console).toMatchObject({ kind: type, host: '127.0.0.1', password: 'secret' });
    expect(await engine.domains.xml(domain?.uuid ?? '')).not.toContain('secret');
  });
});

describe('character devices', () => {
  it('serial ports on pty, socket and file; channels; a virtio console', async () => {
    const log = join(images, 'serial.log');
    const devices = `<serial type='unix'><source mode='bind' path='${join(images, 'serial.sock')}'/></serial>
      <serial type='file'><source path='${log}'/></serial>
      <console type='pty'><target type='virtio'/></console>
      <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
      <channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>
      <graphics type='spice'><listen type='socket'/></graphics><video><model type='vga'/></video>`;
    const xml = await startPaused({ machine: 'q35', devices });
    expect(xml).toMatch(/<source path='\/dev\/pts\/\d+'\/>/);
    expect(xml).toContain("state='disconnected'");
    expect(existsSync(join(images, 'serial.sock'))).toBe(true);
    expect(existsSync(log)).toBe(true);
  });

  it('the clipboard’s agent of QEMU itself', async () => {
    const devices = `<channel type='qemu-vdagent'><source><clipboard copypaste='yes'/></source><target type='virtio' name='com.redhat.spice.0'/></channel>
      <graphics type='vnc'><listen type='socket'/></graphics><video><model type='vga'/></video>`;
    await startPaused({ devices });
  });
});

describe('other devices', () => {
  it.each([
    ['input', "<input type='tablet' bus='usb'/><input type='keyboard' bus='usb'/><input type='mouse' bus='usb'/>"],
    ['virtio input', "<input type='tablet' bus='virtio'/><input type='keyboard' bus='virtio'/>"],
    ['sound', "<sound model='ich9'/>"],
    ['old sound', "<sound model='ac97'/>"],
    ['entropy', "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"],
    ['builtin entropy', "<rng model='virtio'><backend model='builtin'/></rng>"],
    ['watchdog', "<watchdog model='i6300esb' action='reset'/>"],
    ['panic', "<panic model='isa'/>"],
    ['USB 3', "<controller type='usb' model='qemu-xhci'/>"],
    ['USB 2', "<controller type='usb' model='ich9-ehci1'/>"],
    ['SCSI', "<controller type='scsi' model='virtio-scsi'/>"],
    ['no balloon', "<memballoon model='none'/>"],
  ])('%s', async (_name, devices) => {
    await startPaused({ machine: 'q35', devices });
  });

  it('a TPM, which keeps what it knows', async () => {
    const devices = "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>";
    await startPaused({ machine: 'q35', devices });
    const [domain] = await engine.domains.list();
    expect(existsSync(join(engine.directories.state, 'qemu/tpm', domain?.uuid ?? '', 'tpm2/tpm2-00.permall'))).toBe(
      true,
    );
  });

  it('an unknown element is refused by its name', async () => {
    await expect(startPaused({ devices: '<teleporter/>' })).rejects.toMatchObject({
      data: { code: 'config-unsupported', message: expect.stringContaining('teleporter') as string },
    });
  });
});

describe('UEFI', () => {
  it('has variables of its own, which follow the domain and go when told', async () => {
    const xml = machineXml({ name: 'uefi', machine: 'q35', memoryMiB: 128 }).replace('<os>', "<os firmware='efi'>");
    const { uuid } = await engine.domains.define(xml);
    await engine.domains.start(uuid, { paused: true });
    const variables = (name: string): string => join(engine.directories.state, 'qemu/nvram', `${name}_VARS.fd`);
    expect(existsSync(variables('uefi'))).toBe(true);
    expect(await engine.domains.xml(uuid)).toContain(variables('uefi'));
    await engine.domains.destroy(uuid);
    await engine.domains.rename(uuid, 'efi');
    expect(existsSync(variables('efi'))).toBe(true);
    await expect(engine.domains.undefine(uuid)).rejects.toMatchObject({ data: { code: 'operation-invalid' } });
    await engine.domains.undefine(uuid, { nvram: 'remove' });
    expect(existsSync(variables('efi'))).toBe(false);
  });

  it('with secure boot', async () => {
    const xml = machineXml({ name: 'secure', machine: 'q35', memoryMiB: 128 })
      .replace('<os>', "<os firmware='efi'>")
      .replace('</os>', "<firmware><feature enabled='yes' name='secure-boot'/></firmware></os>");
    const { uuid } = await engine.domains.createXml(xml, { paused: true });
    expect(await engine.domains.xml(uuid)).toContain("secure='yes'");
  });
});

describe('processors and memory', () => {
  it.each([
    "<cpu mode='host-passthrough'/>",
    "<cpu mode='maximum'/>",
    "<cpu mode='custom' match='exact'><model>Nehalem</model></cpu>",
    "<cpu><topology sockets='1' cores='2' threads='1'/></cpu>",
  ])('%s', async (cpu) => {
    const xml = machineXml({ name: 'cpu', vcpu: '<vcpu>2</vcpu>', extra: cpu }).replace(
      "type='qemu'",
      cpu.includes('host') ? "type='kvm'" : "type='qemu'",
    );
    const { uuid, type, note } = await engine.domains.createXml(xml, { paused: true });
    expect(await engine.domains.state(uuid)).toMatchObject({ state: 'paused' });
    // Where KVM is wanted and does not work, the guest is emulated and says why.
    if (cpu.includes('host') && type === 'qemu') expect(note).toMatch(/kvm/i);
  });
});
