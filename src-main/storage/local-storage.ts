/** The storage of this host, the same for every driver that runs here. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatStoragePool } from '../../src-shared/model/storage-pool.ts';
import { say } from '../../src-shared/words.ts';
import type { EngineContext } from '../engine/context.ts';
import { Emitter, type EngineEvent, type EventSource, type PoolEvent } from '../engine/events.ts';
import type { PoolSummary, StorageApi } from '../engine/storage-api.ts';
import type { Backend } from './backend.ts';
import { dirBackend } from './backends/dir.ts';
import { noPool, noVolume, poolInactive, storageError } from './errors.ts';
import { definitionOf, isActive, type Pool, PoolRegistry } from './pool-registry.ts';
import { summarise, volumeXml } from './volume.ts';
import { VolumeJobs } from './volume-jobs.ts';

export interface LocalStorage extends Required<StorageApi> {
  /** `pool` events, to be announced by every connection that offers this storage. */
  readonly events: EventSource<EngineEvent>;
}

export interface LocalStorageOptions {
  /** Who asks, for the log. */
  readonly driverName: string;
  readonly backends?: readonly Backend[];
}

const defaultPoolName = 'default';
const byContext = new WeakMap<EngineContext, LocalStorage>();

/** The storage of an engine's folders. Every driver of one engine gets the same, as libvirt's share one. */
export function createLocalStorage(context: EngineContext, options: LocalStorageOptions): LocalStorage {
  const known = byContext.get(context);
  if (known !== undefined) return known;
  const storage = new HostStorage(context, options.backends ?? [dirBackend]);
  byContext.set(context, storage);
  context.logger.log('debug', 'The storage of this host is in use.', { driver: options.driverName });
  return storage;
}

class HostStorage implements LocalStorage {
  readonly events = new Emitter<EngineEvent>();
  readonly #context: EngineContext;
  readonly #registry: PoolRegistry;
  readonly #ready: Promise<void>;
  readonly #jobs: VolumeJobs;
  #makingDefault: Promise<Pool> | undefined;

  constructor(context: EngineContext, backends: readonly Backend[]) {
    this.#context = context;
    this.#registry = new PoolRegistry(context, backends);
    this.#jobs = new VolumeJobs(context, this.#registry, async () => await this.#ready);
    this.#ready = this.#load();
    // Whoever asks first is told; until then the failure is nobody's.
    this.#ready.catch(() => undefined);
  }

  async pools(): Promise<readonly PoolSummary[]> {
    await this.#ready;
    return this.#registry.list().map(describe);
  }

  async poolByName(name: string): Promise<PoolSummary> {
    await this.#ready;
    const pool = this.#registry.byName(name);
    if (pool === undefined) throw noPool(`name '${name}'`);
    return describe(pool);
  }

  async poolByUuid(uuid: string): Promise<PoolSummary> {
    return describe(await this.#pool(uuid));
  }

  async poolXml(uuid: string, options: { readonly inactive?: boolean } = {}): Promise<string> {
    const pool = await this.#pool(uuid);
    const stored = options.inactive === true ? pool.config : undefined;
    const definition = stored ?? definitionOf(pool);
    const isLive = stored === undefined && pool.active !== undefined;
    const { capacityBytes, allocationBytes, availableBytes } = pool.usage;
    return formatStoragePool({
      source: { host: [], device: [] },
      ...(isLive ? await pool.backend.describe(definition) : definition),
      capacity: { bytes: capacityBytes },
      allocation: { bytes: allocationBytes },
      available: { bytes: availableBytes },
    });
  }

  async defaultPool(): Promise<PoolSummary> {
    await this.#ready;
    this.#makingDefault ??= this.#makeDefault().finally(() => {
      this.#makingDefault = undefined;
    });
    return describe(await this.#makingDefault);
  }

  async poolDefine(xml: string): Promise<PoolSummary> {
    await this.#ready;
    const pool = await this.#registry.define(this.#registry.parse(xml), 'vivarium');
    this.#announce(pool, 'defined');
    return describe(pool);
  }

  async poolCreate(xml: string, options: { readonly build?: boolean } = {}): Promise<PoolSummary> {
    await this.#ready;
    const definition = this.#registry.parse(xml);
    const pool = this.#registry.transient(definition);
    try {
      if (options.build === true) await this.#build(pool, definition);
      await pool.backend.start(definition);
      await this.#activate(pool, definition);
    } catch (thrown) {
      this.#registry.setInactive(pool);
      throw thrown;
    }
    return describe(pool);
  }

  async poolBuild(uuid: string): Promise<void> {
    const pool = await this.#inactive(uuid);
    await this.#build(pool, definitionOf(pool));
    this.#announce(pool, 'created');
  }

  async poolStart(uuid: string): Promise<void> {
    const pool = await this.#pool(uuid);
    if (isActive(pool)) throw storageError('operation-invalid', say`storage pool '${pool.name}' is already active`);
    await this.#start(pool);
  }

  async poolDestroy(uuid: string): Promise<void> {
    const pool = await this.#pool(uuid);
    if (!isActive(pool)) throw poolInactive(pool.name);
    requireIdle(pool);
    await pool.backend.stop(pool.active);
    this.#registry.setInactive(pool);
    this.#announce(pool, 'stopped');
  }

  async poolUndefine(uuid: string): Promise<void> {
    const pool = await this.#inactive(uuid);
    this.#registry.undefine(pool);
    this.#announce(pool, 'undefined');
  }

  async poolDelete(uuid: string): Promise<void> {
    const pool = await this.#inactive(uuid);
    if (pool.backend.delete === undefined) throw cannot(pool, 'be deleted');
    await pool.backend.delete(definitionOf(pool));
    this.#announce(pool, 'deleted');
  }

  async poolRefresh(uuid: string): Promise<void> {
    await this.#ready;
    const pool = this.#registry.activeByUuid(uuid);
    await this.#jobs.refresh(pool, pool.active);
    this.#announce(pool, 'refreshed');
  }

  async poolSetAutostart(uuid: string, autostart: boolean): Promise<void> {
    const pool = await this.#pool(uuid);
    if (pool.config === undefined) throw storageError('operation-invalid', say`pool has no config file`);
    this.#registry.setAutostart(pool, autostart);
  }

  async volumes(uuid: string) {
    await this.#ready;
    const pool = this.#registry.activeByUuid(uuid);
    return [...pool.volumes.values()].map((volume) => summarise(pool.uuid, volume));
  }

  async volume(uuid: string, name: string) {
    await this.#ready;
    return summarise(uuid, await this.#jobs.find(uuid, name));
  }

  async volumeByPath(path: string) {
    await this.#ready;
    for (const pool of this.#registry.list()) {
      if (!isActive(pool)) continue;
      const found = [...pool.volumes.values()].find((volume) => volume.path === path);
      if (found !== undefined) return summarise(pool.uuid, await this.#jobs.find(pool.uuid, found.name));
      if (pool.backend.folder?.(pool.active) !== dirname(path)) continue;
      const appeared = await pool.backend.look(pool.active, path.slice(dirname(path).length).replace(/^\//, ''));
      if (appeared === undefined) continue;
      pool.volumes.set(appeared.name, appeared);
      return summarise(pool.uuid, appeared);
    }
    throw noVolume(`path '${path}'`);
  }

  async volumeXml(uuid: string, name: string): Promise<string> {
    await this.#ready;
    return volumeXml(await this.#jobs.find(uuid, name));
  }

  volumeCreate: LocalStorage['volumeCreate'] = (pool, creation) => this.#jobs.create(pool, creation);
  volumeCreateXml: LocalStorage['volumeCreateXml'] = (pool, xml, cloneFrom) =>
    this.#jobs.createXml(pool, xml, cloneFrom);
  volumeResize: LocalStorage['volumeResize'] = async (pool, name, bytes, options) =>
    await this.#jobs.resize(pool, name, bytes, options);
  volumeDelete: LocalStorage['volumeDelete'] = async (pool, name) => await this.#jobs.delete(pool, name);
  volumeWipe: LocalStorage['volumeWipe'] = (pool, name) => this.#jobs.wipe(pool, name);
  volumeUpload: LocalStorage['volumeUpload'] = (pool, name, source, options) =>
    this.#jobs.upload(pool, name, source, options);
  volumeDownload: LocalStorage['volumeDownload'] = async (pool, name, options) =>
    await this.#jobs.download(pool, name, options);
  importImage: LocalStorage['importImage'] = (pool, path, options) => this.#jobs.importImage(pool, path, options);

  /** Pools that were active stay so; those that start by themselves are started. */
  async #load(): Promise<void> {
    this.#registry.load();
    await Promise.all(
      this.#registry.list().map(async (pool) => {
        const definition = pool.active ?? (pool.autostart ? pool.config : undefined);
        if (definition === undefined) return;
        try {
          await pool.backend.start(definition);
          await this.#jobs.refresh(pool, definition);
          await this.#registry.setActive(pool, definition);
        } catch (thrown) {
          this.#registry.setInactive(pool);
          this.#context.logger.log('warn', `The storage pool '${pool.name}' can't be started.`, { cause: thrown });
        }
      }),
    );
  }

  async #pool(uuid: string): Promise<Pool> {
    await this.#ready;
    return this.#registry.byUuid(uuid);
  }

  async #inactive(uuid: string): Promise<Pool> {
    const pool = await this.#pool(uuid);
    if (isActive(pool)) {
      throw storageError('operation-invalid', say`storage pool '${pool.name}' is still active`, {
        fix: say`Stop it first.`,
      });
    }
    requireIdle(pool);
    return pool;
  }

  async #start(pool: Pool): Promise<void> {
    const definition = definitionOf(pool);
    await pool.backend.start(definition);
    await this.#activate(pool, definition);
  }

  async #build(pool: Pool, definition: ReturnType<typeof definitionOf>): Promise<void> {
    if (pool.backend.build === undefined) throw cannot(pool, 'be built');
    await pool.backend.build(definition);
  }

  async #activate(pool: Pool, definition: ReturnType<typeof definitionOf>): Promise<void> {
    try {
      await this.#jobs.refresh(pool, definition);
    } catch (thrown) {
      await pool.backend.stop(definition);
      throw thrown;
    }
    await this.#registry.setActive(pool, definition);
    this.#announce(pool, 'started');
  }

  /** The pool called `default`, or whichever has our images folder; else a new one there. */
  async #makeDefault(): Promise<Pool> {
    const folder = join(this.#context.directories.data, 'images');
    const known =
      this.#registry.byName(defaultPoolName) ??
      this.#registry.list().find((pool) => pool.backend.folder?.(definitionOf(pool)) === folder);
    const pool = known ?? (await this.#defineDefault(folder));
    if (!isActive(pool)) {
      // Its folder may have been removed to tidy up; an empty pool is what that means.
      if (pool.backend.folder?.(definitionOf(pool)) === folder) await mkdir(folder, { recursive: true, mode: 0o700 });
      await this.#start(pool);
    }
    return pool;
  }

  async #defineDefault(folder: string): Promise<Pool> {
    const model = { type: 'dir' as const, name: defaultPoolName, target: { path: folder } };
    const pool = await this.#registry.define(this.#registry.parse(formatStoragePool(model)), 'vivarium');
    this.#registry.setAutostart(pool, true);
    this.#announce(pool, 'defined');
    return pool;
  }

  #announce({ uuid, name }: Pool, event: PoolEvent): void {
    this.events.emit({ type: 'pool', uuid, name, event });
  }
}

function describe(pool: Pool): PoolSummary {
  const definition = definitionOf(pool);
  const path = pool.backend.folder?.(definition);
  return {
    uuid: pool.uuid,
    name: pool.name,
    type: definition.type,
    active: isActive(pool),
    persistent: pool.config !== undefined,
    autostart: pool.autostart,
    ...pool.usage,
    ...(path === undefined ? {} : { path }),
    volumes: pool.volumes.size,
  };
}

function requireIdle(pool: Pool): void {
  if (pool.busy === 0) return;
  throw storageError('resource-busy', say`pool '${pool.name}' has asynchronous jobs running.`, {
    fix: say`Wait for its tasks or cancel them.`,
  });
}

const cannot = (pool: Pool, what: string): Error =>
  storageError('no-support', say`A pool of the type '${definitionOf(pool).type}' can't ${what}.`);
