// The small guest itself, in QEMU without any of our engine: what other tests may rely on.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { smallGuest } from '../support/guest.ts';

const firmware = '/usr/share/OVMF/OVMF_CODE_4M.fd';
let folder: string;
let qemu: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'small-guest-'));
});
afterEach(() => {
  qemu?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** One of the guest's lines: what it has said so far, and a wait for more. */
async function line(name: string): Promise<{ socket: Socket; until(pattern: RegExp): Promise<string> }> {
  const socket = connect(join(folder, name));
  await once(socket, 'connect');
  let said = '';
  socket.setEncoding('utf8').on('data', (text: string) => (said += text));
  const until = async (pattern: RegExp): Promise<string> => {
    const signal = AbortSignal.timeout(90_000);
    for (;;) {
      const match = pattern.exec(said);
      if (match !== null) return match[0];
      await once(socket, 'data', { signal }).catch((cause: unknown) => {
        throw new Error(`no ${String(pattern)} in: ${said.slice(-2000)}`, { cause });
      });
    }
  };
  return { socket, until };
}

async function boot(
  ...args: readonly string[]
): Promise<{ serial: Awaited<ReturnType<typeof line>>; exit: Promise<unknown> }> {
  const socket = (name: string): string => `socket,id=${name},path=${join(folder, name)},server=on,wait=off`;
  const started = spawn('qemu-system-x86_64', [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-accel', 'tcg', '-m', '256', '-vga', 'std'],
    ...['-chardev', socket('serial'), '-serial', 'chardev:serial', '-chardev', socket('monitor'), '-mon', 'monitor'],
    ...['-netdev', 'user,id=net0', '-device', 'virtio-net-pci,netdev=net0', ...args],
  ]);
  qemu = started;
  let complaint = '';
  started.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const exit = once(started, 'exit');
  for (let attempt = 0; ; attempt += 1) {
    try {
      return { serial: await line('serial'), exit };
    } catch (cause) {
      if (attempt === 100) throw new Error(`QEMU did not open its sockets: ${complaint}`, { cause });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

test('a kernel and an initrd boot to a shell, an address and an agent; the power button ends it', async () => {
  const { kernel, initrd } = smallGuest();
  const agentPort = `socket,id=agent,path=${join(folder, 'agent')},server=on,wait=off`;
  const { serial, exit } = await boot(
    ...['-kernel', kernel, '-initrd', initrd, '-append', 'console=ttyS0 quiet hostname=terrier'],
    ...['-device', 'virtio-serial', '-chardev', agentPort],
    ...['-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0'],
  );
  expect(await serial.until(/LEASE eth0 ip=\S+(?=\s)/)).toBe('LEASE eth0 ip=10.0.2.15');
  await serial.until(/GUEST-READY uptime=\d/);
  await serial.until(/terrier:~# /);
  serial.socket.write('echo $((6 * 7)) >/dev/console\n');
  await serial.until(/^42\r/m);

  const agent = await line('agent');
  agent.socket.write('{"execute":"guest-get-host-name"}\n');
  expect(await agent.until(/\n/).then(() => agent.until(/"host-name": "\w+"/))).toBe('"host-name": "terrier"');

  const monitor = await line('monitor');
  monitor.socket.write('netdev_add user,id=net1\ndevice_add virtio-net-pci,netdev=net1\n');
  await serial.until(/LEASE eth1 ip=10\.0\.2\.15/);
  monitor.socket.write('system_powerdown\n');
  expect(await exit).toEqual([0, null]);
});

test('the medium boots from a CD-ROM drive with UEFI', async () => {
  const { serial } = await boot(
    ...['-machine', 'q35', '-cdrom', smallGuest().iso],
    ...['-drive', `if=pflash,format=raw,readonly=on,file=${firmware}`],
  );
  await serial.until(/GUEST-READY/);
});

test('the disk image boots with BIOS', async () => {
  const { serial } = await boot(...['-drive', `if=virtio,format=qcow2,snapshot=on,file=${smallGuest().qcow2}`]);
  await serial.until(/GUEST-READY/);
});
