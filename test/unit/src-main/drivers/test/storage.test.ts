import { beforeEach, describe, expect, it } from 'vitest';
import { defaultNode } from '../../../../../src-main/drivers/test/node.ts';
import { TestStorage } from '../../../../../src-main/drivers/test/storage.ts';
import { Emitter, type EngineEvent } from '../../../../../src-main/engine/events.ts';
import { JobRegistry } from '../../../../../src-main/engine/jobs.ts';

const poolUuid = 'dfe224cb-28fb-8dd0-c4b2-64eb3f0f4566';
const gibibyte = 1024 ** 3;
let storage: TestStorage;
let told: string[];

beforeEach(() => {
  told = [];
  const events = new Emitter<EngineEvent>();
  events.subscribe((event) => {
    if (event.type === 'pool') told.push(`${event.name} ${event.event}`);
  });
  storage = new TestStorage(
    { uri: 'test:///default', events, jobs: new JobRegistry(), delayMs: 0 },
    defaultNode().pools,
  );
});

describe('volumes', () => {
  it('are made, found by name and path, resized and deleted', async () => {
    const volume = await storage.volumeCreate(poolUuid, { name: 'web.qcow2', format: 'qcow2', capacityBytes: gibibyte })
      .result;
    expect(volume).toMatchObject({ path: '/default-pool/web.qcow2', allocationBytes: 0 });
    expect(await storage.volumeByPath('/default-pool/web.qcow2')).toEqual(volume);
    expect(await storage.volumeXml(poolUuid, 'web.qcow2')).toContain("<format type='qcow2'/>");
    await storage.volumeResize(poolUuid, 'web.qcow2', 2 * gibibyte);
    await expect(storage.volumeResize(poolUuid, 'web.qcow2', gibibyte)).rejects.toMatchObject({ code: 'invalid-arg' });
    await storage.volumeResize(poolUuid, 'web.qcow2', gibibyte, { shrink: true });
    await storage.volumeDelete(poolUuid, 'web.qcow2');
    await expect(storage.volume(poolUuid, 'web.qcow2')).rejects.toMatchObject({ code: 'no-storage-vol' });
  });

  it('are not made twice, nor where there is no room', async () => {
    const create = (capacityBytes: number) =>
      storage.volumeCreate(poolUuid, { name: 'a', format: 'raw', capacityBytes, preallocate: true }).result;
    await expect(create(101 * gibibyte)).rejects.toThrow(`${gibibyte} bytes are missing`);
    await create(60 * gibibyte);
    await expect(create(1)).rejects.toMatchObject({ code: 'storage-vol-exist' });
    expect(await storage.poolByUuid(poolUuid)).toMatchObject({
      allocationBytes: 60 * gibibyte,
      availableBytes: 40 * gibibyte,
      volumes: 1,
    });
  });
});

describe('pools', () => {
  const xml = "<pool type='dir'><name>more</name><target><path>/more</path></target></pool>";

  it('are defined, started, stopped and undefined, and told of', async () => {
    const { uuid } = await storage.poolDefine(xml);
    await expect(storage.volumes(uuid)).rejects.toMatchObject({ code: 'operation-invalid' });
    await storage.poolBuild(uuid);
    await storage.poolStart(uuid);
    await expect(storage.poolUndefine(uuid)).rejects.toMatchObject({ code: 'operation-invalid' });
    await storage.poolRefresh(uuid);
    await storage.poolDestroy(uuid);
    await storage.poolUndefine(uuid);
    expect(told).toEqual([
      'more defined',
      'more created',
      'more started',
      'more refreshed',
      'more stopped',
      'more undefined',
    ]);
    await expect(storage.poolByName('more')).rejects.toMatchObject({ code: 'no-storage-pool' });
  });

  it('that are transient go when they stop', async () => {
    const { uuid, persistent } = await storage.poolCreate(xml);
    expect(persistent).toBe(false);
    await expect(storage.poolSetAutostart(uuid, true)).rejects.toMatchObject({ code: 'invalid-arg' });
    await storage.poolDestroy(uuid);
    await expect(storage.poolByUuid(uuid)).rejects.toMatchObject({ code: 'no-storage-pool' });
  });

  it('have one UUID a name', async () => {
    await storage.poolDefine(xml);
    await expect(storage.poolDefine(xml)).rejects.toMatchObject({ code: 'operation-failed' });
    await expect(storage.poolDefine('<pool>')).rejects.toMatchObject({ code: 'xml-detail' });
  });
});
