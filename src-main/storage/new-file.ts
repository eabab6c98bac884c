/**
 * Files that appear whole or not at all. They grow under a hidden name in the folder they will be in, so that the last
 * step is one rename, and disappear on failure, cancellation and a full disk. What a crash leaves behind is known by
 * its name and removed when the folder is next looked at.
 */
import { chmod, link, lstat, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, processIdentity } from '../host/process-identity.ts';
import { explain, volumeExists } from './errors.ts';
import { say } from '../../src-shared/words.ts';

const pattern = /^\.vivarium-(\d+)-(\d+)-(\d+)\.part$/;
let serial = 0;

/** Whether a file of this name is one under work. */
export const isUnfinished = (name: string): boolean => pattern.test(name);

export interface NewFile {
  readonly folder: string;
  readonly name: string;
  /** 0600 unless told: images may hold secrets. */
  readonly mode?: number;
}

/**
 * Makes a file.
 * @param build writes it at the path it is given, where nothing is yet
 * @throws VirError `storage-vol-exist` when the name is taken, at the beginning or meanwhile
 */
export async function makeFile(
  { folder, name, mode = 0o600 }: NewFile,
  build: (path: string) => Promise<void>,
): Promise<void> {
  const path = join(folder, name);
  const own = processIdentity(process.pid)?.startTime ?? 0;
  const temporary = join(folder, `.vivarium-${process.pid}-${own}-${(serial += 1)}.part`);
  try {
    if (await exists(path)) throw volumeExists(name);
    await build(temporary);
    await chmod(temporary, mode);
    await place(temporary, path, name);
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw explain(thrown, say`The file '${path}' can't be made.`, name, folder);
  }
}

/** Gives the file its name unless somebody else took it in the meantime. */
async function place(temporary: string, path: string, name: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw volumeExists(name);
    // No hard links: FAT, some network file systems, or a kernel that protects them.
    if (code !== 'EPERM' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS' && code !== 'EMLINK') throw thrown;
    if (await exists(path)) throw volumeExists(name);
    await rename(temporary, path);
    return;
  }
  await rm(temporary);
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw thrown;
  }
}

/** Removes an unfinished file whose maker is gone. @returns whether it was one. */
export async function removeAbandoned(folder: string, name: string): Promise<boolean> {
  const match = pattern.exec(name);
  if (match === null) return false;
  if (isAlive({ pid: Number(match[1]), startTime: Number(match[2]) })) return false;
  await rm(join(folder, name), { force: true });
  return true;
}
