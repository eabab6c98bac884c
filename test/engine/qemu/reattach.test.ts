import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { EngineDirectories } from '../../../src-main/engine/context.ts';
import { isAlive, processIdentity } from '../../../src-main/host/process-identity.ts';
import { QmpClient } from '../../../src-main/drivers/qemu/qmp/client.ts';
import { machineXml, makeDirectories, openQemu, processOf, type QemuEngine, until } from '../../support/qemu-engine.ts';

let engine: QemuEngine | undefined;
let other: ChildProcess | undefined;

afterEach(async () => {
  other?.kill('SIGKILL');
  await engine?.close();
  engine = undefined;
  other = undefined;
});

const reopen = async (directories: EngineDirectories): Promise<QemuEngine> => {
  engine = await openQemu(directories);
  return engine;
};

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `guest-${index}`);

/** Starts machines in another process and kills that with SIGKILL. */
async function startElsewhere(
  directories: EngineDirectories,
  machines: readonly string[],
  options: { readonly capture?: boolean } = {},
): Promise<number[]> {
  const tsx = join(import.meta.dirname, '../../../node_modules/tsx/dist/cli.mjs');
  const input = JSON.stringify({ directories, start: machines, ...options });
  const child = spawn(process.execPath, [tsx, join(import.meta.dirname, 'engine-process.ts'), input], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  other = child;
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await until(
    'the other engine has started its machines',
    () => said.includes('\n') || child.exitCode !== null,
    90_000,
  );
  const { ids } = JSON.parse(said) as { ids: number[] };
  const ended = once(child, 'exit');
  // tsx runs the program in a process of its own.
  for (const pid of childrenOf(child.pid ?? 0)) process.kill(pid, 'SIGKILL');
  child.kill('SIGKILL');
  await ended;
  return ids;
}

function childrenOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .split(' ')
        .filter((word) => word !== '')
        .map(Number)
    : [];
}

const monitorOf = (directories: EngineDirectories): string => {
  const run = join(directories.runtime, 'qemu', 'run');
  const [folder = ''] = readdirSync(run);
  return join(run, folder, 'monitor.sock');
};

describe('an engine that was killed', () => {
  it('leaves captures to the next one, which keeps them small and can end them', async () => {
    const directories = makeDirectories();
    const card = "<interface type='user'><mac address='52:54:00:00:00:0a'/><model type='virtio'/></interface>";
    await startElsewhere(directories, [machineXml({ name: 'listened', devices: card })], { capture: true });
    const { connection } = await reopen(directories);
    const [found] = (await connection.captures?.list()) ?? [];
    expect(found).toMatchObject({ alias: 'net0', mac: '52:54:00:00:00:0a' });
    expect(found?.ended).toBeUndefined();
    expect((await connection.captures?.stop(found?.id ?? ''))?.ended).toBe('asked');
  });

  it('finds its guests again: the same ids and states, in good time', async () => {
    const directories = makeDirectories();
    const machines = names(30).map((name) => machineXml({ name, memoryMiB: 16 }));
    const ids = await startElsewhere(directories, machines);
    const opened = performance.now();
    const { domains, told } = await reopen(directories);
    const took = performance.now() - opened;
    console.log(`re-attach: ${machines.length} guests in ${Math.round(took)} ms`);
    const found = await domains.list();
    // The list is in the order of the definitions' files.
    const idOf = new Map(found.map(({ name, id }) => [name, id]));
    expect(names(30).map((name) => idOf.get(name))).toEqual(ids);
    for (const domain of found) {
      expect(domain).toMatchObject({ state: 'running', reason: 'booted', persistent: true, pendingChanges: false });
      expect(told(domain.uuid)).toEqual([]);
    }
    expect(took).toBeLessThan(2000);
    // They are as they were: each can be used, and new ones get new ids.
    const [first] = found;
    if (first === undefined) throw new Error('there is no guest');
    await domains.suspend(first.uuid);
    expect(await domains.state(first.uuid)).toEqual({ state: 'paused', reason: 'user' });
    await domains.destroy(first.uuid);
    expect((await domains.start(first.uuid)).id).toBe(Math.max(...ids) + 1);
  });

  it('keeps a paused guest paused, and a transient one transient', async () => {
    const directories = makeDirectories();
    const first = await openQemu(directories);
    const { uuid } = await first.domains.createXml(machineXml({ name: 'passing' }), { paused: true });
    await first.leave();
    const { domains } = await reopen(directories);
    expect(await domains.lookupByUuid(uuid)).toMatchObject({ state: 'paused', reason: 'user', persistent: false });
    await domains.destroy(uuid);
    expect(await domains.list()).toEqual([]);
  });

  it('notices that a guest was paused, or resumed, behind its back', async () => {
    const directories = makeDirectories();
    const first = await openQemu(directories);
    const { uuid } = await first.domains.createXml(machineXml({ name: 'changed' }));
    await first.leave();
    const monitor = await QmpClient.connect(monitorOf(directories));
    await monitor.execute('stop');
    monitor.close();
    const { domains } = await reopen(directories);
    expect(await domains.state(uuid)).toMatchObject({ state: 'paused' });
  });

  it('finishes the shutdown of a guest that powered off meanwhile', async () => {
    const directories = makeDirectories();
    const first = await openQemu(directories);
    const { uuid } = await first.domains.define(machineXml({ name: 'off' }));
    await first.domains.start(uuid);
    const pid = processOf(first, 'off');
    await first.leave();
    const monitor = await QmpClient.connect(monitorOf(directories));
    // For QEMU the guest has powered off then; it stays, as it was told to.
    await monitor.execute('set-action', { reboot: 'shutdown' });
    await monitor.execute('system_reset');
    await until('QEMU knows', async () => JSON.stringify(await monitor.execute('query-status')).includes('shutdown'));
    monitor.close();
    expect(alive(pid)).toBe(true);
    const { domains, told } = await reopen(directories);
    await until('it is shut off', async () => (await domains.state(uuid)).state === 'shutoff');
    expect(await domains.state(uuid)).toEqual({ state: 'shutoff', reason: 'shutdown' });
    expect(told(uuid).at(-1)).toBe('stopped shutdown');
    expect(alive(pid)).toBe(false);
    expect(existsSync(join(directories.runtime, 'qemu', 'off.json'))).toBe(false);
  });

  it('calls a guest whose QEMU died meanwhile crashed', async () => {
    const directories = makeDirectories();
    const first = await openQemu(directories);
    const { uuid } = await first.domains.define(machineXml({ name: 'dead' }));
    await first.domains.start(uuid);
    const pid = processOf(first, 'dead');
    await first.leave();
    process.kill(pid, 'SIGKILL');
    await until('QEMU has ended', () => !alive(pid));
    const { domains } = await reopen(directories);
    expect(await domains.state(uuid)).toEqual({ state: 'shutoff', reason: 'crashed' });
    expect(readdirSync(join(directories.runtime, 'qemu', 'run'))).toEqual([]);
    // It can be started again.
    expect(await domains.start(uuid)).toMatchObject({ state: 'running' });
  });

  it('ends a guest that was only half started, even one whose process it never wrote down', async () => {
    const directories = makeDirectories();
    const first = await openQemu(directories);
    const { uuid } = await first.domains.define(machineXml({ name: 'half' }));
    await first.domains.start(uuid, { paused: true });
    const pid = processOf(first, 'half');
    await first.leave();
    const file = join(directories.runtime, 'qemu', 'half.json');
    const { process: _process, ...status } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const state = { state: 'paused', reason: 'starting up' };
    writeFileSync(file, JSON.stringify({ ...status, phase: 'starting', state }));
    const { domains } = await reopen(directories);
    expect(alive(pid)).toBe(false);
    expect(await domains.state(uuid)).toEqual({ state: 'shutoff', reason: 'failed' });
  });

  it('does not take another process for a guest', async () => {
    const directories = makeDirectories();
    const first = await openQemu(directories);
    const { uuid } = await first.domains.define(machineXml({ name: 'other' }));
    await first.domains.start(uuid);
    const pid = processOf(first, 'other');
    await first.leave();
    process.kill(pid, 'SIGKILL');
    await until('QEMU has ended', () => !alive(pid));
    const bystander = spawn('sleep', ['60']);
    try {
      const file = join(directories.runtime, 'qemu', 'other.json');
      const status = JSON.parse(readFileSync(file, 'utf8')) as { process: { startTime: number } };
      const reused = { pid: bystander.pid, startTime: status.process.startTime };
      writeFileSync(file, JSON.stringify({ ...status, process: reused }));
      const { domains } = await reopen(directories);
      expect(await domains.state(uuid)).toEqual({ state: 'shutoff', reason: 'crashed' });
      expect(alive(bystander.pid ?? 0)).toBe(true);
    } finally {
      bystander.kill('SIGKILL');
    }
  });

  it('names a status file that is torn, and leaves it alone', async () => {
    const directories = makeDirectories();
    await (await openQemu(directories)).leave();
    const file = join(directories.runtime, 'qemu', 'torn.json');
    writeFileSync(file, '{"version":1,');
    const { connection } = await reopen(directories);
    const notices = (await connection.notices?.()) ?? [];
    expect(notices.find(({ id }) => id === 'notice.status-file')?.message).toContain(file);
    expect(readFileSync(file, 'utf8')).toBe('{"version":1,');
  });
});

describe('a guest whose QEMU is killed', () => {
  it('is shut off (crashed) within a second, and told as stopped failed', async () => {
    const { domains, told, directories } = await reopen(makeDirectories());
    const { uuid } = await domains.define(machineXml({ name: 'killed' }));
    await domains.start(uuid);
    const killed = performance.now();
    process.kill(processOf({ directories } as QemuEngine, 'killed'), 'SIGKILL');
    await until('it is shut off', async () => (await domains.state(uuid)).state === 'shutoff');
    const took = performance.now() - killed;
    console.log(`kill -9 of QEMU: noticed after ${Math.round(took)} ms`);
    expect(took).toBeLessThan(1000);
    expect(await domains.state(uuid)).toEqual({ state: 'shutoff', reason: 'crashed' });
    expect(told(uuid).at(-1)).toBe('stopped failed');
  });
});

describe('automatic starts', () => {
  it('happen once a boot, and those that fail keep no others from it', async () => {
    const directories = makeDirectories();
    const first = await openQemu(directories);
    const good = await first.domains.define(machineXml({ name: 'good' }));
    const bad = await first.domains.define(
      machineXml({
        name: 'bad',
        devices: "<disk type='file'><source file='/nonexistent/disk'/><target dev='vda' bus='virtio'/></disk>",
      }),
    );
    for (const { uuid } of [good, bad]) await first.domains.setAutostart(uuid, true);
    await first.leave();
    // As if the host had booted since.
    writeFileSync(join(directories.runtime, 'qemu', 'autostarted'), 'an earlier boot');
    const second = await openQemu(directories);
    await until('it runs', async () => (await second.domains.state(good.uuid)).state === 'running');
    await until('the other was tried', () => second.problems.some((line) => line.includes('bad')));
    await second.domains.destroy(good.uuid);
    await second.leave();
    const { domains } = await reopen(directories);
    expect(await domains.state(good.uuid)).toMatchObject({ state: 'shutoff' });
  });
});

function alive(pid: number): boolean {
  const identity = processIdentity(pid);
  return identity !== undefined && isAlive(identity);
}
