/** Storage, networks and the host of a real libvirtd through the remote driver. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remoteDriver } from '../../../src-main/drivers/remote/driver.ts';
import { type Connection, need } from '../../../src-main/engine/driver.ts';
import type { EngineEvent } from '../../../src-main/engine/events.ts';
import { JobRegistry } from '../../../src-main/engine/jobs.ts';
import { silentLogger } from '../../../src-main/engine/logger.ts';
import type { NetworkApi } from '../../../src-main/engine/network-api.ts';
import type { StorageApi } from '../../../src-main/engine/storage-api.ts';
import { run } from '../../../src-main/host/process.ts';
import { parseConnectUri } from '../../../src-shared/uri.ts';
import { socketOf } from '../../support/libvirtd-socket.ts';
import { type PrivateLibvirtd, startPrivateLibvirtd } from '../../support/private-libvirtd.ts';
import { machineXml, until } from '../../support/qemu-engine.ts';

let daemon: PrivateLibvirtd;
let connection: Connection;
let storage: Required<StorageApi>;
let networks: Required<NetworkApi>;
let folder: string;
const told: EngineEvent[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-pool-'));
  daemon = await startPrivateLibvirtd();
  const uri = parseConnectUri(`qemu+unix:///system?socket=${await socketOf(daemon)}`);
  if (uri === undefined) throw new Error('the URI is wrong');
  const directories = { config: folder, state: folder, data: folder, runtime: folder, cache: join(folder, 'cache') };
  connection = await remoteDriver.open(uri, { directories, logger: silentLogger, jobs: new JobRegistry() });
  connection.events.subscribe((event) => told.push(event));
  storage = connection.storage as Required<StorageApi>;
  networks = connection.networks as Required<NetworkApi>;
});

afterAll(async () => {
  await connection.close();
  await daemon.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the host', () => {
  it('tells what it is and what it can run', async () => {
    expect(connection.type).toBe('QEMU');
    expect(await need(connection, 'nodeInfo')()).toMatchObject({
      cpus: expect.any(Number),
      threads: expect.any(Number),
    });
    expect((await need(connection, 'nodeInfo')()).memoryKiB).toBeGreaterThan(100_000);
    expect(await need(connection, 'freeMemoryBytes')()).toBeGreaterThan(0);
    expect((await need(connection, 'nodeCpuStats')()).userNs).toBeGreaterThan(0);
    expect((await need(connection, 'nodeMemoryStats')()).totalKiB).toBeGreaterThan(100_000);
    expect(await need(connection, 'capabilities')()).toContain('<guest>');
    expect(await need(connection, 'domainCapabilities')({ virtType: 'qemu' })).toContain('<domainCapabilities>');
    expect(await need(connection, 'hypervisorVersion')()).toBeGreaterThan(7_000_000);
  });
});

describe('a pool', () => {
  it('is defined, built, started, and told of; volumes come and go in it with every byte', async () => {
    const path = join(folder, 'pool');
    const { uuid } = await storage.poolDefine(
      `<pool type='dir'><name>remote</name><target><path>${path}</path></target></pool>`,
    );
    await storage.poolBuild(uuid);
    await storage.poolStart(uuid);
    expect(await storage.poolByName('remote')).toMatchObject({
      uuid,
      active: true,
      persistent: true,
      path,
      volumes: 0,
    });

    const capacityBytes = 4 * 1024 * 1024;
    const made = await storage.volumeCreate(uuid, { name: 'a.img', format: 'raw', capacityBytes }).result;
    expect(made).toMatchObject({ pool: uuid, name: 'a.img', path: join(path, 'a.img'), format: 'raw', capacityBytes });
    const data = randomBytes(capacityBytes);
    await storage.volumeUpload(uuid, 'a.img', Readable.from([data.subarray(0, 1000), data.subarray(1000)])).result;
    const pieces: Buffer[] = [];
    for await (const piece of await storage.volumeDownload(uuid, 'a.img')) pieces.push(piece as Buffer);
    expect(Buffer.concat(pieces).equals(data)).toBe(true);
    const part: Buffer[] = [];
    const range = { offset: 500, length: 70_000 };
    for await (const piece of await storage.volumeDownload(uuid, 'a.img', range)) part.push(piece as Buffer);
    expect(Buffer.concat(part).equals(data.subarray(500, 70_500))).toBe(true);

    const layer = {
      name: 'b.qcow2',
      format: 'qcow2',
      capacityBytes,
      backing: { path: made.path, format: 'raw' },
    } as const;
    expect(await storage.volumeCreate(uuid, layer).result).toMatchObject({ format: 'qcow2', backingPath: made.path });
    await storage.volumeResize(uuid, 'b.qcow2', 2 * capacityBytes);
    expect(await storage.volume(uuid, 'b.qcow2')).toMatchObject({ capacityBytes: 2 * capacityBytes });
    expect((await storage.volumeByPath(made.path)).name).toBe('a.img');
    expect((await storage.volumes(uuid)).map(({ name }) => name).sort()).toEqual(['a.img', 'b.qcow2']);
    await storage.volumeDelete(uuid, 'b.qcow2');
    await expect(storage.volume(uuid, 'b.qcow2')).rejects.toMatchObject({ data: { code: 'no-storage-vol' } });
    await storage.volumeDelete(uuid, 'a.img');

    await storage.poolSetAutostart(uuid, true);
    expect(await storage.poolByUuid(uuid)).toMatchObject({ autostart: true });
    await storage.poolDestroy(uuid);
    await storage.poolUndefine(uuid);
    await expect(storage.poolByUuid(uuid)).rejects.toMatchObject({ data: { code: 'no-storage-pool' } });
    await until('all of it was told', () => told.some((event) => event.type === 'pool' && event.event === 'undefined'));
    const words = told.flatMap((event) => (event.type === 'pool' && event.uuid === uuid ? [event.event] : []));
    expect(words.filter((word) => word !== 'refreshed')).toEqual([
      'defined',
      'created',
      'started',
      'stopped',
      'undefined',
    ]);
  });
});

describe('an image of this host', () => {
  it('becomes a volume there: as it is, converted, or grown', async () => {
    const { uuid } = await storage.poolCreate(
      `<pool type='dir'><name>images</name><target><path>${folder}</path></target></pool>`,
    );
    const image = join(folder, 'here.raw');
    const data = randomBytes(1024 * 1024);
    writeFileSync(image, data);
    const plain = await storage.importImage(uuid, image, { name: 'plain.img', format: 'raw' }).result;
    expect(plain).toMatchObject({ format: 'raw', capacityBytes: data.length });
    expect(readFileSync(plain.path).equals(data)).toBe(true);
    const options = { name: 'grown.qcow2', format: 'raw', convertTo: 'qcow2', growToBytes: 8 * data.length } as const;
    const grown = await storage.importImage(uuid, image, options).result;
    expect(grown).toMatchObject({ format: 'qcow2', capacityBytes: 8 * data.length });
    await run(['qemu-img', 'check', grown.path]);
    const missing = storage.importImage(uuid, join(folder, 'none'), { name: 'none.img', format: 'raw' });
    await expect(missing.result).rejects.toThrow('none');
    expect((await storage.volumes(uuid)).map(({ name }) => name)).not.toContain('none.img');
    await storage.poolDestroy(uuid);
  });
});

describe('a network', () => {
  it('is defined, changed and undefined', async () => {
    const made = await networks.define(
      `<network><name>remote</name><bridge name='vvremote0'/><ip address='192.168.231.1' netmask='255.255.255.0'>
        <dhcp><range start='192.168.231.10' end='192.168.231.20'/></dhcp></ip></network>`,
    );
    expect(made).toMatchObject({
      name: 'remote',
      active: false,
      persistent: true,
      autostart: false,
      mode: 'isolated',
      bridge: 'vvremote0',
      addresses: ['192.168.231.1/24'],
    });
    const xml = "<host mac='52:54:00:00:00:01' ip='192.168.231.15'/>";
    await networks.update(made.uuid, { command: 'add-last', section: 'ip-dhcp-host', xml }, { config: true });
    expect(await networks.xml(made.uuid)).toContain("ip='192.168.231.15'");
    await networks.setAutostart(made.uuid, true);
    expect(await networks.lookupByName('remote')).toMatchObject({ autostart: true });
    await networks.undefine(made.uuid);
    await expect(networks.lookupByUuid(made.uuid)).rejects.toMatchObject({ data: { code: 'no-network' } });
    await until('it was told', () => told.some((event) => event.type === 'network' && event.event === 'undefined'));
  });
});

describe('a daemon that restarts', () => {
  it('is found again with its guests, and goes on telling', async () => {
    const { domains } = connection;
    const { uuid } = await need(domains, 'define')(machineXml({ name: 'stays' }));
    await need(domains, 'start')(uuid);
    await daemon.endDaemon();
    const notices = need(connection, 'notices');
    await until('the loss was noticed', async () => (await notices()).length === 1);
    expect((await domains.list()).find((domain) => domain.uuid === uuid)).toMatchObject({ state: 'running' });
    expect(connection.seenMs).toBeGreaterThan(0);
    daemon.startDaemon();
    await until('the daemon was found again', async () => (await notices()).length === 0);
    expect(await domains.lookupByUuid(uuid)).toMatchObject({ state: 'running', name: 'stays' });
    told.length = 0;
    // It waits until libvirtd has its monitor again; to destroy does not, and then finds nothing that runs.
    await need(domains, 'suspend')(uuid);
    await need(domains, 'destroy')(uuid);
    await until('its events were heard', () =>
      told.some((event) => event.type === 'domain' && event.event.kind === 'lifecycle'),
    );
    await need(domains, 'undefine')(uuid);
  });
});
