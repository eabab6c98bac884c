/** Storage pools and volumes. */
import { createReadStream, createWriteStream } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Transform } from 'node:stream';
import type { VolumeInfo } from '../../../src-shared/contract/storage.ts';
import { need } from '../../engine/driver.ts';
import type { StorageApi, VolumeSummary } from '../../engine/storage-api.ts';
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';

export function storageHandlers({ engine, usage }: Services): HandlerSet {
  const storageOf = async (uri: string): Promise<StorageApi> => {
    const { storage } = await engine.open(uri);
    if (storage !== undefined) return storage;
    throw new VirError({
      code: 'no-support',
      domain: 'storage',
      message: say`this function is not supported by the connection driver: storage`,
    });
  };
  const describe = async (uri: string, volumes: readonly VolumeSummary[]): Promise<readonly VolumeInfo[]> => {
    const usedBy = await usage.diskUsers(await engine.open(uri));
    return volumes.map((volume) => ({ ...volume, usedBy: usedBy.get(volume.path) ?? [] }));
  };

  return {
    'storage.pools': async ({ uri }) => await (await storageOf(uri)).pools(),
    'storage.default-pool': async ({ uri }) => await (await storageOf(uri)).defaultPool(),
    'storage.pool-xml': async ({ uri, pool, inactive }) =>
      await (await storageOf(uri)).poolXml(pool, inactive === undefined ? {} : { inactive }),
    'storage.pool-define': async ({ uri, xml }) => await need(await storageOf(uri), 'poolDefine')(xml),
    'storage.pool-start': async ({ uri, pool }) => {
      await need(await storageOf(uri), 'poolStart')(pool);
    },
    'storage.pool-build': async ({ uri, pool }) => {
      await need(await storageOf(uri), 'poolBuild')(pool);
    },
    'storage.pool-destroy': async ({ uri, pool }) => {
      await need(await storageOf(uri), 'poolDestroy')(pool);
    },
    'storage.pool-undefine': async ({ uri, pool }) => {
      await need(await storageOf(uri), 'poolUndefine')(pool);
    },
    'storage.pool-refresh': async ({ uri, pool }) => {
      await need(await storageOf(uri), 'poolRefresh')(pool);
    },
    'storage.pool-set-autostart': async ({ uri, pool, autostart }) => {
      await need(await storageOf(uri), 'poolSetAutostart')(pool, autostart);
    },
    'storage.volumes': async ({ uri, pool }) => await describe(uri, await (await storageOf(uri)).volumes(pool)),
    'storage.volume-xml': async ({ uri, pool, name }) => await (await storageOf(uri)).volumeXml(pool, name),
    'storage.volume-create': async ({ uri, pool, name, format, capacityBytes, preallocate, backing }) =>
      need(await storageOf(uri), 'volumeCreate')(pool, {
        name,
        format,
        capacityBytes,
        ...(preallocate === undefined ? {} : { preallocate }),
        ...(backing === undefined ? {} : { backing }),
      }).info.id,
    'storage.volume-resize': async ({ uri, pool, name, capacityBytes, shrink }) => {
      const resize = need(await storageOf(uri), 'volumeResize');
      await resize(pool, name, capacityBytes, shrink === undefined ? {} : { shrink });
    },
    'storage.volume-delete': async ({ uri, pool, name }) => {
      await need(await storageOf(uri), 'volumeDelete')(pool, name);
    },
    'storage.volume-upload': async ({ uri, pool, name, from }) => {
      const upload = need(await storageOf(uri), 'volumeUpload');
      const { size } = await stat(from);
      return upload(pool, name, createReadStream(from), { length: size }).info.id;
    },
    'storage.volume-download': async ({ uri, pool, name, to }) => {
      const storage = await storageOf(uri);
      const download = need(storage, 'volumeDownload');
      const { capacityBytes } = await storage.volume(pool, name);
      return engine.jobs.start(
        { kind: 'volume.download', subject: name, uri, unit: 'bytes' },
        async ({ signal, progress }) => {
          let done = 0;
          const counter = new Transform({
            transform(chunk: Buffer, _encoding, callback) {
              done += chunk.length;
              progress(done, capacityBytes);
              callback(undefined, chunk);
            },
          });
          await pipeline(await download(pool, name), counter, createWriteStream(to, { flags: 'wx' }), { signal });
        },
      ).info.id;
    },
    'storage.import': async ({ uri, pool, path, name, format, convertTo }) =>
      need(await storageOf(uri), 'importImage')(pool, path, {
        name,
        format,
        ...(convertTo === undefined ? {} : { convertTo }),
      }).info.id,
    'storage.free-space': async ({ path }) => {
      const found = await statfs(path);
      return { freeBytes: found.bavail * found.bsize, totalBytes: found.blocks * found.bsize };
    },
  };
}
