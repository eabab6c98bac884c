import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { remoteDriver } from '../../../../../src-main/drivers/remote/driver.ts';
import { testDriver } from '../../../../../src-main/drivers/test/driver.ts';
import type { EngineDirectories } from '../../../../../src-main/engine/context.ts';
import type { Connection } from '../../../../../src-main/engine/driver.ts';
import { Engine } from '../../../../../src-main/engine/engine.ts';
import type { EngineEvent } from '../../../../../src-main/engine/events.ts';
import { silentLogger } from '../../../../../src-main/engine/logger.ts';
import { doorParts } from '../../../../../src-main/rpc/server/door.ts';
import { type LibvirtServer, serveLibvirt } from '../../../../../src-main/rpc/server/serve.ts';
import { parseConnectUri } from '../../../../../src-shared/uri.ts';

let folder: string;
let path: string;
let engine: Engine;
let server: LibvirtServer;
let connection: Connection;
let told: EngineEvent[];

async function open(text: string): Promise<Connection> {
  const uri = parseConnectUri(text);
  if (uri === undefined) throw new Error('the URI is wrong');
  return await remoteDriver.open(uri, { directories: engine.directories, logger: silentLogger, jobs: engine.jobs });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vivarium-remote-'));
  path = join(folder, 'libvirt-sock');
  const directories = Object.fromEntries(
    ['config', 'state', 'data', 'runtime', 'cache'].map((name) => [name, join(folder, name)]),
  ) as Record<keyof EngineDirectories, string>;
  engine = await Engine.start({ directories, drivers: [testDriver], logger: silentLogger });
  // Kept open, as a hypervisor goes on without its daemon.
  await engine.open('test:///many?n=40');
  server = await serveLibvirt(path, doorParts(engine));
  connection = await open(`test+unix:///many?n=40&socket=${path}`);
  told = [];
  connection.events.subscribe((event) => told.push(event));
});

afterEach(async () => {
  await connection.close();
  await server.close();
  await engine.close();
  await rm(folder, { recursive: true });
});

const lifecycles = (): string[] =>
  told.flatMap((event) =>
    event.type === 'domain' && event.event.kind === 'lifecycle' ? [`${event.event.event} ${event.event.detail}`] : [],
  );

describe('a list of many domains', () => {
  it('comes at once, and what takes a call each follows by itself', async () => {
    const list = await connection.domains.list();
    expect(list).toHaveLength(40);
    const local = await (await engine.open('test:///many?n=40')).domains.list();
    const states = (domains: typeof list): string[] => domains.map(({ name, state }) => `${name} ${state}`).sort();
    expect(states(list)).toEqual(states(local));
    await expect
      .poll(() => told.filter((event) => event.type === 'domain-summary' && event.summary.maxMemoryKiB > 0).length)
      .toBe(40);
    const [first] = [...(await connection.domains.list())].sort((a, b) => a.name.localeCompare(b.name));
    const [original] = [...local].sort((a, b) => a.name.localeCompare(b.name));
    expect(first).toMatchObject({ memoryKiB: original?.memoryKiB, maxVcpus: original?.maxVcpus });
  });
});

describe('a server that goes away', () => {
  it('leaves the list as it was seen, fails calls at once, and is found again when it returns', async () => {
    const [domain] = (await connection.domains.list()).filter(({ state }) => state === 'running');
    if (domain === undefined) throw new Error('nothing runs');
    let changes = 0;
    connection.noticeChanges?.subscribe(() => (changes += 1));
    await server.close();
    await expect.poll(async () => (await connection.notices?.())?.length).toBe(1);
    expect((await connection.notices?.())?.[0]).toMatchObject({ id: 'notice.link-lost' });
    expect(changes).toBe(1);
    expect(await connection.domains.list()).toHaveLength(40);
    expect(connection.seenMs).toBeGreaterThan(Date.now() - 10_000);
    const beganMs = performance.now();
    await expect(connection.domains.suspend?.(domain.uuid)).rejects.toMatchObject({ data: { code: 'no-connect' } });
    expect(performance.now() - beganMs).toBeLessThan(100);

    server = await serveLibvirt(path, doorParts(engine));
    await expect.poll(async () => (await connection.notices?.())?.length, { timeout: 4_000 }).toBe(0);
    await connection.domains.suspend?.(domain.uuid);
    await expect.poll(lifecycles).toContain('suspended paused');
    expect(connection.seenMs).toBeUndefined();
  });
});

describe('opening', () => {
  it('tells what the server has against the URI', async () => {
    await expect(open(`qemu+unix:///system?socket=${path}`)).rejects.toMatchObject({ data: { code: 'no-connect' } });
  });

  it('tells that nobody listens', async () => {
    await expect(open(`qemu+unix:///system?socket=${path}-not`)).rejects.toMatchObject({
      data: { code: 'no-connect', domain: 'remote' },
    });
  });

  it('tells what is not a server of libvirt', async () => {
    const listener: Server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => listener.listen(`${path}-http`, resolve));
    try {
      await expect(open(`qemu+unix:///system?socket=${path}-http`)).rejects.toThrow('does not speak the protocol');
    } finally {
      listener.close();
    }
  });

  it('refuses transports that do not exist, and hosts that are missing', async () => {
    await expect(open('qemu+pigeon://host/system')).rejects.toThrow("There is no transport 'pigeon'.");
    await expect(open('qemu+ssh:///system')).rejects.toThrow('It names no host.');
  });
});
