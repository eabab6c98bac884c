/** Debian's own virsh, unmodified, on our socket: machines of the real QEMU. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChildProcess, spawn } from 'node:child_process';
import { type LibvirtDoor, openLibvirtDoor } from '../../support/libvirt-door.ts';
import { machineXml, until } from '../../support/qemu-engine.ts';

let door: LibvirtDoor;
let uuid: string;

beforeAll(async () => {
  door = await openLibvirtDoor();
  const { domains } = await door.hosted.engine.open('qemu:///session');
  const defined = await domains.define?.(machineXml({ name: 'wired' }));
  if (defined === undefined) throw new Error('nothing was defined');
  uuid = defined.uuid;
});

afterAll(async () => {
  await door.close();
});

describe('virsh on the engine’s socket', () => {
  it('lists, starts, shows and ends a machine, and leaves nothing in the log', async () => {
    expect((await door.virsh(['list', '--all'])).stdout).toMatch(/-\s+wired\s+shut off/);
    expect((await door.virsh(['start', 'wired'])).stdout).toContain("Domain 'wired' started");
    expect((await door.virsh(['list'])).stdout).toMatch(/\d+\s+wired\s+running/);
    expect((await door.virsh(['dominfo', 'wired'])).stdout).toMatch(
      /UUID:\s+[0-9a-f-]{36}\nOS Type:\s+hvm\nState:\s+running/,
    );
    const live = (await door.virsh(['dumpxml', 'wired'])).stdout;
    expect(live).toContain('<alias name=');
    expect((await door.virsh(['dumpxml', '--inactive', 'wired'])).stdout).not.toContain('<alias name=');
    expect((await door.virsh(['destroy', 'wired'])).stdout).toContain("Domain 'wired' destroyed");
    expect((await door.virsh(['domstate', '--reason', 'wired'])).stdout.trim()).toBe('shut off (destroyed)');
    expect(door.problems).toEqual([]);
  });

  it('is told what libvirt would say when something is wrong', async () => {
    const missing = await door.virsh(['dominfo', 'nobody']);
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toContain("error: failed to get domain 'nobody'");
    const inactive = await door.virsh(['destroy', 'wired']);
    expect(inactive.stderr).toContain('Requested operation is not valid: domain');
  });

  it('may only look when it connects read-only', async () => {
    expect((await door.virsh(['--readonly', 'list', '--all'])).stdout).toContain('wired');
    const refused = await door.virsh(['--readonly', 'start', 'wired']);
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('read only access prevents')]);
    const { domains } = await door.hosted.engine.open('qemu:///session');
    expect((await domains.lookupByUuid(uuid)).id).toBeUndefined();
  });

  it('hears events in libvirt’s order while another client acts', async () => {
    const listener = spawn('virsh', ['-c', door.uri(), 'event', '--loop', '--all'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let heard = '';
    listener.stdout.on('data', (text: Buffer) => {
      heard += text.toString();
    });
    try {
      await registered(door, () => heard);
      await door.virsh(['start', 'wired']);
      await door.virsh(['destroy', 'wired']);
      await until('virsh was told of the end', () => heard.includes('Stopped Destroyed'));
      const lifecycle = [...heard.matchAll(/'lifecycle' for domain '?wired'?: (.*)/g)].map(([, what]) => what);
      expect(lifecycle.filter((what) => !/^Defined|^Shutdown/.test(what ?? ''))).toEqual([
        'Resumed Unpaused',
        'Started Booted',
        'Stopped Destroyed',
      ]);
    } finally {
      await ended(listener);
    }
  });
});

/** From outside nothing tells that a client has registered, but that it hears what it registered for. */
async function registered(open: LibvirtDoor, heard: () => string): Promise<void> {
  const { domains } = await open.hosted.engine.open('qemu:///session');
  await until('virsh hears of definitions', async () => {
    await domains.define?.(machineXml({ name: 'wired', uuid }));
    return heard().includes('Defined Updated');
  });
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  await exit;
}
