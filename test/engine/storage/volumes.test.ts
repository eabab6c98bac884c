/** Volumes on a real file system, looked at with the real qemu-img. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseStorageVolume } from '../../../src-shared/model/storage-volume.ts';
import type { PoolSummary, VolumeCreation } from '../../../src-main/engine/storage-api.ts';
import { errorOf } from '../../support/errors.ts';
import { testStorage, type TestStorage } from './support.ts';

const mib = 2 ** 20;
const gib = 2 ** 30;

let test: TestStorage;
let pool: PoolSummary;
beforeEach(async () => {
  test = testStorage();
  pool = await test.storage.defaultPool();
});
afterEach(() => test.remove());

const qemuImg = (...args: string[]): string => execFileSync('qemu-img', args, { encoding: 'utf8' });
const info = (path: string, format: string): Record<string, unknown> =>
  JSON.parse(qemuImg('info', '--output=json', '-f', format, path)) as Record<string, unknown>;
const create = async (creation: VolumeCreation) => await test.storage.volumeCreate(pool.uuid, creation).result;
const inPool = (name: string): string => join(test.images, name);
/** Writes a pattern into an image of any format. */
const write = (path: string, format: string, pattern: number, offset: string, length: string): void => {
  execFileSync('qemu-io', ['-f', format, '-c', `write -P ${pattern} ${offset} ${length}`, path]);
};
const holds = (path: string, format: string, pattern: number, offset: string, length: string): boolean =>
  execFileSync('qemu-io', ['-f', format, '-r', '-c', `read -P ${pattern} ${offset} ${length}`, path], {
    encoding: 'utf8',
  }).includes('Pattern verification failed') === false;

describe('creating a volume', () => {
  it.each(['raw', 'qcow2', 'vmdk', 'vdi'] as const)(
    'makes a sparse %s image that qemu-img agrees with',
    async (format) => {
      const made = await create({ name: `disk.${format}`, format, capacityBytes: gib });
      expect(made).toMatchObject({ format, capacityBytes: gib, path: inPool(`disk.${format}`), type: 'file' });
      expect(made.allocationBytes).toBeLessThan(mib);
      expect(info(made.path, format)['virtual-size']).toBe(gib);
      if (format === 'qcow2') expect(qemuImg('check', '-f', 'qcow2', made.path)).toContain('No errors');
      expect(statSync(made.path).mode & 0o777).toBe(0o600);
    },
  );

  it.each(['raw', 'qcow2'] as const)('allocates a %s image beforehand', async (format) => {
    const made = await create({ name: 'full', format, capacityBytes: 8 * mib, preallocate: true });
    expect(made.allocationBytes).toBeGreaterThanOrEqual(8 * mib);
  });

  it('records the image below and its format, and refuses one that does not fit', async () => {
    const base = await create({ name: 'base', format: 'qcow2', capacityBytes: gib });
    write(base.path, 'qcow2', 7, '1M', '64k');
    const top = await create({
      name: 'top',
      format: 'qcow2',
      capacityBytes: gib,
      backing: { path: base.path, format: 'qcow2' },
    });
    expect(top.backingPath).toBe(base.path);
    expect(info(top.path, 'qcow2')).toMatchObject({
      'backing-filename': base.path,
      'backing-filename-format': 'qcow2',
    });
    expect(holds(top.path, 'qcow2', 7, '1M', '64k')).toBe(true);
    const wrong = { name: 'wrong', format: 'qcow2', capacityBytes: gib } as const;
    const error = await errorOf(create({ ...wrong, backing: { path: inPool('gone'), format: 'qcow2' } }));
    expect(error.data.message).toContain('gone');
    expect(readdirSync(test.images)).not.toContain('wrong');
  });

  it('refuses names that are taken or are no names', async () => {
    await create({ name: 'a', format: 'raw', capacityBytes: mib });
    expect((await errorOf(create({ name: 'a', format: 'raw', capacityBytes: mib }))).code).toBe('storage-vol-exist');
    // Somebody else's file, which the pool has not seen yet.
    writeFileSync(inPool('b'), 'precious');
    expect((await errorOf(create({ name: 'b', format: 'qcow2', capacityBytes: mib }))).code).toBe('storage-vol-exist');
    expect(readFileSync(inPool('b'), 'utf8')).toBe('precious');
    for (const name of ['../c', 'c/d', '.', '', 'x\ny', 'é'.repeat(128)]) {
      expect((await errorOf(create({ name, format: 'raw', capacityBytes: mib }))).code).toBe('xml-error');
    }
  });

  it('gives one of two that want the same name at once', async () => {
    const wanted = { name: 'same', format: 'qcow2', capacityBytes: gib } as const;
    const results = await Promise.allSettled([create(wanted), create(wanted)]);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(readdirSync(test.images)).toEqual(['same']);
  });

  it('says before it begins how much room is missing', async () => {
    const error = await errorOf(create({ name: 'huge', format: 'raw', capacityBytes: 2 ** 50, preallocate: true }));
    expect(error.data.cause).toMatch(/TiB of free space are missing/);
    expect(readdirSync(test.images)).toEqual([]);
  });

  it("follows libvirt's XML", async () => {
    const xml = `<volume><name>v2</name><capacity unit='GiB'>1</capacity><target><format type='qcow2'/></target></volume>`;
    await test.storage.volumeCreateXml(pool.uuid, xml).result;
    expect(info(inPool('v2'), 'qcow2')).toMatchObject({ 'format-specific': { data: { compat: '0.10' } } });
    const lazy = xml
      .replace('v2', 'v3')
      .replace(
        '</target>',
        '<features><lazy_refcounts/></features><permissions><mode>0640</mode></permissions></target>',
      );
    await test.storage.volumeCreateXml(pool.uuid, lazy).result;
    expect(info(inPool('v3'), 'qcow2')).toMatchObject({
      'format-specific': { data: { compat: '1.1', 'lazy-refcounts': true } },
    });
    expect(statSync(inPool('v3')).mode & 0o777).toBe(0o640);
    const described = parseStorageVolume(await test.storage.volumeXml(pool.uuid, 'v3'));
    expect(described).toMatchObject({
      type: 'file',
      key: inPool('v3'),
      capacity: { bytes: gib },
      target: { format: { type: 'qcow2' }, compat: '1.1', features: { lazy_refcounts: true } },
    });
    const raw = `<volume><name>raw</name><capacity unit='MiB'>8</capacity><allocation>0</allocation></volume>`;
    expect((await test.storage.volumeCreateXml(pool.uuid, raw).result).allocationBytes).toBe(0);
    const full = raw.replace('<allocation>0</allocation>', '').replace('raw', 'full');
    expect((await test.storage.volumeCreateXml(pool.uuid, full).result).allocationBytes).toBeGreaterThanOrEqual(
      8 * mib,
    );
  });
});

describe('importing an image', () => {
  it.each(['qcow2', 'vmdk', 'vdi', 'vpc', 'vhdx', 'raw', 'qed'])(
    'converts %s to qcow2 with progress',
    async (format) => {
      const source = join(test.root, `outside.${format}`);
      qemuImg('create', '-q', '-f', format, source, '64M');
      write(source, format, 9, '3M', '1M');
      const job = test.storage.importImage(pool.uuid, source, { name: 'in.qcow2', format, convertTo: 'qcow2' });
      const volume = await job.result;
      expect(volume).toMatchObject({ format: 'qcow2', name: 'in.qcow2' });
      expect(volume.capacityBytes).toBeGreaterThanOrEqual(64 * mib);
      expect(holds(volume.path, 'qcow2', 9, '3M', '1M')).toBe(true);
      expect(job.info.state).toBe('succeeded');
      expect(job.info.done).toBe(job.info.total);
    },
  );

  it('copies what already has the wanted format, holes and all', async () => {
    const source = join(test.root, 'outside.raw');
    writeFileSync(source, 'start');
    truncateSync(source, gib);
    const volume = await test.storage.importImage(pool.uuid, source, { name: 'in', format: 'raw' }).result;
    expect(volume).toMatchObject({ capacityBytes: gib, format: 'raw' });
    expect(volume.allocationBytes).toBeLessThan(mib);
  });

  it('shares the bytes of a file that is given away, and grows it', async () => {
    const source = join(test.root, 'given.raw');
    writeFileSync(source, Buffer.alloc(mib, 6));
    const options = { name: 'taken', format: 'raw', giveAway: true, growToBytes: 4 * mib } as const;
    const volume = await test.storage.importImage(pool.uuid, source, options).result;
    expect(volume.capacityBytes).toBe(4 * mib);
    expect(statSync(volume.path).ino).toBe(statSync(source).ino);
    expect(holds(volume.path, 'raw', 6, '0', '1M')).toBe(true);
  });

  it('flattens an image with others below it, and refuses a lie about its format', async () => {
    const base = join(test.root, 'base.raw');
    writeFileSync(base, Buffer.alloc(8 * mib, 5));
    const top = join(test.root, 'top.qcow2');
    qemuImg('create', '-q', '-f', 'qcow2', '-b', 'base.raw', '-F', 'raw', top);
    const volume = await test.storage.importImage(pool.uuid, top, { name: 'flat', format: 'qcow2' }).result;
    expect(volume.backingPath).toBeUndefined();
    expect(holds(volume.path, 'qcow2', 5, '0', '8M')).toBe(true);
    const lie = test.storage.importImage(pool.uuid, top, { name: 'lie', format: 'vmdk' }).result;
    expect((await errorOf(lie)).data.cause).toContain('said to be vmdk');
    expect(readdirSync(test.images)).toEqual(['flat']);
  });

  it('never reads a file that the image names', async () => {
    const secret = join(test.root, 'secret');
    writeFileSync(secret, Buffer.alloc(mib, 'secret'));
    const hostile = join(test.root, 'hostile.vmdk');
    writeFileSync(
      hostile,
      `# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType="monolithicFlat"\nRW 2048 FLAT "${secret}" 0\n`,
    );
    const error = await errorOf(
      test.storage.importImage(pool.uuid, hostile, { name: 'x', format: 'vmdk', convertTo: 'raw' }).result,
    );
    expect(error.data.cause).toContain('secret');
    expect(readdirSync(test.images)).toEqual([]);
  });

  it('leaves nothing when it is cancelled', async () => {
    const source = join(test.root, 'big.raw');
    writeFileSync(source, Buffer.alloc(256 * mib, 1));
    for (const convertTo of ['qcow2', 'raw'] as const) {
      const job = test.storage.importImage(pool.uuid, source, { name: 'cancelled', format: 'raw', convertTo });
      await until(() => readdirSync(test.images).length > 0);
      expect((await errorOf(test.storage.poolDestroy(pool.uuid))).code).toBe('resource-busy');
      job.cancel();
      expect((await errorOf(job.result)).code).toBe('operation-aborted');
      expect(job.info.state).toBe('cancelled');
      expect(readdirSync(test.images)).toEqual([]);
    }
  });
});

describe('a volume', () => {
  it('grows, and shrinks only when asked to', async () => {
    for (const format of ['qcow2', 'raw'] as const) {
      await create({ name: format, format, capacityBytes: gib });
      await test.storage.volumeResize(pool.uuid, format, 2 * gib);
      expect((await test.storage.volume(pool.uuid, format)).capacityBytes).toBe(2 * gib);
      expect((await errorOf(test.storage.volumeResize(pool.uuid, format, gib))).code).toBe('invalid-arg');
      await test.storage.volumeResize(pool.uuid, format, gib, { shrink: true });
      expect(info(inPool(format), format)['virtual-size']).toBe(gib);
    }
    await create({ name: 'vdi', format: 'vdi', capacityBytes: gib });
    expect((await errorOf(test.storage.volumeResize(pool.uuid, 'vdi', 2 * gib))).data.cause).toContain('resize');
  });

  it('is uploaded to and downloaded from, also in part', async () => {
    await create({ name: 'data', format: 'raw', capacityBytes: mib });
    const content = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 251));
    await test.storage.volumeUpload(
      pool.uuid,
      'data',
      Readable.from([content.subarray(0, 3000), content.subarray(3000)]),
      {
        offset: 100,
        length: 5000,
      },
    ).result;
    const back = await buffer(await test.storage.volumeDownload(pool.uuid, 'data', { offset: 100, length: 5000 }));
    expect(back.equals(content)).toBe(true);
    expect((await buffer(await test.storage.volumeDownload(pool.uuid, 'data'))).length).toBe(mib);
    const short = test.storage.volumeUpload(pool.uuid, 'data', Readable.from([Buffer.alloc(5)]), { length: 10 });
    expect((await errorOf(short.result)).code).toBe('invalid-stream');
    const long = test.storage.volumeUpload(pool.uuid, 'data', Readable.from([Buffer.alloc(20)]), { length: 10 });
    expect((await errorOf(long.result)).code).toBe('invalid-arg');
  });

  it('is wiped whether it is full or has holes', async () => {
    const zeros = Buffer.alloc(8 * mib);
    for (const preallocate of [true, false]) {
      const name = `wipe-${preallocate}`;
      const { path } = await create({ name, format: 'raw', capacityBytes: zeros.length, preallocate });
      write(path, 'raw', 3, '4M', '64k');
      await test.storage.volumeWipe(pool.uuid, name).result;
      expect(readFileSync(path).equals(zeros)).toBe(true);
    }
  });

  it('is cloned as it is, larger, or flattened', async () => {
    const base = await create({ name: 'base', format: 'raw', capacityBytes: 8 * mib });
    write(base.path, 'raw', 4, '0', '1M');
    await create({
      name: 'top',
      format: 'qcow2',
      capacityBytes: 8 * mib,
      backing: { path: base.path, format: 'raw' },
    });
    const xml = await test.storage.volumeXml(pool.uuid, 'top');
    const clone = async (name: string, change: (text: string) => string = (text) => text) =>
      await test.storage.volumeCreateXml(pool.uuid, change(xml.replace('<name>top', `<name>${name}`)), 'top').result;
    expect((await clone('linked')).backingPath).toBe(base.path);
    const flat = await clone('flat', (text) => text.replace(/<backingStore>[^]*<\/backingStore>/, ''));
    expect(flat.backingPath).toBeUndefined();
    expect(holds(flat.path, 'qcow2', 4, '0', '1M')).toBe(true);
    const larger = await clone('larger', (text) =>
      text.replace(/<capacity unit='bytes'>\d+/, `<capacity unit='bytes'>${16 * mib}`),
    );
    expect(larger.capacityBytes).toBe(16 * mib);
  });

  it('is deleted, and found by its path until then', async () => {
    const { path } = await create({ name: 'gone', format: 'qcow2', capacityBytes: mib });
    expect((await test.storage.volumeByPath(path)).name).toBe('gone');
    await test.storage.volumeDelete(pool.uuid, 'gone');
    expect((await errorOf(test.storage.volumeByPath(path))).code).toBe('no-storage-vol');
    expect((await errorOf(test.storage.volumeDelete(pool.uuid, 'gone'))).code).toBe('no-storage-vol');
    expect(readdirSync(test.images)).toEqual([]);
  });
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not happen within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
