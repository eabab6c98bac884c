import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDriver } from '../../../../src-main/drivers/test/driver.ts';
import { Bin } from '../../../../src-main/engine/bin.ts';
import { type Connection, need } from '../../../../src-main/engine/driver.ts';
import { JobRegistry } from '../../../../src-main/engine/jobs.ts';
import { silentLogger } from '../../../../src-main/engine/logger.ts';
import { parseConnectUri } from '../../../../src-shared/uri.ts';

const uri = 'test:///many?n=0';
const uuid = '4dea22b3-1d52-d8f3-2516-782e98ab3fa0';
const day = 24 * 3600 * 1000;
let folder: string;
let connection: Connection;
let bin: Bin;
let nowMs: number;
const images = (name: string): string => join(folder, 'images', name);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-bin-'));
  mkdirSync(join(folder, 'images'));
  nowMs = Date.now();
  const parsed = parseConnectUri(uri);
  if (parsed === undefined) throw new Error('no URI');
  const directories = { config: '/x', state: '/x', data: '/x', runtime: '/x', cache: '/x' };
  connection = await testDriver.open(parsed, { directories, logger: silentLogger, jobs: new JobRegistry() });
  bin = new Bin({
    folder: join(folder, 'bin'),
    logger: silentLogger,
    open: () => Promise.resolve(connection),
    days: () => 7,
    now: () => nowMs,
  });
  for (const name of ['a.raw', 'b.raw', 'vars.fd']) writeFileSync(images(name), name);
  await define('web', ['a.raw', 'b.raw'], uuid);
});
afterEach(async () => {
  await connection.close();
  rmSync(folder, { recursive: true });
});

async function define(name: string, disks: readonly string[], id?: string): Promise<void> {
  const devices = disks.map(
    (disk, index) =>
      `<disk type='file'><source file='${images(disk)}'/><target dev='vd${'abc'[index]}' bus='virtio'/></disk>`,
  );
  await need(
    connection.domains,
    'define',
  )(
    `<domain type='test'><name>${name}</name>${id === undefined ? '' : `<uuid>${id}</uuid>`}<title>Shop</title><memory>1024</memory>` +
      `<os><type>hvm</type>${id === undefined ? '' : `<nvram>${images('vars.fd')}</nvram>`}</os><devices>${devices.join('')}</devices></domain>`,
  );
}

describe('deleting to the bin', () => {
  it('takes the machine, its NVRAM and the disks named; others stay', async () => {
    const entry = await bin.delete(uri, uuid, [images('a.raw')]);
    expect(entry).toMatchObject({ name: 'web', uuid, uri, disks: [images('a.raw')], purgeMs: nowMs + 7 * day });
    expect(readdirSync(join(folder, 'images')).filter((name) => !name.startsWith('.'))).toEqual(['b.raw']);
    expect(await connection.domains.list()).toEqual([]);
    expect(await bin.list()).toEqual([entry]);
  });

  it('is undone by restoring: definition, NVRAM and disks are as they were', async () => {
    const before = await connection.domains.xml(uuid, { secure: true });
    const { id } = await bin.delete(uri, uuid, [images('a.raw'), images('b.raw')]);
    expect(await bin.restore(id)).toMatchObject({ name: 'web', uuid, title: 'Shop' });
    expect(await connection.domains.xml(uuid, { secure: true })).toBe(before);
    expect(readdirSync(join(folder, 'images')).sort()).toEqual(['a.raw', 'b.raw', 'vars.fd']);
    expect(readFileSync(images('a.raw'), 'utf8')).toBe('a.raw');
    expect(await bin.list()).toEqual([]);
  });

  it('takes what is known of snapshots with it, and brings it back', async () => {
    for (const name of ['first', 'second']) {
      await connection.snapshots?.create?.(uuid, `<domainsnapshot><name>${name}</name></domainsnapshot>`).result;
    }
    await connection.snapshots?.setCurrent?.(uuid, 'first');
    const before = await connection.snapshots?.list(uuid);
    const { id } = await bin.delete(uri, uuid, []);
    await bin.restore(id);
    expect(before).toHaveLength(2);
    expect(await connection.snapshots?.list(uuid)).toEqual(before);
  });

  it('is refused while the machine runs, for files that are not its disks, and for disks others use', async () => {
    await expect(bin.delete(uri, uuid, ['/etc/passwd'])).rejects.toMatchObject({ code: 'operation-invalid' });
    await define('copy', ['b.raw']);
    await expect(bin.delete(uri, uuid, [images('a.raw'), images('b.raw')])).rejects.toThrow(/copy/);
    await need(connection.domains, 'start')(uuid);
    await expect(bin.delete(uri, uuid, [])).rejects.toThrow(/running/);
    expect(readdirSync(join(folder, 'images')).sort()).toEqual(['a.raw', 'b.raw', 'vars.fd']);
    expect(await bin.list()).toEqual([]);
  });

  it('changes nothing when the definition can not be removed', async () => {
    connection.domains.undefine = () => Promise.reject(new Error('has snapshots'));
    await expect(bin.delete(uri, uuid, [images('a.raw')])).rejects.toThrow('has snapshots');
    expect(readdirSync(join(folder, 'images')).sort()).toEqual(['a.raw', 'b.raw', 'vars.fd']);
    expect(await bin.list()).toEqual([]);
  });
});

describe('restoring from the bin', () => {
  it('names what is in the way and changes nothing', async () => {
    const { id } = await bin.delete(uri, uuid, [images('a.raw')]);
    writeFileSync(images('a.raw'), 'somebody else');
    await expect(bin.restore(id)).rejects.toThrow(images('a.raw'));
    expect(readFileSync(images('a.raw'), 'utf8')).toBe('somebody else');
    rmSync(images('a.raw'));
    await define('web', []);
    await expect(bin.restore(id)).rejects.toThrow(/already exists/);
    expect(existsSync(images('a.raw'))).toBe(false);
    expect(await bin.list()).toHaveLength(1);
  });

  it('knows no entry that is not there', async () => {
    await expect(bin.restore('none')).rejects.toMatchObject({ code: 'invalid-arg' });
    await expect(bin.purge('../../etc')).rejects.toMatchObject({ code: 'invalid-arg' });
  });
});

describe('the bin', () => {
  it('is emptied of what is old enough, and of nothing else', async () => {
    await bin.delete(uri, uuid, [images('a.raw')]);
    nowMs += 6 * day;
    await bin.sweep();
    expect(await bin.list()).toHaveLength(1);
    nowMs += day;
    await bin.sweep();
    expect(await bin.list()).toEqual([]);
    expect(readdirSync(join(folder, 'images'))).toEqual(['b.raw']);
  });

  it('leaves files alone that are no entries of it', async () => {
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin', 'torn.json'), '{"id":"torn"');
    expect(await bin.list()).toEqual([]);
    await bin.sweep();
    expect(readdirSync(join(folder, 'bin'))).toEqual(['torn.json']);
  });
});
