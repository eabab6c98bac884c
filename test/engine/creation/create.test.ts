/** Machines made from beginning to end: by the engine itself, with real images and a real QEMU. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Creation } from '../../../src-shared/contract/create.ts';
import type { JobInfo } from '../../../src-shared/model/job.ts';
import { parseDomain } from '../../../src-shared/model/domain/index.ts';
import { Catalogue } from '../../../src-main/catalogue/catalogue.ts';
import { CreationService } from '../../../src-main/creation/service.ts';
import { qemuDriver } from '../../../src-main/drivers/qemu/driver.ts';
import type { Connection } from '../../../src-main/engine/driver.ts';
import { Engine } from '../../../src-main/engine/engine.ts';
import { silentLogger } from '../../../src-main/engine/logger.ts';
import { createDiskUsage } from '../../../src-main/engine/usage.ts';
import { makeIso } from '../../support/iso.ts';
import { smallGuest } from '../../support/guest.ts';

const uri = 'qemu:///session';
const mib = 2 ** 20;

let root: string;
let engine: Engine;
let connection: Connection;
let service: CreationService;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'viv-create-'));
  const folder = (name: string): string => join(root, name);
  engine = await Engine.start({
    directories: {
      config: folder('config'),
      state: folder('state'),
      data: folder('data'),
      runtime: folder('run'),
      cache: folder('cache'),
    },
    drivers: [qemuDriver],
  });
  connection = await engine.open(uri);
  service = new CreationService({
    open: (text) => engine.open(text),
    jobs: engine.jobs,
    logger: silentLogger,
    catalogue: new Catalogue({ cacheFolder: folder('cache'), logger: silentLogger }),
    usage: createDiskUsage(),
    cacheFolder: folder('cache'),
  });
});
afterEach(async () => {
  for (const { uuid, id } of await connection.domains.list())
    if (id !== undefined) await connection.domains.destroy?.(uuid);
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

const base: Creation = {
  uri,
  name: 'made',
  source: { type: 'empty' },
  memoryKiB: 256 * 1024,
  vcpus: 1,
  firmware: 'bios',
  tpm: false,
  machine: 'q35',
  network: 'user',
  netModel: 'virtio',
  forwards: [],
  graphics: 'vnc',
  video: 'vga',
  startNow: false,
};
const disk = { sizeBytes: 64 * mib, format: 'qcow2', bus: 'virtio' } as const;

const images = (): string[] => {
  const folder = join(root, 'data/images');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
};

async function ended(jobId: string): Promise<JobInfo> {
  const find = (): JobInfo | undefined => engine.jobs.list().find(({ id }) => id === jobId);
  await expect.poll(() => find()?.state, { timeout: 60_000 }).not.toBe('running');
  const info = find();
  if (info === undefined) throw new Error('the job is gone');
  return info;
}

async function create(spec: Creation): Promise<{ readonly info: JobInfo; readonly uuid: string }> {
  const { jobId, uuid } = await service.run(spec);
  return { info: await ended(jobId), uuid };
}

describe('making a machine', () => {
  it('makes its disk, defines it and starts it', async () => {
    const iso = join(root, 'install.iso');
    writeFileSync(iso, makeIso({ volumeId: 'Debian 11.6.0 amd64 n' }));
    const spec: Creation = { ...base, source: { type: 'iso', path: iso }, disk, startNow: true };
    const plan = await service.plan(spec);
    expect(plan.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    const { info, uuid } = await create(spec);
    expect(info).toMatchObject({ state: 'succeeded', kind: 'domain.create', domainUuid: uuid });
    expect(images()).toEqual(['made.qcow2']);
    const summary = await connection.domains.lookupByUuid(uuid);
    expect(summary).toMatchObject({ name: 'made', state: 'running', persistent: true });
    expect(summary.osId).toBe('http://debian.org/debian/11');
    const defined = parseDomain(await connection.domains.xml(uuid, { inactive: true }));
    expect(defined.devices?.disk.map(({ device }) => device)).toEqual(['disk', 'cdrom']);
  });

  it('starts the small Linux from a copy of its own', async () => {
    mkdirSync(join(root, 'cache/guest'), { recursive: true });
    copyFileSync(smallGuest().qcow2, join(root, 'cache/guest/small.qcow2'));
    expect(await service.smallLinux()).toMatchObject({ available: true });
    const { info, uuid } = await create({ ...base, source: { type: 'small-linux' }, startNow: true });
    expect(info.error).toBeUndefined();
    const console = await connection.domains.openConsole?.(uuid, undefined);
    if (console === undefined) throw new Error('there is no console');
    let text = '';
    console.output.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    await expect.poll(() => text, { timeout: 60_000 }).toContain('GUEST-READY');
    console.close();
  });

  it('starts with secure boot and a TPM, and over SPICE with sound', async () => {
    const spec: Creation = { ...base, disk, firmware: 'efi-secure', tpm: true, graphics: 'spice', sound: 'ich9' };
    const { info, uuid } = await create({ ...spec, osId: 'win11', startNow: true });
    expect(info.error).toBeUndefined();
    expect(await connection.domains.state(uuid)).toMatchObject({ state: 'running' });
  });

  it('imports and converts an image', async () => {
    const vmdk = join(root, 'old.vmdk');
    execFileSync('qemu-img', ['create', '-q', '-f', 'vmdk', vmdk, '64M']);
    const { info, uuid } = await create({
      ...base,
      source: { type: 'disk', path: vmdk, format: 'vmdk', mode: 'copy' },
    });
    expect(info.state).toBe('succeeded');
    expect(images()).toEqual(['made.qcow2']);
    const { devices } = parseDomain(await connection.domains.xml(uuid));
    expect(devices?.disk).toMatchObject([{ driver: { type: 'qcow2' } }]);
  });

  it('downloads what it starts from, and finds out what it is', async () => {
    const iso = makeIso({ volumeId: 'Fedora-S-dvd-x86_64-36', systemId: 'LINUX' });
    const server: Server = createServer((_request, response) => response.end(iso));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    // Its address does not look like an ISO's.
    const url = `http://127.0.0.1:${port}/latest`;
    const { info, uuid } = await create({ ...base, source: { type: 'url', url }, disk });
    await new Promise((resolve) => server.close(resolve));
    expect(info.error).toBeUndefined();
    expect(images()).toEqual(['latest', 'made.qcow2']);
    const { devices } = parseDomain(await connection.domains.xml(uuid));
    expect(devices?.disk).toMatchObject([{ device: 'disk' }, { device: 'cdrom' }]);
    expect((await connection.domains.lookupByUuid(uuid)).osId).toBe('http://fedoraproject.org/fedora/36');
    expect(readdirSync(join(root, 'cache/downloads'))).toEqual([]);
  });
});

describe('a machine that cannot be made', () => {
  it('is refused with every reason', async () => {
    const { info } = await create({ ...base, source: { type: 'iso', path: '/gone.iso' }, memoryKiB: 2 ** 40, disk });
    expect(info.state).toBe('failed');
    expect(info.error?.cause).toMatch(/gone\.iso.*memory|memory.*gone\.iso/);
    expect(images()).toEqual([]);
  });

  it('leaves no disk, no definition and no variables when its start fails', async () => {
    const forwards: Creation['forwards'] = [{ protocol: 'tcp', hostPort: await takenPort(), guestPort: 22 }];
    const { info } = await create({ ...base, disk, forwards, firmware: 'efi', startNow: true });
    expect(info.state).toBe('failed');
    expect(await connection.domains.list()).toEqual([]);
    expect(images()).toEqual([]);
    expect(
      readdirSync(join(root, 'state'), { recursive: true }).filter((name) => String(name).includes('VARS')),
    ).toEqual([]);
  });

  it('leaves nothing when it is cancelled while its image is copied', async () => {
    const source = join(root, 'big.raw');
    writeFileSync(source, Buffer.alloc(300 * mib, 1));
    const { jobId } = await service.run({
      ...base,
      source: { type: 'disk', path: source, format: 'raw', mode: 'copy' },
    });
    await expect.poll(() => images().length, { interval: 2, timeout: 30_000 }).toBe(1);
    engine.jobs.cancel(jobId);
    expect((await ended(jobId)).state).toBe('cancelled');
    expect(images()).toEqual([]);
    expect(await connection.domains.list()).toEqual([]);
  });

  it('keeps a download to try again with, when only the rest failed', async () => {
    let asked = 0;
    const server: Server = createServer((_request, response) => {
      asked += 1;
      response.writeHead(200, { etag: '"1"', 'content-length': 40_960 }).end(makeIso({ volumeId: 'X' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.iso`;
    const forwards: Creation['forwards'] = [{ protocol: 'tcp', hostPort: await takenPort(), guestPort: 22 }];
    const { info } = await create({ ...base, source: { type: 'url', url }, disk, forwards, startNow: true });
    expect(info.state).toBe('failed');
    expect(images()).toEqual([]);
    expect(readdirSync(join(root, 'cache/downloads'))).toHaveLength(2);
    expect(asked).toBe(1);
    await new Promise((resolve) => server.close(resolve));
  });
});

const blockers: Server[] = [];
afterEach(() => {
  for (const blocker of blockers.splice(0)) blocker.close();
});

/** A port somebody else listens on. */
async function takenPort(): Promise<number> {
  const blocker = createServer();
  blockers.push(blocker);
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  return (blocker.address() as AddressInfo).port;
}
