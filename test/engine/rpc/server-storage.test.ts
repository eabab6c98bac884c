/** Volumes through libvirt's own clients: bytes both ways, and what happens when a stream ends in the middle. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../src-main/host/process.ts';
import { type LibvirtDoor, openLibvirtDoor } from '../../support/libvirt-door.ts';

const MiB = 1024 * 1024;

let door: LibvirtDoor;
let folder: string;
const payload = Buffer.alloc(9 * MiB, 'not only zeros');

beforeAll(async () => {
  door = await openLibvirtDoor();
  folder = join(door.directories.runtime, '..', 'files');
  mkdirSync(folder);
  writeFileSync(join(folder, 'payload'), payload);
  await door.virsh(['pool-create-as', 'images', 'dir', '--target', join(folder, 'images'), '--build']);
  await door.virsh(['vol-create-as', 'images', 'disk', '16M']);
});

afterAll(async () => {
  await door.close();
});

describe('a volume', () => {
  it('is what was uploaded, and is downloaded as it is', async () => {
    const up = await door.virsh(['vol-upload', 'disk', join(folder, 'payload'), 'images']);
    expect([up.exitCode, up.stderr]).toEqual([0, '']);
    expect(readFileSync(join(folder, 'images/disk')).subarray(0, payload.length).equals(payload)).toBe(true);
    const words = ['--offset', String(MiB), '--length', String(2 * MiB)];
    await door.virsh(['vol-download', 'disk', join(folder, 'part'), 'images', ...words]);
    expect(readFileSync(join(folder, 'part')).equals(payload.subarray(MiB, 3 * MiB))).toBe(true);
  });

  it('refuses more bytes than were announced, and the same client goes on', async () => {
    // The client sends on while the server has given up: all of it must be read and thrown away.
    const script = `
import libvirt
libvirt.registerErrorHandler(lambda *_: None, None)
c = libvirt.open('${door.uri()}')
v = c.storagePoolLookupByName('images').storageVolLookupByName('disk')
s = c.newStream()
v.upload(s, 0, 4096)
data = bytes(256 * 1024)
try:
    for _ in range(64): s.send(data)
    s.finish()
    print('finished')
except libvirt.libvirtError as error:
    print(error.get_error_code(), error)
print(c.getHostname() != '', v.info()[1])`;
    const { stdout } = await run(['/usr/bin/python3', '-c', script], { timeoutMs: 20_000 });
    // VIR_ERR_INVALID_ARG
    expect(stdout.split('\n')).toEqual([expect.stringMatching(/^8 .*More than 4096 bytes/), `True ${16 * MiB}`, '']);
    expect(door.problems).toEqual([]);
  });

  it('tells how large it is before and after it grew, and is gone when deleted', async () => {
    expect((await door.virsh(['vol-info', 'disk', 'images', '--bytes'])).stdout).toContain(`${16 * MiB} bytes`);
    await door.virsh(['vol-resize', 'disk', '32M', 'images']);
    expect((await door.virsh(['vol-info', 'disk', 'images', '--bytes'])).stdout).toContain(`${32 * MiB} bytes`);
    await door.virsh(['vol-delete', 'disk', 'images']);
    const gone = await door.virsh(['vol-info', 'disk', 'images']);
    expect([gone.exitCode, gone.stderr]).toEqual([1, expect.stringContaining('Storage volume not found')]);
  });
});
