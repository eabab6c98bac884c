/** Storage pools and volumes of the server. */
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { parseStorageVolume } from '../../../src-shared/model/storage-volume.ts';
import { parseStoragePool } from '../../../src-shared/model/storage-pool.ts';
import { VirError } from '../../../src-shared/errors.ts';
import { makeElement, type XmlElement } from '../../../src-shared/xml/tree.ts';
import { writeNode } from '../../../src-shared/xml/write.ts';
import { say } from '../../../src-shared/words.ts';
import type { Job, JobControl, JobRegistry } from '../../engine/jobs.ts';
import type { ImageImport, PoolSummary, StorageApi, VolumeCreation, VolumeSummary } from '../../engine/storage-api.ts';
import type { PoolReference, VolumeReference } from '../../rpc/protocol/objects.ts';
import { bits } from './flags.ts';
import { importImage, type ImportTarget } from './import-image.ts';
import type { Link } from './link.ts';

/** Building, wiping and copying take as long as the disk does. */
const endlessMs = 2 ** 31 - 1;
const inactiveXml = 1;
/** `VIR_STORAGE_VOL_CREATE_PREALLOC_METADATA`. */
const preallocateMetadata = 1;
/** `VIR_STORAGE_POOL_RUNNING`. */
const running = 2;
/** The pool that libvirt's tools make when there is none. */
const defaultPool = { name: 'default', path: '/var/lib/libvirt/images' };

interface Range {
  readonly offset?: number;
  readonly length?: number;
}

export class RemoteStorage implements StorageApi {
  readonly #link: Link;
  readonly #jobs: JobRegistry;
  readonly #uri: string;
  readonly #folder: string;

  /** @param folder for images that are converted on their way. */
  constructor(link: Link, jobs: JobRegistry, uri: string, folder: string) {
    this.#folder = folder;
    this.#link = link;
    this.#jobs = jobs;
    this.#uri = uri;
  }

  async pools(): Promise<readonly PoolSummary[]> {
    const { pools } = await this.#link.look('connectListAllStoragePools', { needResults: true, flags: 0 });
    return await Promise.all(pools.map(async (pool) => await this.#summary(pool)));
  }

  async poolByName(name: string): Promise<PoolSummary> {
    return await this.#summary((await this.#link.look('storagePoolLookupByName', { name })).pool);
  }

  async poolByUuid(uuid: string): Promise<PoolSummary> {
    return await this.#summary((await this.#link.look('storagePoolLookupByUuid', { uuid })).pool);
  }

  async poolXml(uuid: string, options: { readonly inactive?: boolean } = {}): Promise<string> {
    const flags = bits([inactiveXml, options.inactive]);
    return (await this.#link.look('storagePoolGetXmlDesc', { pool: poolOf(uuid), flags })).xml;
  }

  async defaultPool(): Promise<PoolSummary> {
    const pools = await this.pools();
    const found =
      pools.find(({ name }) => name === defaultPool.name) ??
      pools.find(({ active, path }) => active && path === defaultPool.path);
    if (found !== undefined) {
      if (!found.active) await this.poolStart(found.uuid);
      return await this.poolByUuid(found.uuid);
    }
    if (this.#link.uri.instance !== 'system') {
      throw new VirError({
        code: 'no-storage-pool',
        domain: 'storage',
        message: say`'${this.#link.uri.where}' has no storage pool '${defaultPool.name}'.`,
        fix: say`Make one, and choose its folder.`,
      });
    }
    const made = await this.poolDefine(
      `<pool type='dir'><name>${defaultPool.name}</name><target><path>${defaultPool.path}</path></target></pool>`,
    );
    await this.poolBuild(made.uuid);
    await this.poolStart(made.uuid);
    await this.poolSetAutostart(made.uuid, true);
    return await this.poolByUuid(made.uuid);
  }

  async volumes(pool: string): Promise<readonly VolumeSummary[]> {
    const args = { pool: poolOf(pool), needResults: true, flags: 0 };
    const { vols } = await this.#link.look('storagePoolListAllVolumes', args);
    return await Promise.all(vols.map(async (vol) => await this.#volumeSummary(vol, pool)));
  }

  async volume(pool: string, name: string): Promise<VolumeSummary> {
    return await this.#volumeSummary(await this.#vol(pool, name), pool);
  }

  async volumeByPath(path: string): Promise<VolumeSummary> {
    const { vol } = await this.#link.look('storageVolLookupByPath', { path });
    const { pool } = await this.#link.look('storagePoolLookupByName', { name: vol.pool });
    return await this.#volumeSummary(vol, pool.uuid);
  }

  async volumeXml(pool: string, name: string): Promise<string> {
    return (await this.#link.look('storageVolGetXmlDesc', { vol: await this.#vol(pool, name), flags: 0 })).xml;
  }

  async poolDefine(xml: string): Promise<PoolSummary> {
    return await this.#summary((await this.#link.call('storagePoolDefineXml', { xml, flags: 0 })).pool);
  }

  async poolCreate(xml: string): Promise<PoolSummary> {
    return await this.#summary((await this.#link.call('storagePoolCreateXml', { xml, flags: 0 })).pool);
  }

  async poolBuild(uuid: string): Promise<void> {
    await this.#link.call('storagePoolBuild', { pool: poolOf(uuid), flags: 0 }, { timeoutMs: endlessMs });
  }

  async poolStart(uuid: string): Promise<void> {
    await this.#link.call('storagePoolCreate', { pool: poolOf(uuid), flags: 0 });
  }

  async poolDestroy(uuid: string): Promise<void> {
    await this.#link.call('storagePoolDestroy', { pool: poolOf(uuid) });
  }

  async poolUndefine(uuid: string): Promise<void> {
    await this.#link.call('storagePoolUndefine', { pool: poolOf(uuid) });
  }

  async poolDelete(uuid: string): Promise<void> {
    await this.#link.call('storagePoolDelete', { pool: poolOf(uuid), flags: 0 }, { timeoutMs: endlessMs });
  }

  async poolRefresh(uuid: string): Promise<void> {
    await this.#link.call('storagePoolRefresh', { pool: poolOf(uuid), flags: 0 }, { timeoutMs: endlessMs });
  }

  async poolSetAutostart(uuid: string, autostart: boolean): Promise<void> {
    await this.#link.call('storagePoolSetAutostart', { pool: poolOf(uuid), autostart });
  }

  volumeCreate(pool: string, creation: VolumeCreation): Job<VolumeSummary> {
    return this.#job('volume.create', creation.name, async () => await this.#create(pool, creation));
  }

  volumeCreateXml(pool: string, xml: string, cloneFrom?: string): Job<VolumeSummary> {
    const { name = '' } = parseStorageVolume(xml);
    return this.#job(cloneFrom === undefined ? 'volume.create' : 'volume.clone', name, async () => {
      const args = { pool: poolOf(pool), xml, flags: 0 };
      const timeoutMs = endlessMs;
      const { vol } =
        cloneFrom === undefined
          ? await this.#link.call('storageVolCreateXml', args, { timeoutMs })
          : await this.#link.call(
              'storageVolCreateXmlFrom',
              { ...args, clonevol: await this.#vol(pool, cloneFrom) },
              { timeoutMs },
            );
      return await this.#volumeSummary(vol, pool);
    });
  }

  async volumeResize(
    pool: string,
    name: string,
    capacityBytes: number,
    options: { readonly shrink?: boolean; readonly allocate?: boolean } = {},
  ): Promise<void> {
    const flags = bits([1, options.allocate], [4, options.shrink]);
    const args = { vol: await this.#vol(pool, name), capacity: BigInt(capacityBytes), flags };
    await this.#link.call('storageVolResize', args, { timeoutMs: endlessMs });
  }

  async volumeDelete(pool: string, name: string): Promise<void> {
    await this.#link.call('storageVolDelete', { vol: await this.#vol(pool, name), flags: 0 }, { timeoutMs: endlessMs });
  }

  volumeWipe(pool: string, name: string): Job<void> {
    return this.#job('volume.wipe', name, async () => {
      await this.#link.call('storageVolWipe', { vol: await this.#vol(pool, name), flags: 0 }, { timeoutMs: endlessMs });
    });
  }

  volumeUpload(pool: string, name: string, source: Readable, range: Range = {}): Job<void> {
    return this.#job('volume.upload', name, async (control) => await this.#upload(pool, name, source, control, range));
  }

  importImage(pool: string, path: string, image: ImageImport): Job<VolumeSummary> {
    const { name } = image;
    const target: ImportTarget = {
      create: async (creation) => await this.#create(pool, creation),
      upload: async (source, control, length) => await this.#upload(pool, name, source, control, { length }),
      refresh: async () => await this.poolRefresh(pool),
      resize: async (capacityBytes) => await this.volumeResize(pool, name, capacityBytes),
      volume: async () => await this.volume(pool, name),
      remove: async () => await this.volumeDelete(pool, name),
    };
    return this.#job('volume.import', name, async (control) => {
      return await importImage(path, image, target, control, this.#folder);
    });
  }

  async volumeDownload(pool: string, name: string, { offset = 0, length = 0 }: Range = {}): Promise<Readable> {
    const vol = await this.#vol(pool, name);
    const args = { vol, offset: BigInt(offset), length: BigInt(length), flags: 0 };
    const { stream } = await this.#link.open('storageVolDownload', args);
    // A reader that has everything, or wants no more, has nothing to hear from the server any more.
    stream.once('end', () => {
      stream.finish().catch((error: Error) => stream.destroy(error));
    });
    stream.once('close', () => {
      stream.abort().catch(() => undefined);
    });
    return stream;
  }

  async #create(pool: string, creation: VolumeCreation): Promise<VolumeSummary> {
    const flags = bits([preallocateMetadata, creation.preallocate === true && creation.format === 'qcow2']);
    const args = { pool: poolOf(pool), xml: volumeXmlOf(creation), flags };
    const { vol } = await this.#link.call('storageVolCreateXml', args, { timeoutMs: endlessMs });
    return await this.#volumeSummary(vol, pool);
  }

  async #upload(
    pool: string,
    name: string,
    source: Readable,
    { signal, progress }: JobControl,
    { offset = 0, length = 0 }: Range,
  ): Promise<void> {
    const vol = await this.#vol(pool, name);
    const args = { vol, offset: BigInt(offset), length: BigInt(length), flags: 0 };
    const { stream } = await this.#link.open('storageVolUpload', args);
    let done = 0;
    source.on('data', (piece: Buffer) => {
      done += piece.length;
      progress(done, length === 0 ? undefined : length);
    });
    try {
      await pipeline(source, stream, { signal, end: false });
      await stream.finish();
    } catch (error) {
      await stream.abort();
      throw error;
    } finally {
      stream.destroy();
    }
  }

  async #summary(pool: PoolReference): Promise<PoolSummary> {
    const { look } = this.#link;
    const [{ state, capacity, allocation, available }, { persistent }, { autostart }, { xml }] = await Promise.all([
      look('storagePoolGetInfo', { pool }),
      look('storagePoolIsPersistent', { pool }),
      look('storagePoolGetAutostart', { pool }),
      look('storagePoolGetXmlDesc', { pool, flags: 0 }),
    ]);
    const active = state === running;
    const { type, target } = parseStoragePool(xml);
    const volumes = active ? (await look('storagePoolListAllVolumes', { pool, needResults: false, flags: 0 })).ret : 0;
    return {
      uuid: pool.uuid,
      name: pool.name,
      type,
      active,
      persistent,
      autostart,
      capacityBytes: Number(capacity),
      allocationBytes: Number(allocation),
      availableBytes: Number(available),
      ...(target?.path === undefined ? {} : { path: target.path }),
      volumes,
    };
  }

  async #volumeSummary(vol: VolumeReference, pool: string): Promise<VolumeSummary> {
    const { xml } = await this.#link.look('storageVolGetXmlDesc', { vol, flags: 0 });
    const { type = 'file', target, capacity, allocation, backingStore } = parseStorageVolume(xml);
    const modified = Number(target?.timestamps?.mtime ?? 0);
    return {
      pool,
      name: vol.name,
      path: target?.path ?? vol.key,
      type,
      format: target?.format?.type ?? 'raw',
      capacityBytes: capacity?.bytes ?? 0,
      allocationBytes: allocation?.bytes ?? 0,
      ...(backingStore?.path === undefined ? {} : { backingPath: backingStore.path }),
      modifiedMs: Math.round(modified * 1000),
    };
  }

  async #vol(pool: string, name: string): Promise<VolumeReference> {
    return (await this.#link.look('storageVolLookupByName', { pool: await this.#pool(pool), name })).vol;
  }

  /** Volumes are looked up by the pool's name on the server. */
  async #pool(uuid: string): Promise<PoolReference> {
    return (await this.#link.look('storagePoolLookupByUuid', { uuid })).pool;
  }

  #job<T>(kind: string, subject: string, work: (control: JobControl) => Promise<T>): Job<T> {
    return this.#jobs.start({ kind, subject, uri: this.#uri, unit: 'bytes' }, work);
  }
}

/** The server goes by the UUID alone, but wants some name. */
function poolOf(uuid: string): PoolReference {
  return { name: uuid, uuid };
}

function volumeXmlOf({ name, format, capacityBytes, preallocate, backing }: VolumeCreation): string {
  const leaf = (element: string, text: string): XmlElement => makeElement(element, {}, [{ kind: 'text', text }]);
  const formatOf = (type: string): XmlElement => makeElement('format', { type }, []);
  const allocation = preallocate === true && format === 'raw' ? capacityBytes : 0;
  return writeNode(
    makeElement('volume', {}, [
      leaf('name', name),
      leaf('capacity', String(capacityBytes)),
      leaf('allocation', String(allocation)),
      makeElement('target', {}, [formatOf(format)]),
      ...(backing === undefined
        ? []
        : [makeElement('backingStore', {}, [leaf('path', backing.path), formatOf(backing.format)])]),
    ]),
    '',
  );
}
