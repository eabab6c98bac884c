/** Finding volumes that are files of one folder: what the pool types `dir`, `fs` and `netfs` have in common. */
import { binFolderName } from '../engine/bin.ts';
import { type Dirent, lstat as lstatWithCallback, readdir as readdirWithCallback, type Stats } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ImageHeader, inspectImage } from './image-header.ts';
import { isUnfinished, removeAbandoned } from './new-file.ts';
import type { Volume } from './volume.ts';

// The callback forms: half the cost of fs/promises, which counts with thousands of files.
const lstat = promisify(lstatWithCallback);
const readdir = promisify(readdirWithCallback) as (path: string, options: { withFileTypes: true }) => Promise<Dirent[]>;

/** Enough that the threads of Node's pool have the next file before the last is told of. */
const concurrency = 64;

/** Every file and folder of a folder. Unchanged ones of `known` are not opened. */
export async function listVolumes(folder: string, known: ReadonlyMap<string, Volume>): Promise<Map<string, Volume>> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(isCandidate);
  const found: (Volume | undefined)[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < entries.length; index = next++) {
      const { name } = entries[index] as Dirent;
      if (isUnfinished(name)) await removeAbandoned(folder, name);
      else found[index] = await lookAt(folder, name, known.get(name));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const volumes = new Map<string, Volume>();
  for (const volume of found) if (volume !== undefined) volumes.set(volume.name, volume);
  return volumes;
}

/** A volume as it is now; undefined when there is no such file, or when it is neither file nor folder. */
export async function lookAt(folder: string, name: string, known?: Volume): Promise<Volume | undefined> {
  const path = join(folder, name);
  try {
    if (known !== undefined) {
      const stats = await lstat(path);
      if (isUnchanged(known.stats, stats)) return { ...known, stats };
    }
    const { header, stats } = await inspectImage(path);
    if (stats.isFile()) return { name, path, type: 'file', header, stats };
    return stats.isDirectory() ? { name, path, type: 'dir', header: folderHeader, stats } : undefined;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    // Gone since it was listed, or a link to nowhere or to itself.
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENXIO') return undefined;
    if (code !== 'EACCES' && code !== 'EPERM') throw thrown;
    const stats = await lstat(path);
    const header: ImageHeader = { format: 'raw', virtualSizeBytes: stats.size, problem: 'It may not be read.' };
    return { name, path, type: 'file', header, stats };
  }
}

const folderHeader: ImageHeader = { format: 'raw', virtualSizeBytes: 0 };

/** Devices, sockets and pipes are not opened at all: that alone can have effects. */
function isCandidate(entry: Dirent): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: libvirt skips such names too, XML can't hold them.
  if (/[\u0000-\u001f\u007f]/.test(entry.name)) return false;
  if (entry.name === binFolderName) return false;
  return entry.isFile() || entry.isDirectory() || entry.isSymbolicLink();
}

const isUnchanged = (before: Stats, now: Stats): boolean =>
  before.ino === now.ino &&
  before.dev === now.dev &&
  before.size === now.size &&
  before.mtimeMs === now.mtimeMs &&
  before.ctimeMs === now.ctimeMs;
