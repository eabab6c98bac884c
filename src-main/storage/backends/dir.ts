/** Pools that are a folder: every file in it is a volume. */
import { chmod, chown, mkdir, rmdir, stat } from 'node:fs/promises';
import { isAbsolute, normalize } from 'node:path';
import type { VirError } from '../../../src-shared/errors.ts';
import type { Backend, PoolDefinition } from '../backend.ts';
import { diskSpace } from '../disk-space.ts';
import { explain, storageError } from '../errors.ts';
import {
  copyImage,
  createFile,
  readFileRange,
  removeFile,
  resizeFile,
  wipeFile,
  writeFileRange,
} from '../file-images.ts';
import { listVolumes, lookAt } from '../file-volumes.ts';
import { say } from '../../../src-shared/words.ts';

/** libvirt's, for folders it makes: others may pass through, not look. */
const defaultMode = 0o711;

export const dirBackend: Backend = {
  type: 'dir',

  validate(pool) {
    const path = pool.target?.path;
    if (path === undefined || path === '') {
      throw storageError('xml-error', say`missing storage pool target path`);
    }
    if (!isAbsolute(path) || path.includes('\0')) {
      throw storageError('xml-error', say`The path '${path}' of the pool '${pool.name}' is not absolute.`);
    }
  },
  place: (pool) => `dir:${folderOf(pool)}`,
  folder: folderOf,

  async build(pool) {
    const folder = folderOf(pool);
    const { mode, owner, group } = pool.target?.permissions ?? {};
    try {
      const made = await mkdir(folder, { recursive: true, mode: mode ?? defaultMode });
      // mkdir's mode passes through the umask; a folder that was there keeps its own unless told.
      if (mode !== undefined || made !== undefined) await chmod(folder, mode ?? defaultMode);
      if ((owner ?? -1) >= 0 || (group ?? -1) >= 0) await chown(folder, owner ?? -1, group ?? -1);
    } catch (thrown) {
      throw explain(thrown, say`The folder '${folder}' of the pool '${pool.name}' can't be made.`, pool.name, folder);
    }
  },

  async start(pool) {
    const folder = folderOf(pool);
    try {
      if ((await stat(folder)).isDirectory()) return;
    } catch (thrown) {
      throw notThere(pool.name, folder, thrown);
    }
    throw storageError('system-error', say`cannot open directory '${folder}'`, { cause: say`It is not a folder.` });
  },
  stop: () => Promise.resolve(),

  async delete(pool) {
    const folder = folderOf(pool);
    try {
      await rmdir(folder);
    } catch (thrown) {
      throw explain(
        thrown,
        say`The folder '${folder}' of the pool '${pool.name}' can't be removed.`,
        pool.name,
        folder,
      );
    }
  },

  async describe(pool) {
    const folder = folderOf(pool);
    const { mode, uid, gid } = await stat(folder).catch((thrown: unknown) => {
      throw notThere(pool.name, folder, thrown);
    });
    const permissions = { ...pool.target?.permissions, mode: mode & 0o7777, owner: uid, group: gid };
    return { ...pool, target: { ...pool.target, permissions } };
  },

  async usage(pool) {
    const { totalBytes, freeBytes } = await diskSpace(folderOf(pool));
    return { capacityBytes: totalBytes, allocationBytes: totalBytes - freeBytes, availableBytes: freeBytes };
  },
  list: async (pool, known) => await listVolumes(folderOf(pool), known),
  look: async (pool, name) => await lookAt(folderOf(pool), name),

  create: async (pool, volume, work) => await createFile(folderOf(pool), volume, work),
  copy: async (pool, copy, work) => await copyImage(folderOf(pool), copy, work),
  remove: async (pool, volume) => await removeFile(folderOf(pool), volume),
  resize: async (pool, volume, bytes, options) => await resizeFile(folderOf(pool), volume, bytes, options),
  wipe: async (pool, volume, work) => await wipeFile(folderOf(pool), volume, work),
  read: async (_pool, volume, range) => await readFileRange(volume, range),
  write: async (pool, volume, source, range, work) => await writeFileRange(folderOf(pool), volume, source, range, work),
};

const notThere = (pool: string, folder: string, thrown: unknown): VirError =>
  storageError(
    'system-error',
    say`cannot open directory '${folder}'`,
    {
      cause: say`The folder of the pool '${pool}' is not there.`,
      fix: say`Build the pool, or make the folder.`,
    },
    thrown,
  );

function folderOf(pool: PoolDefinition): string {
  const path = normalize(pool.target?.path ?? '');
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}
