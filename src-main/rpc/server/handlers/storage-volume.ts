/** Storage volumes, and what goes into and out of them. */
import { PassThrough, Writable } from 'node:stream';
import { VirError } from '../../../../src-shared/errors.ts';
import type { VolumeSummary } from '../../../../src-shared/model/storage-summary.ts';
import { need } from '../../../engine/driver.ts';
import type { PoolReference, VolumeReference } from '../../protocol/objects.ts';
import type { CallContext, RemoteHandlers } from '../handler.ts';
import { atMost, counted, has, onlyFlags } from './shared.ts';

/** `virStorageVolType` */
const types: Readonly<Record<VolumeSummary['type'], number>> = {
  file: 0,
  block: 1,
  dir: 2,
  network: 3,
  netdir: 4,
  ploop: 5,
};
/** `virStorageVolResizeFlags` */
const resizeFlags = { allocate: 1, delta: 2, shrink: 4 } as const;
/** `VIR_STORAGE_VOL_GET_PHYSICAL`: the file's length instead of what it takes. */
const getPhysical = 1;
/** `virStorageVolCreateFlags`: preallocate metadata, reflink, validate. */
const everyCreateFlag = 7;
/** `…_SPARSE_STREAM`: holes are told; a sender may also send them as zeros, which is what we do. */
const sparseStream = 1;

/** A volume as the wire names it: its key is its path. */
async function reference({ storage }: CallContext, volume: VolumeSummary): Promise<VolumeReference> {
  const { name } = await storage.poolByUuid(volume.pool);
  return { pool: name, name: volume.name, key: volume.path };
}

/** @throws VirError `no-storage-pool` or `no-storage-vol` */
async function volumeOf({ storage }: CallContext, vol: VolumeReference): Promise<VolumeSummary> {
  const { uuid } = await storage.poolByName(vol.pool);
  return await storage.volume(uuid, vol.name);
}

const noVolume = (what: string): VirError =>
  new VirError({ code: 'no-storage-vol', domain: 'storage', message: `no storage vol with matching ${what}` });

async function byPath(context: CallContext, path: string, what: string): Promise<{ readonly vol: VolumeReference }> {
  try {
    return { vol: await reference(context, await context.storage.volumeByPath(path)) };
  } catch (thrown) {
    if (thrown instanceof VirError && thrown.code === 'no-storage-vol') throw noVolume(`${what} '${path}'`);
    throw thrown;
  }
}

async function volumesOf({ storage }: CallContext, pool: PoolReference): Promise<readonly VolumeSummary[]> {
  return await storage.volumes(pool.uuid);
}

/** Zero is "until the end". */
const range = (offset: bigint, length: bigint): { readonly offset: number; readonly length?: number } => ({
  offset: Number(offset),
  ...(length === 0n ? {} : { length: Number(length) }),
});

async function info(
  context: CallContext,
  vol: VolumeReference,
): Promise<{ type: number; capacity: bigint; allocation: bigint }> {
  const { type, capacityBytes, allocationBytes } = await volumeOf(context, vol);
  return { type: types[type], capacity: BigInt(capacityBytes), allocation: BigInt(allocationBytes) };
}

export const storageVolumeHandlers = {
  storagePoolNumOfVolumes: async (context, { pool }) => ({ num: (await volumesOf(context, pool)).length }),
  storagePoolListVolumes: async (context, { pool, maxnames }) => ({
    names: atMost(
      (await volumesOf(context, pool)).map(({ name }) => name),
      maxnames,
    ),
  }),
  storagePoolListAllVolumes: async (context, { pool, needResults, flags }) => {
    onlyFlags(flags, 0, 'virStoragePoolListAllVolumes');
    const { name: inPool } = await context.storage.poolByUuid(pool.uuid);
    const found = (await volumesOf(context, pool)).map(({ name, path }) => ({ pool: inPool, name, key: path }));
    const { items, count } = counted(needResults, found);
    return { vols: items, ret: count };
  },

  storageVolLookupByName: async (context, { pool, name }) => {
    const { uuid } = await context.storage.poolByUuid(pool.uuid);
    return { vol: await reference(context, await context.storage.volume(uuid, name)) };
  },
  storageVolLookupByKey: async (context, { key }) => await byPath(context, key, 'key'),
  storageVolLookupByPath: async (context, { path }) => await byPath(context, path, 'path'),

  storageVolGetInfo: async (context, { vol }) => await info(context, vol),
  storageVolGetInfoFlags: async (context, { vol, flags }) => {
    onlyFlags(flags, getPhysical, 'virStorageVolGetInfoFlags');
    return await info(context, vol);
  },
  storageVolGetPath: async (context, { vol }) => ({ name: (await volumeOf(context, vol)).path }),
  storageVolGetXmlDesc: async (context, { vol, flags }) => {
    onlyFlags(flags, 0, 'virStorageVolGetXMLDesc');
    const { pool, name } = await volumeOf(context, vol);
    return { xml: await context.storage.volumeXml(pool, name) };
  },

  storageVolCreateXml: async (context, { pool, xml, flags }) => {
    onlyFlags(flags, everyCreateFlag, 'virStorageVolCreateXML');
    return { vol: await reference(context, await need(context.storage, 'volumeCreateXml')(pool.uuid, xml).result) };
  },
  storageVolCreateXmlFrom: async (context, { pool, xml, clonevol, flags }) => {
    onlyFlags(flags, everyCreateFlag, 'virStorageVolCreateXMLFrom');
    const source = await volumeOf(context, clonevol);
    const job = need(context.storage, 'volumeCreateXml')(pool.uuid, xml, source.path);
    return { vol: await reference(context, await job.result) };
  },
  storageVolDelete: async (context, { vol, flags }) => {
    onlyFlags(flags, 3, 'virStorageVolDelete');
    const { pool, name } = await volumeOf(context, vol);
    await need(context.storage, 'volumeDelete')(pool, name);
  },
  storageVolResize: async (context, { vol, capacity, flags }) => {
    onlyFlags(flags, 7, 'virStorageVolResize');
    const { pool, name, capacityBytes } = await volumeOf(context, vol);
    const shrink = has(flags, resizeFlags.shrink);
    const by = Number(capacity);
    const bytes = has(flags, resizeFlags.delta) ? (shrink ? capacityBytes - by : capacityBytes + by) : by;
    const allocate = has(flags, resizeFlags.allocate);
    await need(context.storage, 'volumeResize')(pool, name, bytes, { shrink, allocate });
  },
  storageVolWipe: async (context, { vol, flags }) => {
    onlyFlags(flags, 0, 'virStorageVolWipe');
    const { pool, name } = await volumeOf(context, vol);
    await need(context.storage, 'volumeWipe')(pool, name).result;
  },
  storageVolWipePattern: async (context, { vol, algorithm, flags }) => {
    onlyFlags(flags, 0, 'virStorageVolWipePattern');
    if (algorithm !== 0) {
      const message = 'volumes are wiped with zeros only';
      throw new VirError({ code: 'argument-unsupported', domain: 'storage', message });
    }
    const { pool, name } = await volumeOf(context, vol);
    await need(context.storage, 'volumeWipe')(pool, name).result;
  },

  storageVolDownload: async (context, { vol, offset, length, flags }) => {
    onlyFlags(flags, sparseStream, 'virStorageVolDownload');
    const { pool, name } = await volumeOf(context, vol);
    const source = await need(context.storage, 'volumeDownload')(pool, name, range(offset, length));
    context.stream({ source, abort: () => source.destroy() });
  },
  storageVolUpload: async (context, { vol, offset, length, flags }) => {
    onlyFlags(flags, sparseStream, 'virStorageVolUpload');
    const { pool, name } = await volumeOf(context, vol);
    const upload = need(context.storage, 'volumeUpload');
    const data = new PassThrough();
    const job = upload(pool, name, data, range(offset, length));
    context.stream({
      sink: feeding(data, job.result),
      finish: async () => await job.result,
      abort: () => {
        job.cancel();
        data.destroy();
      },
    });
  },
} satisfies RemoteHandlers;

/** What a job reads from, as the client writes it: when the job gives up, the client is told its reason. */
function feeding(data: PassThrough, result: Promise<void>): Writable {
  const failed = (done: (error?: Error | null) => void) => (error?: Error | null) => {
    if (error === undefined || error === null) done();
    else result.then(() => done(error), done);
  };
  return new Writable({
    write: (chunk: Uint8Array, _, done) => {
      data.write(chunk, failed(done));
    },
    final: (done) => {
      // A job that has all it wants may have closed its end.
      if (data.destroyed) result.then(() => done(), done);
      else data.end(failed(done));
    },
  });
}
