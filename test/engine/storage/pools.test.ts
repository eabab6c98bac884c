import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { binFolderName } from '../../../src-main/engine/bin.ts';
import { parseStoragePool } from '../../../src-shared/model/storage-pool.ts';
import { errorOf } from '../../support/errors.ts';
import { testStorage, type TestStorage } from './support.ts';

let test: TestStorage;
beforeEach(() => {
  test = testStorage();
});
afterEach(() => test.remove());

const poolXml = (name: string, path: string): string =>
  `<pool type='dir'><name>${name}</name><target><path>${path}</path></target></pool>`;

describe('the default pool', () => {
  it('is made on demand, once, and starts by itself', async () => {
    const [first, second] = await Promise.all([test.storage.defaultPool(), test.storage.defaultPool()]);
    expect(first).toMatchObject({ name: 'default', type: 'dir', active: true, persistent: true, autostart: true });
    expect(second.uuid).toBe(first.uuid);
    expect(first.path).toBe(test.images);
    expect(first.availableBytes).toBeGreaterThan(0);
    expect(readdirSync(join(test.root, 'config/storage/autostart'))).toEqual(['default.xml']);
  });

  it('comes back with its folder when that was removed', async () => {
    const pool = await test.storage.defaultPool();
    await test.storage.poolDestroy(pool.uuid);
    rmdirSync(test.images);
    expect(await test.storage.defaultPool()).toMatchObject({ uuid: pool.uuid, active: true });
  });
});

describe('a pool', () => {
  it('does not show what waits in the bin', async () => {
    const { uuid } = await test.storage.defaultPool();
    mkdirSync(join(test.images, binFolderName));
    writeFileSync(join(test.images, binFolderName, 'deleted.img'), '');
    writeFileSync(join(test.images, 'kept.img'), '');
    await test.storage.poolRefresh(uuid);
    expect((await test.storage.volumes(uuid)).map(({ name }) => name)).toEqual(['kept.img']);
  });

  it('is defined, built, started, stopped, deleted and undefined, and says so', async () => {
    const events: string[] = [];
    test.storage.events.subscribe((event) => {
      if (event.type === 'pool') events.push(`${event.name} ${event.event}`);
    });
    const folder = join(test.root, 'lab');
    const { uuid } = await test.storage.poolDefine(poolXml('lab', folder));
    expect(await test.storage.poolByName('lab')).toMatchObject({ active: false, persistent: true });
    expect((await errorOf(test.storage.poolStart(uuid))).code).toBe('system-error');
    await test.storage.poolBuild(uuid);
    await test.storage.poolStart(uuid);
    expect((await errorOf(test.storage.poolStart(uuid))).code).toBe('operation-invalid');
    expect((await errorOf(test.storage.poolUndefine(uuid))).code).toBe('operation-invalid');
    await test.storage.poolDestroy(uuid);
    await test.storage.poolDelete(uuid);
    expect(existsSync(folder)).toBe(false);
    await test.storage.poolUndefine(uuid);
    expect(await test.storage.pools()).toEqual([]);
    expect(events).toEqual([
      'lab defined',
      'lab created',
      'lab started',
      'lab stopped',
      'lab deleted',
      'lab undefined',
    ]);
  });

  it('is active again after a restart of the engine if it was, or if it starts by itself', async () => {
    for (const name of ['was-active', 'autostarts', 'rests']) {
      mkdirSync(join(test.root, name));
      const { uuid } = await test.storage.poolDefine(poolXml(name, join(test.root, name)));
      if (name === 'was-active') await test.storage.poolStart(uuid);
      if (name === 'autostarts') await test.storage.poolSetAutostart(uuid, true);
    }
    const transient = join(test.root, 'transient');
    mkdirSync(transient);
    await test.storage.poolCreate(poolXml('transient', transient));
    const pools = await test.reopen().pools();
    expect(Object.fromEntries(pools.map(({ name, active, persistent }) => [name, { active, persistent }]))).toEqual({
      'was-active': { active: true, persistent: true },
      autostarts: { active: true, persistent: true },
      rests: { active: false, persistent: true },
      transient: { active: true, persistent: false },
    });
  });

  it('that is transient is gone when it stops', async () => {
    mkdirSync(join(test.root, 'once'));
    const { uuid } = await test.storage.poolCreate(poolXml('once', join(test.root, 'once')));
    await test.storage.poolDestroy(uuid);
    expect((await errorOf(test.storage.poolByUuid(uuid))).code).toBe('no-storage-pool');
  });

  it('cannot take the name, the UUID or the folder of another', async () => {
    const { uuid } = await test.storage.poolDefine(poolXml('one', '/srv/one'));
    const refused = async (xml: string): Promise<string> => (await errorOf(test.storage.poolDefine(xml))).code;
    expect(await refused(poolXml('one', '/srv/two'))).toBe('operation-failed');
    expect(await refused(poolXml('two', '/srv/one/'))).toBe('operation-failed');
    expect(await refused(poolXml('two', '/srv/two').replace('</name>', `</name><uuid>${uuid}</uuid>`))).toBe(
      'operation-failed',
    );
    expect(await refused(poolXml('a/b', '/srv/two'))).toBe('xml-error');
    expect(await refused(poolXml('two', 'srv'))).toBe('xml-error');
    expect(await refused("<pool type='rbd'><name>x</name></pool>")).toBe('no-support');
  });

  it('shows in its XML what it has while it is active', async () => {
    const { uuid } = await test.storage.defaultPool();
    const active = parseStoragePool(await test.storage.poolXml(uuid));
    expect(active.capacity?.bytes).toBeGreaterThan(0);
    expect(active.target?.permissions?.mode).toBe(0o700);
    const inactive = parseStoragePool(await test.storage.poolXml(uuid, { inactive: true }));
    expect(inactive.target?.permissions).toBeUndefined();
    expect(inactive.uuid).toBe(uuid);
  });

  it('lists what other programs put into it at the next refresh, and nothing that is no image', async () => {
    const { uuid } = await test.storage.defaultPool();
    writeFileSync(join(test.images, 'from-outside.img'), 'x');
    mkdirSync(join(test.images, 'folder'));
    writeFileSync(join(test.images, '.vivarium-999999999-1-1.part'), 'left by a crash');
    expect(await test.storage.volumes(uuid)).toEqual([]);
    await test.storage.poolRefresh(uuid);
    const volumes = await test.storage.volumes(uuid);
    expect(volumes.map(({ name, type }) => `${name} ${type}`).sort()).toEqual(['folder dir', 'from-outside.img file']);
    expect(readdirSync(test.images)).not.toContain('.vivarium-999999999-1-1.part');
  });
});
