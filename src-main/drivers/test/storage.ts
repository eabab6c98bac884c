/** Storage pools and volumes that are only remembered: no file is touched. */
import { randomUUID } from 'node:crypto';
import { type ErrorCode, VirError } from '../../../src-shared/errors.ts';
import type { PoolEvent } from '../../../src-shared/contract/events.ts';
import { formatStoragePool, parseStoragePool, type StoragePool } from '../../../src-shared/model/storage-pool.ts';
import {
  formatStorageVolume,
  parseStorageVolume,
  type StorageVolume,
} from '../../../src-shared/model/storage-volume.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';
import { fromXmlError } from '../../engine/domain-errors.ts';
import type { Emitter, EngineEvent } from '../../engine/events.ts';
import type { Job, JobRegistry } from '../../engine/jobs.ts';
import type { PoolSummary, StorageApi, VolumeCreation, VolumeSummary } from '../../engine/storage-api.ts';
import { answer } from './answer.ts';
import type { InitialNode } from './node.ts';
import { pretend } from './pretend.ts';

interface Pool {
  readonly definition: StoragePool & { readonly uuid: string; readonly name: string };
  persistent: boolean;
  active: boolean;
  autostart: boolean;
  readonly volumes: Map<string, VolumeSummary>;
}

export interface TestStorageOptions {
  readonly uri: string;
  readonly events: Emitter<EngineEvent>;
  readonly jobs: JobRegistry;
  readonly delayMs: number;
}

/** libvirt's test pools have this much room. */
const capacityBytes = 100 * 1024 ** 3;

export class TestStorage implements StorageApi {
  readonly #options: TestStorageOptions;
  readonly #pools = new Map<string, Pool>();

  constructor(options: TestStorageOptions, initial: InitialNode['pools']) {
    this.#options = options;
    for (const { pool, volumes } of initial) {
      const added = this.#add(pool, true);
      added.active = true;
      for (const volume of volumes) this.#put(added, fromModel(added, volume));
    }
  }

  async pools(): Promise<readonly PoolSummary[]> {
    return await answer(() => [...this.#pools.values()].map(summarise));
  }

  async poolByName(name: string): Promise<PoolSummary> {
    return await answer(() => {
      const pool = [...this.#pools.values()].find((each) => each.definition.name === name);
      if (pool === undefined) throw refuse('no-storage-pool', say`no storage pool with matching name '${name}'`);
      return summarise(pool);
    });
  }

  async poolByUuid(uuid: string): Promise<PoolSummary> {
    return await answer(() => summarise(this.#pool(uuid)));
  }

  async poolXml(uuid: string): Promise<string> {
    return await answer(() => {
      const pool = this.#pool(uuid);
      const { allocationBytes, availableBytes } = summarise(pool);
      return formatStoragePool({
        ...pool.definition,
        capacity: { bytes: capacityBytes },
        allocation: { bytes: allocationBytes },
        available: { bytes: availableBytes },
      });
    });
  }

  async defaultPool(): Promise<PoolSummary> {
    return await answer(() => {
      const first = [...this.#pools.values()].find((pool) => pool.active);
      if (first !== undefined) return summarise(first);
      throw refuse('no-storage-pool', say`This connection has no active storage pool.`);
    });
  }

  async volumes(pool: string): Promise<readonly VolumeSummary[]> {
    return await answer(() => [...this.#activePool(pool).volumes.values()]);
  }

  async volume(pool: string, name: string): Promise<VolumeSummary> {
    return await answer(() => this.#volume(pool, name));
  }

  async volumeByPath(path: string): Promise<VolumeSummary> {
    return await answer(() => {
      const all = [...this.#pools.values()].flatMap((pool) => [...pool.volumes.values()]);
      const found = all.find((volume) => volume.path === path);
      if (found === undefined) throw refuse('no-storage-vol', say`no storage vol with matching path '${path}'`);
      return found;
    });
  }

  async volumeXml(pool: string, name: string): Promise<string> {
    return await answer(() => {
      const volume = this.#volume(pool, name);
      return formatStorageVolume({
        type: volume.type,
        name: volume.name,
        key: volume.path,
        capacity: { bytes: volume.capacityBytes },
        allocation: { bytes: volume.allocationBytes },
        target: { path: volume.path, format: { type: volume.format } },
        ...(volume.backingPath === undefined ? {} : { backingStore: { path: volume.backingPath } }),
      });
    });
  }

  async poolDefine(xml: string): Promise<PoolSummary> {
    return await answer(() => this.#announce(this.#add(read(parseStoragePool, xml), true), 'defined'));
  }

  async poolCreate(xml: string): Promise<PoolSummary> {
    return await answer(() => {
      const pool = this.#add(read(parseStoragePool, xml), false);
      pool.active = true;
      return this.#announce(pool, 'started');
    });
  }

  async poolBuild(uuid: string): Promise<void> {
    await answer(() => this.#announce(this.#inactivePool(uuid), 'created'));
  }

  async poolStart(uuid: string): Promise<void> {
    await answer(() => {
      const pool = this.#inactivePool(uuid);
      pool.active = true;
      this.#announce(pool, 'started');
    });
  }

  async poolDestroy(uuid: string): Promise<void> {
    await answer(() => {
      const pool = this.#activePool(uuid);
      pool.active = false;
      this.#announce(pool, 'stopped');
      if (!pool.persistent) this.#pools.delete(pool.definition.uuid);
    });
  }

  async poolUndefine(uuid: string): Promise<void> {
    await answer(() => {
      const pool = this.#inactivePool(uuid);
      this.#pools.delete(pool.definition.uuid);
      this.#announce(pool, 'undefined');
    });
  }

  async poolDelete(uuid: string): Promise<void> {
    await answer(() => {
      const pool = this.#inactivePool(uuid);
      pool.volumes.clear();
      this.#announce(pool, 'deleted');
    });
  }

  async poolRefresh(uuid: string): Promise<void> {
    await answer(() => this.#announce(this.#activePool(uuid), 'refreshed'));
  }

  async poolSetAutostart(uuid: string, autostart: boolean): Promise<void> {
    await answer(() => {
      const pool = this.#pool(uuid);
      if (!pool.persistent) {
        throw refuse('invalid-arg', say`The transient pool '${pool.definition.name}' can't start by itself.`);
      }
      pool.autostart = autostart;
    });
  }

  volumeCreate(pool: string, creation: VolumeCreation): Job<VolumeSummary> {
    return this.#creating(pool, creation.name, (found) => ({
      pool,
      name: creation.name,
      path: pathIn(found, creation.name),
      type: 'file',
      format: creation.format,
      capacityBytes: creation.capacityBytes,
      allocationBytes: creation.preallocate === true ? creation.capacityBytes : 0,
      ...(creation.backing === undefined ? {} : { backingPath: creation.backing.path }),
      modifiedMs: Date.now(),
    }));
  }

  volumeCreateXml(pool: string, xml: string): Job<VolumeSummary> {
    const model = read(parseStorageVolume, xml);
    return this.#creating(pool, model.name ?? '', (found) => fromModel(found, model));
  }

  async volumeResize(
    pool: string,
    name: string,
    bytes: number,
    options: { readonly shrink?: boolean } = {},
  ): Promise<void> {
    await answer(() => {
      const volume = this.#volume(pool, name);
      if (bytes < volume.capacityBytes && options.shrink !== true) {
        throw refuse('invalid-arg', say`The volume '${name}' would lose data.`, say`Shrink it explicitly.`);
      }
      const allocationBytes = Math.min(volume.allocationBytes, bytes);
      this.#pool(pool).volumes.set(name, { ...volume, capacityBytes: bytes, allocationBytes, modifiedMs: Date.now() });
    });
  }

  async volumeDelete(pool: string, name: string): Promise<void> {
    await answer(() => {
      this.#volume(pool, name);
      this.#pool(pool).volumes.delete(name);
    });
  }

  #creating(uuid: string, name: string, make: (pool: Pool) => VolumeSummary): Job<VolumeSummary> {
    const { jobs, uri, delayMs } = this.#options;
    return jobs.start({ kind: 'volume.create', subject: name, uri, unit: 'bytes' }, async (control) => {
      const pool = this.#activePool(uuid);
      const volume = make(pool);
      await pretend(control, delayMs, volume.allocationBytes);
      return this.#put(pool, volume);
    });
  }

  #put(pool: Pool, volume: VolumeSummary): VolumeSummary {
    const { name, allocationBytes } = volume;
    if (name === '' || name.includes('/')) throw refuse('xml-error', say`'${name}' can't be the name of a volume.`);
    if (pool.volumes.has(name)) throw refuse('storage-vol-exist', say`storage vol '${name}' already exists`);
    const free = summarise(pool).availableBytes;
    if (allocationBytes > free) {
      throw refuse(
        'operation-failed',
        say`The pool '${pool.definition.name}' has no room for '${name}'.`,
        say`${allocationBytes - free} bytes are missing.`,
      );
    }
    pool.volumes.set(name, volume);
    return volume;
  }

  #add(model: StoragePool, persistent: boolean): Pool {
    const { name } = model;
    if (name === undefined) throw refuse('xml-error', say`A storage pool has a name.`);
    const uuid = model.uuid ?? randomUUID();
    const twin = [...this.#pools.values()].find((each) => each.definition.name === name);
    if (twin !== undefined && twin.definition.uuid !== uuid) {
      throw refuse('operation-failed', say`pool '${name}' already exists with uuid ${twin.definition.uuid}`);
    }
    const old = this.#pools.get(uuid);
    const pool: Pool = {
      definition: { ...model, name, uuid },
      persistent: persistent || old?.persistent === true,
      active: old?.active ?? false,
      autostart: old?.autostart ?? false,
      volumes: old?.volumes ?? new Map<string, VolumeSummary>(),
    };
    this.#pools.set(uuid, pool);
    return pool;
  }

  #announce(pool: Pool, event: PoolEvent): PoolSummary {
    const { uuid, name } = pool.definition;
    this.#options.events.emit({ type: 'pool', uuid, name, event });
    return summarise(pool);
  }

  #pool(uuid: string): Pool {
    const pool = this.#pools.get(uuid);
    if (pool === undefined) throw refuse('no-storage-pool', say`no storage pool with matching uuid '${uuid}'`);
    return pool;
  }

  #activePool(uuid: string): Pool {
    const pool = this.#pool(uuid);
    if (!pool.active) throw refuse('operation-invalid', say`storage pool '${pool.definition.name}' is not active`);
    return pool;
  }

  #inactivePool(uuid: string): Pool {
    const pool = this.#pool(uuid);
    if (pool.active) throw refuse('operation-invalid', say`storage pool '${pool.definition.name}' is already active`);
    return pool;
  }

  #volume(pool: string, name: string): VolumeSummary {
    const volume = this.#activePool(pool).volumes.get(name);
    if (volume === undefined) throw refuse('no-storage-vol', say`no storage vol with matching name '${name}'`);
    return volume;
  }
}

const pathIn = (pool: Pool, name: string): string => `${pool.definition.target?.path ?? ''}/${name}`;

function fromModel(pool: Pool, model: StorageVolume): VolumeSummary {
  const name = model.name ?? '';
  const capacity = model.capacity?.bytes ?? 0;
  return {
    pool: pool.definition.uuid,
    name,
    path: model.target?.path ?? pathIn(pool, name),
    type: model.type ?? 'file',
    format: model.target?.format?.type ?? 'raw',
    capacityBytes: capacity,
    allocationBytes: model.allocation?.bytes ?? capacity,
    ...(model.backingStore?.path === undefined ? {} : { backingPath: model.backingStore.path }),
    modifiedMs: Date.now(),
  };
}

function summarise(pool: Pool): PoolSummary {
  const { definition, active, persistent, autostart, volumes } = pool;
  const allocationBytes = [...volumes.values()].reduce((sum, volume) => sum + volume.allocationBytes, 0);
  const path = definition.target?.path;
  return {
    uuid: definition.uuid,
    name: definition.name,
    type: definition.type,
    active,
    persistent,
    autostart,
    capacityBytes,
    allocationBytes,
    availableBytes: capacityBytes - allocationBytes,
    ...(path === undefined ? {} : { path }),
    volumes: volumes.size,
  };
}

function read<T>(parse: (xml: string) => T, xml: string): T {
  try {
    return parse(xml);
  } catch (thrown) {
    throw fromXmlError(thrown);
  }
}

const refuse = (code: ErrorCode, message: Sentence, cause?: Sentence): VirError =>
  new VirError({ code, domain: 'storage', message, ...(cause === undefined ? {} : { cause }) });
