/** Our commands for snapshots print what virsh prints, of the same engine. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../../src-main/host/process.ts';
import { type LibvirtDoor, openLibvirtDoor } from '../../support/libvirt-door.ts';
import { machineXml } from '../../support/qemu-engine.ts';

const program = fileURLToPath(new URL('../../../scripts/vivarium.mjs', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'vvs-'));
const env = {
  XDG_CONFIG_HOME: join(home, 'c'),
  XDG_STATE_HOME: join(home, 's'),
  XDG_DATA_HOME: join(home, 'd'),
  XDG_RUNTIME_DIR: join(home, 'r'),
  XDG_CACHE_HOME: join(home, 'k'),
};
let door: LibvirtDoor;

interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}
const ours = async (...words: readonly string[]): Promise<Said> =>
  await run([process.execPath, program, ...words], { env, acceptCodes: [0, 1], timeoutMs: 60_000 });
const theirs = async (...words: readonly string[]): Promise<Said> => await door.virsh(words);

beforeAll(async () => {
  mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 });
  door = await openLibvirtDoor({
    config: join(env.XDG_CONFIG_HOME, 'vivarium'),
    state: join(env.XDG_STATE_HOME, 'vivarium'),
    data: join(env.XDG_DATA_HOME, 'vivarium'),
    runtime: join(env.XDG_RUNTIME_DIR, 'vivarium'),
    cache: join(env.XDG_CACHE_HOME, 'vivarium'),
  });
  const disk = join(home, 'disk.qcow2');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '4M']);
  const devices = `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${disk}'/><target dev='vda' bus='virtio'/></disk>`;
  const { domains } = await door.hosted.engine.open('qemu:///session');
  await domains.define?.(machineXml({ name: 'web', devices }));
}, 120_000);
afterAll(async () => {
  await door.close();
  execFileSync('rm', ['-rf', home]);
});

it('takes, goes back, describes and drops with the words of virsh', { timeout: 120_000 }, async () => {
  const said = async (...words: readonly string[]): Promise<string> => (await ours(...words)).stdout.trim();
  expect(await said('snapshot-create-as', 'web', 'one', 'the first')).toBe('Domain snapshot one created');
  expect(await said('snapshot-create-as', 'web', 'two')).toBe('Domain snapshot two created');
  expect(await said('snapshot-revert', 'web', 'one')).toMatch(/^(Domain snapshot one reverted)$/);
  expect(await said('snapshot-create-as', 'web', 'three')).toBe('Domain snapshot three created');
  for (const words of [
    ['snapshot-list', 'web'],
    ['snapshot-list', 'web', '--parent'],
    ['snapshot-list', 'web', '--tree'],
    ['snapshot-list', 'web', '--roots', '--name'],
    ['snapshot-list', 'web', '--leaves', '--name'],
    ['snapshot-info', 'web', 'two'],
    ['snapshot-info', 'web', 'one'],
    ['snapshot-dumpxml', 'web', 'two'],
    ['snapshot-current', 'web', '--name'],
    ['snapshot-current', 'web'],
    ['snapshot-parent', 'web', 'two'],
    ['snapshot-create-as', 'web', 'x', 'y', '--print-xml'],
  ]) {
    const [mine, virsh] = [await ours(...words), await theirs(...words)];
    expect([words.join(' '), mine.stdout, mine.exitCode]).toEqual([words.join(' '), virsh.stdout, virsh.exitCode]);
  }
  expect((await ours('snapshot-parent', 'web', 'one')).stderr).toContain("'one'");
  expect((await ours('snapshot-info', 'web', 'nothing')).exitCode).toBe(1);
  expect(await said('snapshot-current', 'web', 'two')).toBe('Snapshot two set as current');
  expect(await said('snapshot-delete', 'web', 'one', '--children-only')).toBe('Domain snapshot one children deleted');
  expect(await said('snapshot-delete', 'web', 'one')).toBe('Domain snapshot one deleted');
  expect((await theirs('snapshot-list', 'web', '--name')).stdout.trim()).toBe('');
});
