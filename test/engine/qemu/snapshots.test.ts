/** Snapshots of real machines: what comes back is looked at from inside the guest and in its images. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotApi, SnapshotCreateOptions } from '../../../src-main/engine/snapshot-api.ts';
import { parseDomain } from '../../../src-shared/model/domain/index.ts';
import { smallGuest } from '../../support/guest.ts';
import { machineXml, makeDirectories, openQemu, type QemuEngine, until } from '../../support/qemu-engine.ts';

let engine: QemuEngine;
let snapshots: Required<SnapshotApi>;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-snapshots-'));
  engine = await openQemu();
  snapshots = engine.connection.snapshots as Required<SnapshotApi>;
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  for (const { uuid, id, persistent } of await engine.domains.list()) {
    if (id !== undefined) await engine.domains.destroy(uuid);
    if (persistent) await engine.domains.undefine(uuid, { managedSave: true, snapshotsMetadata: true });
  }
});

const makeDisk = (name: string, format = 'qcow2'): string => {
  const path = join(folder, `${name}.${format}`);
  execFileSync('qemu-img', ['create', '-q', '-f', format, path, '8M']);
  return path;
};
const diskXml = (path: string, dev: string, format = 'qcow2'): string =>
  `<disk type='file' device='disk'><driver name='qemu' type='${format}'/><source file='${path}'/><target dev='${dev}' bus='virtio'/></disk>`;
const machine = async (name: string, disks: string, more: { extra?: string; os?: string } = {}): Promise<string> =>
  (await engine.domains.define(machineXml({ name, devices: disks, ...more }))).uuid;
const xmlOf = (name: string, more = ''): string => `<domainsnapshot><name>${name}</name>${more}</domainsnapshot>`;
const take = async (uuid: string, name: string, options?: SnapshotCreateOptions, more = ''): Promise<void> => {
  await snapshots.create(uuid, xmlOf(name, more), options).result;
};
const write = (path: string, byte: number): void => {
  execFileSync('qemu-io', ['-f', 'qcow2', '-c', `write -q -P ${byte} 0 64k`, path]);
};
const read = (path: string): number => {
  const raw = join(folder, 'read.raw');
  execFileSync('qemu-img', ['convert', '-O', 'raw', path, raw]);
  return readFileSync(raw)[0] ?? -1;
};
const tags = (path: string): string[] => {
  const info = JSON.parse(execFileSync('qemu-img', ['info', '-U', '--output=json', path], { encoding: 'utf8' })) as {
    snapshots?: { name: string }[];
  };
  return (info.snapshots ?? []).map(({ name }) => name);
};
const failure = async (work: Promise<unknown>): Promise<Record<string, unknown>> =>
  await work.then(
    () => ({}),
    (error: { data: Record<string, unknown> }) => error.data,
  );

/** A Linux on a serial line that one can type into. */
async function guestWith(name: string, disk: string): Promise<{ uuid: string }> {
  const { kernel, initrd } = smallGuest();
  const os = `<kernel>${kernel}</kernel><initrd>${initrd}</initrd><cmdline>console=ttyS0 quiet hostname=snap</cmdline>`;
  const xml = machineXml({ name, memoryMiB: 192, os, devices: diskXml(disk, 'vda') });
  const { uuid } = await engine.domains.define(xml);
  await engine.domains.start(uuid);
  return { uuid };
}

/** Types a line and waits for what it is to print. */
async function shell(uuid: string, line: string, pattern: RegExp, seconds = 90): Promise<string> {
  const console = await engine.domains.openConsole(uuid, undefined, { force: true });
  let said = '';
  console.output.on('data', (chunk: Buffer) => (said += chunk.toString()));
  try {
    console.input.write(`\n${line}\n`);
    let typed = performance.now();
    await until(
      `the guest says ${String(pattern)}`,
      () => {
        // Until it has booted nobody reads what is typed.
        if (performance.now() - typed > 3_000) {
          typed = performance.now();
          console.input.write(`\n${line}\n`);
        }
        return pattern.test(said);
      },
      seconds * 1000,
    );
    return pattern.exec(said)?.[0] ?? '';
  } finally {
    console.close();
  }
}

describe('a machine that is off', () => {
  it('gets back what its disks had; all of them', async () => {
    const [a, b] = [makeDisk('off-a'), makeDisk('off-b')];
    const uuid = await machine('off', diskXml(a, 'vda') + diskXml(b, 'vdb'));
    for (const path of [a, b]) write(path, 1);
    await take(uuid, 'first');
    for (const path of [a, b]) write(path, 2);
    await take(uuid, 'second');
    expect([tags(a), tags(b)]).toEqual([
      ['first', 'second'],
      ['first', 'second'],
    ]);
    await snapshots.revert(uuid, 'first').result;
    expect([read(a), read(b)]).toEqual([1, 1]);
    await snapshots.revert(uuid, 'second').result;
    expect([read(a), read(b)]).toEqual([2, 2]);
    expect((await snapshots.list(uuid)).map(({ name, parent, isCurrent }) => [name, parent, isCurrent])).toEqual([
      ['first', undefined, false],
      ['second', 'first', true],
    ]);
    await snapshots.delete(uuid, 'first').result;
    expect([tags(a), tags(b)]).toEqual([['second'], ['second']]);
  });

  it('gets its definition back', async () => {
    const uuid = await machine('redefined', diskXml(makeDisk('redefined'), 'vda'));
    await take(uuid, 'before');
    await engine.domains.setVcpus(uuid, 3, { config: true, maximum: true });
    await snapshots.revert(uuid, 'before').result;
    expect(parseDomain(await engine.domains.xml(uuid)).vcpu?.value).toBe(1);
    expect(engine.told(uuid).at(-1)).toBe('defined from-snapshot');
  });

  it('can be started from one', async () => {
    const uuid = await machine('started', diskXml(makeDisk('started'), 'vda'));
    await take(uuid, 'off');
    const before = engine.told(uuid).length;
    await snapshots.revert(uuid, 'off', { running: true }).result;
    expect((await engine.domains.state(uuid)).state).toBe('running');
    expect(engine.told(uuid).slice(before)).toEqual([
      'resumed unpaused',
      'started from-snapshot',
      'defined from-snapshot',
    ]);
  });

  it('with a raw disk is refused, by name, and nothing is taken of the other', async () => {
    const [a, b] = [makeDisk('mixed-a'), makeDisk('mixed-b', 'raw')];
    const uuid = await machine('mixed', diskXml(a, 'vda') + diskXml(b, 'vdb', 'raw'));
    expect(await failure(snapshots.create(uuid, xmlOf('no')).result)).toMatchObject({
      code: 'config-unsupported',
      message: 'internal snapshot for disk vdb unsupported for storage type raw',
      fix: expect.stringContaining('qcow2') as string,
    });
    expect(tags(a)).toEqual([]);
  });

  it('whose second image is in use gets its first one back as it was', async () => {
    const [a, b] = [makeDisk('busy-a'), makeDisk('busy-b')];
    const uuid = await machine('busy', diskXml(a, 'vda') + diskXml(b, 'vdb'));
    const other = await machine('other', diskXml(b, 'vda'));
    await engine.domains.start(other);
    expect(await failure(snapshots.create(uuid, xmlOf('half')).result)).toMatchObject({ code: 'resource-busy' });
    expect([tags(a), await snapshots.list(uuid)]).toEqual([[], []]);
  });

  it('does not go back to a snapshot that an image has lost', async () => {
    const path = makeDisk('lost');
    const uuid = await machine('lost', diskXml(path, 'vda'));
    await take(uuid, 'there');
    execFileSync('qemu-img', ['snapshot', '-d', 'there', path]);
    await engine.domains.start(uuid);
    expect(await failure(snapshots.revert(uuid, 'there').result)).toMatchObject({
      code: 'operation-failed',
      cause: expect.stringContaining(path) as string,
    });
    expect((await engine.domains.state(uuid)).state).toBe('running');
  });
});

describe('a machine that runs', () => {
  it('gets back its memory and its disk as they were, seen from inside', { timeout: 240_000 }, async () => {
    const disk = makeDisk('live');
    const { uuid } = await guestWith('live', disk);
    const put = (word: string): string =>
      `echo ${word} > /tmp/m; echo ${word} | dd of=/dev/vda conv=fsync; echo put-$?`;
    await shell(uuid, put('before'), /put-0/);
    const before = engine.told(uuid).length;
    await take(uuid, 'warm', {}, '<description>as it was</description>');
    expect(engine.told(uuid).slice(before)).toEqual(['suspended paused', 'resumed unpaused']);
    await shell(uuid, put('after'), /put-0/, 30);
    const mark = engine.told(uuid).length;
    await snapshots.revert(uuid, 'warm').result;
    expect(
      engine
        .told(uuid)
        .slice(mark)
        .filter((word) => !word.startsWith('agent')),
    ).toEqual([
      ...['stopped from-snapshot', 'started from-snapshot', 'resumed from-snapshot', 'defined from-snapshot'],
    ]);
    const look = 'echo "[$(cat /tmp/m) $(dd if=/dev/vda bs=8 count=1 2>/dev/null | head -n 1)]"';
    expect(await shell(uuid, look, /\[before \w+\]/, 30)).toBe('[before before]');

    // From off, and to stand still.
    await engine.domains.destroy(uuid);
    await snapshots.revert(uuid, 'warm', { paused: true }).result;
    expect(await engine.domains.state(uuid)).toEqual({ state: 'paused', reason: 'from snapshot' });
    await engine.domains.resume(uuid);
    expect(await shell(uuid, look, /\[before \w+\]/, 30)).toBe('[before before]');
    await snapshots.delete(uuid, 'warm').result;
    expect(tags(disk)).toEqual([]);
  });

  it('moves to new images, all at one moment, and goes on from them', async () => {
    const disk = makeDisk('ext');
    write(disk, 1);
    const uuid = await machine('ext', diskXml(disk, 'vda'));
    await engine.domains.start(uuid);
    await take(uuid, 'cut', { diskOnly: true, atomic: true });
    const overlay = join(folder, 'ext.cut');
    const current = parseDomain(await engine.domains.xml(uuid)).devices?.disk[0];
    expect(current?.source).toMatchObject({ file: overlay });
    expect(current?.backingStore?.source).toMatchObject({ file: disk });
    const io = (command: string): string =>
      JSON.stringify({ execute: 'human-monitor-command', arguments: { 'command-line': command } });
    const [sizeBefore, modified] = [statSync(overlay).size, statSync(disk).mtimeMs];
    const done = await engine.domains.monitorCommand(
      uuid,
      io('qemu-io -d /machine/peripheral/virtio-disk0/virtio-backend "write -P 2 0 64k"'),
    );
    expect(done).toBe('{"return":""}');
    await engine.domains.destroy(uuid);
    expect([read(disk), read(overlay)]).toEqual([1, 2]);
    expect(statSync(overlay).size).toBeGreaterThan(sizeBefore);
    expect(statSync(disk).mtimeMs).toBe(modified);
    // The definition says the same, and the next start takes it.
    expect(parseDomain(await engine.domains.xml(uuid)).devices?.disk[0]?.source).toMatchObject({ file: overlay });
    await engine.domains.start(uuid);
    await take(uuid, 'again', { diskOnly: true });
    expect(parseDomain(await engine.domains.xml(uuid)).devices?.disk[0]?.backingStore?.source).toMatchObject({
      file: overlay,
    });
    expect(await failure(snapshots.revert(uuid, 'cut').result)).toMatchObject({
      code: 'config-unsupported',
      message: 'revert to external snapshot not supported yet',
      cause: expect.stringContaining(disk) as string,
      fix: expect.any(String) as string,
    });
    expect(await failure(snapshots.delete(uuid, 'again').result)).toMatchObject({ code: 'operation-unsupported' });
    await snapshots.delete(uuid, 'again', { metadataOnly: true }).result;
  });

  it('does not go back inside an image that others lie on by now', async () => {
    const disk = makeDisk('below');
    const uuid = await machine('below', diskXml(disk, 'vda'));
    await take(uuid, 'inside');
    await take(uuid, 'outside', { diskOnly: true });
    expect(parseDomain(await engine.domains.xml(uuid)).devices?.disk[0]?.source).toMatchObject({
      file: join(folder, 'below.outside'),
    });
    expect(await failure(snapshots.revert(uuid, 'inside').result)).toMatchObject({ code: 'snapshot-revert-risky' });
  });

  it('leaves no image and stays as it was when a new image is in the way', async () => {
    const disk = makeDisk('way');
    const uuid = await machine('way', diskXml(disk, 'vda'));
    await engine.domains.start(uuid);
    await take(uuid, 'x', { diskOnly: true });
    await snapshots.delete(uuid, 'x', { metadataOnly: true }).result;
    const there = readdirSync(folder).length;
    const path = join(folder, 'way.x');
    const disks = `<disks><disk name='vda'><source file='${path}'/></disk></disks>`;
    expect(await failure(snapshots.create(uuid, xmlOf('y', disks), { diskOnly: true }).result)).toMatchObject({
      code: 'invalid-arg',
    });
    expect(readdirSync(folder).length).toBe(there);
  });

  it('without a qcow2 disk has nowhere to keep its memory', async () => {
    const uuid = await machine('diskless', '');
    await engine.domains.start(uuid);
    expect(await failure(snapshots.create(uuid, xmlOf('no')).result)).toMatchObject({
      code: 'config-unsupported',
      cause: expect.stringContaining('qcow2') as string,
    });
    expect((await engine.domains.state(uuid)).state).toBe('running');
  });

  it('is stopped after its snapshot when that is wanted', async () => {
    const uuid = await machine('halted', diskXml(makeDisk('halted'), 'vda'));
    await engine.domains.start(uuid);
    await take(uuid, 'end', { halt: true });
    expect(await engine.domains.state(uuid)).toEqual({ state: 'shutoff', reason: 'from snapshot' });
    expect((await snapshots.list(uuid))[0]).toMatchObject({ name: 'end', state: 'running', hasMemory: true });
  });
});

describe('what is kept of snapshots', () => {
  it('is there for the next engine, under a new name too, and goes with the definition', async () => {
    const directories = makeDirectories();
    const first = await openQemu(directories);
    const disk = makeDisk('kept');
    const { uuid } = await first.domains.define(machineXml({ name: 'kept', devices: diskXml(disk, 'vda') }));
    const api = first.connection.snapshots as Required<SnapshotApi>;
    await api.create(uuid, xmlOf('a')).result;
    await api.create(uuid, xmlOf('b')).result;
    await first.domains.rename(uuid, 'renamed');
    await first.leave();
    const second = await openQemu(directories);
    try {
      const again = second.connection.snapshots as Required<SnapshotApi>;
      expect((await again.list(uuid)).map(({ name, parent, isCurrent }) => [name, parent, isCurrent])).toEqual([
        ['a', undefined, false],
        ['b', 'a', true],
      ]);
      await again.revert(uuid, 'a').result;
      expect(parseDomain(await second.domains.xml(uuid)).name).toBe('renamed');
      expect(await failure(second.domains.undefine(uuid))).toMatchObject({
        code: 'operation-invalid',
        message: 'cannot delete inactive domain with 2 snapshots',
      });
      await second.domains.undefine(uuid, { snapshotsMetadata: true });
      expect(existsSync(join(directories.state, 'qemu/snapshot', uuid))).toBe(false);
    } finally {
      await second.close();
    }
  });
});

describe('an engine that is killed while it takes a snapshot', () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  it('leaves images whole and the same snapshot takeable', { timeout: 120_000 }, async () => {
    const directories = makeDirectories();
    const disks = ['k-a', 'k-b', 'k-c'].map((name) => makeDisk(name));
    const xml = machineXml({
      name: 'k',
      devices: disks.map((path, index) => diskXml(path, `vd${'abc'[index]}`)).join(''),
    });
    const first = await openQemu(directories);
    const { uuid } = await first.domains.define(xml);
    await first.leave();
    const tsx = join(import.meta.dirname, '../../../node_modules/tsx/dist/cli.mjs');
    const program = join(import.meta.dirname, 'snapshot-process.ts');
    child = spawn(process.execPath, [tsx, program, JSON.stringify({ directories, uuid, name: 'cut' })], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    // The first image has it, the last one not yet: or it is killed a little later, which must be as good.
    await until('the first image has the snapshot', () => tags(disks[0] ?? '').includes('cut'), 60_000);
    for (const pid of childrenOf(child.pid ?? 0)) process.kill(pid, 'SIGKILL');
    child.kill('SIGKILL');
    await ended;

    const second = await openQemu(directories);
    try {
      const api = second.connection.snapshots as Required<SnapshotApi>;
      const known = (await api.list(uuid)).map(({ name }) => name);
      if (!known.includes('cut')) await api.create(uuid, xmlOf('cut')).result;
      expect(disks.map(tags)).toEqual([['cut'], ['cut'], ['cut']]);
      for (const path of disks) execFileSync('qemu-img', ['check', '-q', path]);
      await api.revert(uuid, 'cut').result;
      await api.delete(uuid, 'cut').result;
      expect(disks.map(tags)).toEqual([[], [], []]);
      expect(known).toEqual([]);
    } finally {
      await second.close();
    }
  });
});

function childrenOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  return existsSync(path) ? readFileSync(path, 'utf8').split(' ').filter(Boolean).map(Number) : [];
}
