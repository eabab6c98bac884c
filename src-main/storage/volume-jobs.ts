/** What is done with the volumes of pools: the long things as jobs. */
import { dirname, isAbsolute } from 'node:path';
import type { Readable } from 'node:stream';
import type { EngineContext } from '../engine/context.ts';
import type { Job } from '../engine/jobs.ts';
import type { StorageApi, VolumeSummary } from '../engine/storage-api.ts';
import { localImage, resolveBackingChain } from './backing-chain.ts';
import type { Backend, ImageCopy, NewVolume, PoolDefinition, Work } from './backend.ts';
import { noVolume, storageError, volumeExists } from './errors.ts';
import type { Pool, PoolRegistry } from './pool-registry.ts';
import { summarise, type Volume } from './volume.ts';
import { checkVolumeName, fromCreation, fromXml } from './volume-request.ts';
import { say } from '../../src-shared/words.ts';

type ActivePool = Pool & { readonly active: PoolDefinition };
type Options<K extends keyof StorageApi> = Parameters<NonNullable<StorageApi[K]>>;

export class VolumeJobs {
  readonly #context: EngineContext;
  readonly #registry: PoolRegistry;
  readonly #ready: () => Promise<void>;

  constructor(context: EngineContext, registry: PoolRegistry, ready: () => Promise<void>) {
    this.#context = context;
    this.#registry = registry;
    this.#ready = ready;
  }

  /** Finds out what is in a pool. @param definition what it is, or is about to become */
  async refresh(pool: Pool, definition: PoolDefinition): Promise<void> {
    const [volumes, usage] = await Promise.all([
      pool.backend.list(definition, pool.volumes),
      pool.backend.usage(definition),
    ]);
    pool.volumes = volumes;
    pool.usage = usage;
  }

  /** A volume as it is on disk now. @throws VirError `no-storage-vol` */
  async find(uuid: string, name: string): Promise<Volume> {
    const pool = this.#registry.activeByUuid(uuid);
    if (!pool.volumes.has(name)) throw noVolume(`name '${name}'`);
    const now = await pool.backend.look(pool.active, name);
    if (now === undefined) {
      pool.volumes.delete(name);
      throw noVolume(`name '${name}'`);
    }
    pool.volumes.set(name, now);
    return now;
  }

  create(uuid: string, creation: Options<'volumeCreate'>[1]): Job<VolumeSummary> {
    return this.#start(
      'volume.create',
      creation.name,
      uuid,
      async (pool, work) => await this.#make(pool, fromCreation(creation), work),
    );
  }

  createXml(uuid: string, xml: string, cloneFrom?: string): Job<VolumeSummary> {
    const request = fromXml(xml);
    const kind = cloneFrom === undefined ? 'volume.create' : 'volume.clone';
    return this.#start(kind, request.name, uuid, async (pool, work) => {
      const source = cloneFrom === undefined ? undefined : await this.#findSource(pool, cloneFrom);
      if (source === undefined) {
        const capacityBytes = request.capacityBytes ?? (await this.#backingSize(request));
        return await this.#make(pool, { ...request, capacityBytes }, work);
      }
      const { name, format, capacityBytes, compat, mode, backing } = request;
      const keepBacking = backing !== undefined && reachesBacking(source, pool.backend.folder?.(pool.active));
      return await this.#copy(
        pool,
        {
          ...{ name, format, keepBacking, from: { path: source.path, format: source.header.format } },
          ...(capacityBytes === undefined ? {} : { capacityBytes }),
          ...(compat === undefined ? {} : { compat }),
          ...(mode === undefined ? {} : { mode }),
        },
        work,
      );
    });
  }

  importImage(uuid: string, path: string, options: Options<'importImage'>[2]): Job<VolumeSummary> {
    const { name, format, convertTo, growToBytes, giveAway } = options;
    return this.#start('volume.import', name, uuid, async (pool, work) => {
      checkVolumeName(name);
      const copy: ImageCopy = {
        name,
        format: convertTo ?? (format === 'iso' ? 'raw' : format),
        from: { path, format },
        ...(growToBytes === undefined ? {} : { capacityBytes: growToBytes }),
        ...(giveAway === undefined ? {} : { giveAway }),
      };
      return await this.#copy(pool, copy, work);
    });
  }

  async resize(uuid: string, name: string, bytes: number, options: Options<'volumeResize'>[3] = {}): Promise<void> {
    await this.#ready();
    const volume = await this.find(uuid, name);
    const pool = this.#registry.activeByUuid(uuid);
    await this.#busy(pool, async () => {
      await ability(pool, 'resize', 'resized')(pool.active, volume, bytes, options);
      await this.find(uuid, name);
    });
  }

  async delete(uuid: string, name: string): Promise<void> {
    await this.#ready();
    const volume = await this.find(uuid, name);
    const pool = this.#registry.activeByUuid(uuid);
    await ability(pool, 'remove', 'deleted')(pool.active, volume);
    pool.volumes.delete(name);
    pool.usage = await pool.backend.usage(pool.active);
  }

  wipe(uuid: string, name: string): Job<void> {
    return this.#start('volume.wipe', name, uuid, async (pool, work) => {
      await ability(pool, 'wipe', 'wiped')(pool.active, await this.find(uuid, name), work);
      await this.find(uuid, name);
    });
  }

  upload(uuid: string, name: string, source: Readable, options: Options<'volumeUpload'>[3] = {}): Job<void> {
    const job = this.#start('volume.upload', name, uuid, async (pool, work) => {
      const volume = await this.find(uuid, name);
      await ability(pool, 'write', 'uploaded to')(pool.active, volume, source, options, work);
      await this.find(uuid, name);
    });
    // Whatever ends the job, nobody reads the rest.
    job.result.catch(() => source.destroy());
    return job;
  }

  async download(uuid: string, name: string, options: Options<'volumeDownload'>[2] = {}): Promise<Readable> {
    await this.#ready();
    const volume = await this.find(uuid, name);
    const pool = this.#registry.activeByUuid(uuid);
    return await ability(pool, 'read', 'downloaded')(pool.active, volume, options);
  }

  #start<T>(kind: string, subject: string, uuid: string, work: (pool: ActivePool, work: Work) => Promise<T>): Job<T> {
    const retryable = kind !== 'volume.upload';
    return this.#context.jobs.start({ kind, subject, unit: 'bytes', retryable }, async (control) => {
      await this.#ready();
      const pool = this.#registry.activeByUuid(uuid);
      return await this.#busy(pool, async () => await work(pool, control));
    });
  }

  /** A pool that is being worked in can't be stopped. */
  async #busy<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
    pool.busy += 1;
    try {
      return await work();
    } finally {
      pool.busy -= 1;
    }
  }

  async #make(pool: ActivePool, volume: NewVolume, work: Work): Promise<VolumeSummary> {
    const create = ability(pool, 'create', 'given new volumes');
    return await this.#added(pool, volume.name, async () => await create(pool.active, volume, work));
  }

  async #copy(pool: ActivePool, copy: ImageCopy, work: Work): Promise<VolumeSummary> {
    const make = ability(pool, 'copy', 'given copies of images');
    return await this.#added(pool, copy.name, async () => await make(pool.active, copy, work));
  }

  async #added(pool: ActivePool, name: string, make: () => Promise<void>): Promise<VolumeSummary> {
    if (pool.volumes.has(name) && (await pool.backend.look(pool.active, name)) !== undefined) throw volumeExists(name);
    await make();
    const [volume, usage] = await Promise.all([pool.backend.look(pool.active, name), pool.backend.usage(pool.active)]);
    if (volume === undefined) throw noVolume(`name '${name}'`);
    pool.volumes.set(name, volume);
    pool.usage = usage;
    return summarise(pool.uuid, volume);
  }

  /** The volume to clone: by name in the same pool, or by path in any. */
  async #findSource(pool: ActivePool, cloneFrom: string): Promise<Volume> {
    if (!cloneFrom.startsWith('/')) return await this.find(pool.uuid, cloneFrom);
    for (const other of this.#registry.list()) {
      const found = [...other.volumes.values()].find((volume) => volume.path === cloneFrom);
      if (found !== undefined) return await this.find(other.uuid, found.name);
    }
    throw noVolume(`path '${cloneFrom}'`);
  }

  /** Without a capacity a volume is as large as the image below it. */
  async #backingSize({ name, backing }: Pick<NewVolume, 'name' | 'backing'>): Promise<number> {
    if (backing === undefined) throw storageError('xml-error', say`missing capacity element`);
    const [top] = await resolveBackingChain(backing);
    if (top === undefined) throw storageError('internal-error', say`'${name}' has no backing image`);
    return top.virtualSizeBytes;
  }
}

/** Whether a copy of the image in that folder would find the image's backing image. */
function reachesBacking({ path, header }: Volume, folder: string | undefined): boolean {
  const local = header.backing === undefined ? undefined : localImage(header.backing.reference);
  return local !== undefined && (isAbsolute(local.path) || dirname(path) === folder);
}

type Ability = 'create' | 'copy' | 'remove' | 'resize' | 'wipe' | 'read' | 'write';

/** What a pool's type can do with volumes, or libvirt's "not supported". */
function ability<K extends Ability>(pool: ActivePool, key: K, participle: string): NonNullable<Backend[K]> {
  const found = pool.backend[key];
  if (found !== undefined) return found;
  throw storageError('no-support', say`Volumes of a pool of the type '${pool.active.type}' can't be ${participle}.`);
}
