/** Verbs that need a guest that answers: the small Linux, booted once for all of them. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linuxKeyCodes } from '../../../src-shared/keycodes.ts';
import type { ConsoleStream } from '../../../src-main/engine/driver.ts';
import { smallGuest } from '../../support/guest.ts';
import { grubIso, machineXml, openQemu, type QemuEngine, until } from '../../support/qemu-engine.ts';

const bootMs = 120_000;

let engine: QemuEngine;
let uuid: string;
let serial: ConsoleStream;
let said = '';

/** Runs a command in the guest's shell; what it prints is between two marks. */
async function inGuest(command: string, timeoutMs?: number): Promise<string> {
  const from = said.length;
  const mark = `done-${from}`;
  serial.input.write(`${command}; echo ${mark.slice(0, 2)}''${mark.slice(2)}\n`);
  await until(`'${command}' has ended: ${said.slice(-300)}`, () => said.slice(from).includes(`${mark}\r`), timeoutMs);
  return said.slice(from);
}

beforeAll(async () => {
  engine = await openQemu();
  const { kernel, initrd } = smallGuest();
  const domain = await engine.domains.define(
    machineXml({
      name: 'small',
      machine: 'q35',
      memoryMiB: 256,
      vcpu: "<vcpu current='1'>2</vcpu>",
      os: `<kernel>${kernel}</kernel><initrd>${initrd}</initrd><cmdline>console=ttyS0 quiet</cmdline>`,
      devices: `
        <disk type='file' device='cdrom'>
          <driver name='qemu' type='raw'/><source file='${grubIso}'/><target dev='sda' bus='sata'/><readonly/>
        </disk>
        <controller type='pci' index='0' model='pcie-root'/>
        ${[1, 2, 3, 4, 5, 6, 7, 8].map((index) => `<controller type='pci' index='${index}' model='pcie-root-port'/>`).join('')}
        <interface type='user'><mac address='52:54:00:11:22:33'/><model type='virtio'/></interface>
        <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
        <graphics type='vnc'><listen type='socket'/></graphics>
        <video><model type='vga'/></video>
        <memballoon model='virtio'><stats period='1'/></memballoon>`,
    }),
  );
  ({ uuid } = domain);
  await engine.domains.start(uuid, { paused: true });
  serial = await engine.domains.openConsole(uuid, undefined);
  serial.output.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')));
  await engine.domains.resume(uuid);
  await until('the guest is ready', () => said.includes('GUEST-READY') && said.includes('~# '), bootMs);
}, bootMs);

afterAll(async () => {
  await engine.close();
}, 60_000);

describe('a running guest', () => {
  it('answers on its serial console, which one has at a time unless forced', async () => {
    expect(await inGuest('echo $((6 * 7))')).toMatch(/^42\r/m);
    await expect(engine.domains.openConsole(uuid, 'serial0')).rejects.toMatchObject({
      data: { code: 'operation-failed' },
    });
    const before = serial;
    const ended = new Promise((resolve) => before.output.once('close', resolve));
    serial = await engine.domains.openConsole(uuid, 'serial0', { force: true });
    serial.output.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')));
    await ended;
    expect(await inGuest('echo $((6 * 8))')).toMatch(/^48\r/m);
  });

  it('is told of where it can be seen', async () => {
    const consoles = await engine.domains.consoles(uuid);
    expect(consoles.map(({ kind }) => kind)).toEqual(['vnc', 'serial']);
    expect(consoles[0]?.socketPath).toMatch(/vnc\.sock$/);
    expect(consoles[1]?.ptyPath).toMatch(/^\/dev\/pts\//);
  });

  it('shows its screen, and takes keys', async () => {
    const before = await engine.domains.screenshot(uuid);
    expect(Buffer.from(before).subarray(1, 4).toString()).toBe('PNG');
    await expect(engine.domains.screenshot(uuid, 5)).rejects.toMatchObject({ data: { code: 'invalid-arg' } });
    const keys = ['KEY_E', 'KEY_C', 'KEY_H', 'KEY_O', 'KEY_SPACE', 'KEY_K', 'KEY_SPACE'];
    const press = async (names: readonly string[]): Promise<void> => {
      await engine.domains.sendKey(
        uuid,
        'linux',
        names.map((name) => linuxKeyCodes[name] ?? 0),
        20,
      );
      await new Promise((resolve) => setTimeout(resolve, 60));
    };
    for (const key of keys) await press([key]);
    // A chord: shift and the dot are ">".
    await press(['KEY_LEFTSHIFT', 'KEY_DOT']);
    for (const key of ['KEY_SLASH', 'KEY_T', 'KEY_M', 'KEY_P', 'KEY_SLASH', 'KEY_K', 'KEY_ENTER']) await press([key]);
    await until('the keys have arrived', async () => /^k\r/m.test(await inGuest('cat /tmp/k')), 20_000);
    expect(Buffer.from(await engine.domains.screenshot(uuid)).equals(Buffer.from(before))).toBe(false);
    await expect(engine.domains.sendKey(uuid, 'linux', [60_000])).rejects.toMatchObject({
      data: { code: 'invalid-arg' },
    });
  });

  it('has an agent that answers, tells its addresses, and is told apart from no agent', async () => {
    await until('the agent is connected', () => engine.told(uuid).includes('agent connected channel'));
    const reply = await engine.domains.agentCommand(uuid, '{"execute":"guest-ping"}');
    expect(JSON.parse(reply)).toEqual({ return: {} });
    const cards = await engine.domains.addresses(uuid, 'agent');
    const card = cards.find(({ mac }) => mac === '52:54:00:11:22:33');
    expect(card?.addresses).toContainEqual({ family: 'ipv4', address: '10.0.2.15', prefix: 24 });
    await until('the list knows', async () =>
      (await engine.domains.lookupByUuid(uuid)).addresses.includes('10.0.2.15'),
    );
    expect((await engine.domains.addresses(uuid, 'lease'))[0]?.addresses[0]?.address).toBe('10.0.2.15');
    await expect(engine.domains.agentCommand(uuid, '{"execute":"guest-nonsense"}')).rejects.toThrow(/guest-nonsense/);
    await expect(engine.domains.agentCommand(uuid, 'ping')).rejects.toMatchObject({ data: { code: 'invalid-arg' } });
  });

  it('has a monitor for those who know it', async () => {
    const reply = await engine.domains.monitorCommand(uuid, '{"execute":"query-status"}');
    expect(JSON.parse(reply)).toMatchObject({ return: { status: 'running' } });
    expect(await engine.domains.monitorCommand(uuid, 'info status', true)).toContain('running');
  });

  it('has figures: its processors, its memory as the guest sees it, its disks', async () => {
    await until('the balloon has reported', async () => {
      const [stats] = await engine.domains.stats([uuid]);
      return stats?.balloon?.unusedKiB !== undefined;
    });
    const [first] = await engine.domains.stats([uuid]);
    await inGuest('i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done');
    const [second] = await engine.domains.stats([uuid]);
    expect(second?.cpu?.timeNs ?? 0).toBeGreaterThan(first?.cpu?.timeNs ?? 0);
    expect(second?.vcpu?.each).toHaveLength(1);
    expect(second?.vcpu?.each[0]?.timeNs ?? 0).toBeGreaterThan(first?.vcpu?.each[0]?.timeNs ?? 0);
    expect(second?.balloon).toMatchObject({ maximumKiB: 262_144, currentKiB: 262_144 });
    expect(second?.balloon?.rssKiB ?? 0).toBeGreaterThan(30_000);
    expect(second?.balloon?.availableKiB ?? 0).toBeGreaterThan(second?.balloon?.unusedKiB ?? 0);
    expect(second?.block?.[0]).toMatchObject({ name: 'sda', path: grubIso, writeBytes: 0 });
    expect(second?.block?.[0]?.capacityBytes ?? 0).toBeGreaterThan(1_000_000);
  });

  it('has a log', async () => {
    expect(await engine.domains.log(uuid)).toContain('starting up');
  });
});

describe('the hardware of a running guest', () => {
  const disk = (path: string): string =>
    `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${path}'/><target dev='vdb' bus='virtio'/><serial>PLUGGED</serial></disk>`;

  it('takes a disk, which the guest sees and gives back', async () => {
    const path = join(engine.directories.state, 'extra.qcow2');
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', path, '8M']);
    await engine.domains.attachDevice(uuid, disk(path), { live: true, config: true });
    await until('the guest sees it', async () => (await inGuest('ls /sys/block')).includes('vda'));
    expect(await inGuest('cat /sys/block/vda/serial')).toContain('PLUGGED');
    expect(engine.told(uuid)).toContain('device-added');
    const live = await engine.domains.xml(uuid);
    expect(live).toContain("<alias name='virtio-disk1'/>");
    // Both configurations have it in the same place, and nothing waits for the next boot.
    expect(await engine.domains.xml(uuid, { inactive: true })).toContain(path);
    expect(await engine.domains.lookupByUuid(uuid)).toMatchObject({ pendingChanges: false });
    const [stats] = await engine.domains.stats([uuid]);
    expect(stats?.block?.find(({ name }) => name === 'vdb')).toMatchObject({ capacityBytes: 8 << 20 });
    await expect(engine.domains.attachDevice(uuid, disk(path), { live: true })).rejects.toMatchObject({
      data: { code: 'operation-invalid' },
    });

    await engine.domains.detachDevice(uuid, disk(path), { live: true, config: true });
    expect(await engine.domains.xml(uuid)).not.toContain(path);
    expect(await engine.domains.xml(uuid, { inactive: true })).not.toContain(path);
    expect(engine.told(uuid)).toContain('device-removed');
    expect(await inGuest('ls /sys/block')).not.toContain('vda');
    // Its image is free again for others.
    execFileSync('qemu-img', ['resize', '-q', path, '16M']);
  });

  it('takes a network card, and pulls its cable', async () => {
    const card = "<interface type='user'><mac address='52:54:00:44:55:66'/><model type='virtio'/></interface>";
    await engine.domains.attachDevice(uuid, card, { live: true });
    await until('the guest sees it', async () => (await inGuest('cat /sys/class/net/*/address')).includes('44:55:66'));
    const down = card.replace('<model type', "<link state='down'/><model type");
    await engine.domains.updateDevice(uuid, down, { live: true });
    expect(await engine.domains.xml(uuid)).toContain("<link state='down'/>");
    await engine.domains.detachDevice(uuid, card, { live: true });
    expect(await engine.domains.xml(uuid)).not.toContain('52:54:00:44:55:66');
  });

  it('changes and ejects the medium of its CD-ROM', async () => {
    const { iso } = smallGuest();
    const drive = (source: string): string =>
      `<disk type='file' device='cdrom'><driver name='qemu' type='raw'/>${source}<target dev='sda' bus='sata'/><readonly/></disk>`;
    await engine.domains.updateDevice(uuid, drive(`<source file='${iso}'/>`), { live: true, config: true });
    expect(await engine.domains.xml(uuid)).toContain(iso);
    expect(await engine.domains.monitorCommand(uuid, 'info block', true)).toContain(iso);
    await engine.domains.updateDevice(uuid, drive(''), { live: true, config: true });
    expect(await engine.domains.xml(uuid)).not.toContain(iso);
    expect(await engine.domains.monitorCommand(uuid, 'info block', true)).not.toContain(iso);
    await engine.domains.updateDevice(uuid, drive(`<source file='${grubIso}'/>`), { live: true, config: true });
    expect(await engine.domains.xml(uuid)).toContain(grubIso);
    expect(await engine.domains.lookupByUuid(uuid)).toMatchObject({ pendingChanges: false });
    await expect(
      engine.domains.updateDevice(uuid, drive("<source file='/nonexistent.iso'/>"), { live: true }),
    ).rejects.toThrow(/nonexistent/);
    expect(await engine.domains.xml(uuid)).toContain(grubIso);
  });

  it('gives memory back, and gets it again', async () => {
    await engine.domains.setMemory(uuid, 200 * 1024, { live: true });
    await until(
      'the balloon is blown up',
      async () => (await engine.domains.lookupByUuid(uuid)).memoryKiB === 200 * 1024,
    );
    expect(engine.told(uuid)).toContain('balloon-change');
    await engine.domains.setMemory(uuid, 256 * 1024, { live: true });
    await until('it is let go', async () => (await engine.domains.lookupByUuid(uuid)).memoryKiB === 256 * 1024);
  });

  it('gets a second processor', async () => {
    await engine.domains.setVcpus(uuid, 2, { live: true });
    expect(await engine.domains.lookupByUuid(uuid)).toMatchObject({ vcpus: 2, maxVcpus: 2 });
    await until('the guest has it', async () =>
      (await inGuest('ls -d /sys/devices/system/cpu/cpu1')).includes('/cpu1\r'),
    );
    const [stats] = await engine.domains.stats([uuid]);
    expect(stats?.vcpu?.each.map(({ id }) => id)).toEqual([0, 1]);
    await expect(engine.domains.setVcpus(uuid, 3, { live: true })).rejects.toMatchObject({
      data: { code: 'invalid-arg' },
    });
  });

  it('refuses what its buses can’t take, in words', async () => {
    const sata = `<disk type='file' device='cdrom'><source file='${grubIso}'/><target dev='sdb' bus='sata'/><readonly/></disk>`;
    await expect(engine.domains.attachDevice(uuid, sata, { live: true })).rejects.toMatchObject({
      data: { code: 'operation-unsupported', fix: expect.stringContaining('next start') as string },
    });
    expect(await engine.domains.xml(uuid)).not.toContain("dev='sdb'");
  });
});
