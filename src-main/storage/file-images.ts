/** Making and changing volumes that are files of one folder. */
import { createReadStream } from 'node:fs';
import { type FileHandle, link, open, rm, rmdir, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { ImageCopy, NewVolume, Range, Work } from './backend.ts';
import { type ImageLayer, resolveBackingChain } from './backing-chain.ts';
import { requireSpace } from './disk-space.ts';
import { explain, storageError } from './errors.ts';
import { emptyQcow2 } from './image-formats/qcow2-writer.ts';
import { makeFile } from './new-file.ts';
import { convertImage, createImage, measureConversion, resizeImage } from './qemu-img.ts';
import { copyFile } from './transfer.ts';
import type { Volume } from './volume.ts';
import { say } from '../../src-shared/words.ts';

/** What qemu-img can make; other formats can only be read. */
const creatable = new Set(['raw', 'qcow2', 'vmdk', 'vdi', 'qcow', 'qed', 'vpc', 'vhdx', 'luks']);

/** @throws VirError; nothing is left of what could not be made. */
export async function createFile(folder: string, volume: NewVolume, work: Work): Promise<void> {
  const { name, format, capacityBytes, allocationBytes } = volume;
  if (!creatable.has(format) || format === 'luks') {
    throw storageError('no-support', say`A volume of the format '${format}' can't be made.`);
  }
  // What is recorded in the new header must be usable, before anybody relies on it.
  if (volume.backing !== undefined) await resolveBackingChain(volume.backing);
  const allocate = Math.min(allocationBytes, capacityBytes);
  if (allocate > 0) await requireSpace(folder, allocate, name);
  await makeFile({ folder, name, ...modeOf(volume) }, async (path) => {
    if (format === 'raw') await createRaw(path, volume, work);
    else if (format !== 'qcow2' || !(await writeEmptyQcow2(path, volume))) {
      await createImage(
        {
          ...volume,
          path,
          ...(format === 'qcow2' && allocate > 0
            ? { preallocation: allocate < capacityBytes ? ('metadata' as const) : ('falloc' as const) }
            : {}),
        },
        work.signal,
      );
    }
  });
}

async function createRaw(path: string, { backing, capacityBytes, allocationBytes }: NewVolume, work: Work) {
  if (backing !== undefined) {
    throw storageError('no-support', say`A raw volume has no header to name a backing image in.`, {
      fix: say`Make it qcow2.`,
    });
  }
  // Node can't allocate blocks; qemu-img can, and only for the whole file.
  const allocate = Math.min(allocationBytes, capacityBytes);
  if (allocate > 0) {
    await createImage({ path, format: 'raw', capacityBytes: allocate, preallocation: 'falloc' }, work.signal);
  }
  const file = await open(path, 'a', 0o600);
  try {
    await file.truncate(capacityBytes);
  } finally {
    await file.close();
  }
}

/** @returns whether it could: what is more than plain is left to qemu-img. */
async function writeEmptyQcow2(path: string, volume: NewVolume): Promise<boolean> {
  const { allocationBytes, capacityBytes, clusterBytes, features, nocow, compat, backing } = volume;
  if (allocationBytes > 0 || nocow === true || (features ?? []).length > 0) return false;
  if ((clusterBytes ?? 65_536) !== 65_536 || (compat !== undefined && compat !== '1.1' && compat !== '0.10'))
    return false;
  const layout = emptyQcow2({
    capacityBytes,
    ...(compat === undefined ? {} : { compat }),
    ...(backing === undefined ? {} : { backing: { reference: backing.path, format: backing.format } }),
  });
  if (layout === undefined) return false;
  const file = await open(path, 'wx', 0o600);
  try {
    for (const { offset, bytes } of layout.pieces) await file.write(bytes, 0, bytes.length, offset);
    await file.truncate(layout.fileBytes);
  } finally {
    await file.close();
  }
  return true;
}

/** Makes a volume with the content of an image: a copy when nothing has to change, else a conversion. */
export async function copyImage(folder: string, copy: ImageCopy, work: Work): Promise<void> {
  const { name, from, format, capacityBytes } = copy;
  if (!creatable.has(format)) throw storageError('no-support', say`A volume of the format '${format}' can't be made.`);
  if (from.format === 'luks' || format === 'luks') {
    if (format !== from.format)
      throw storageError('no-support', say`Encrypted images can be copied, but not converted.`);
  }
  const chain = await chainOf(copy);
  const top = chain[0];
  const asItIs = isSame(from.format, format) && (chain.length === 1 || copy.keepBacking === true);
  const target = format as 'qcow2' | 'raw';
  const shared = asItIs && copy.giveAway === true && (await isSameFileSystem(from.path, folder));
  const needed = asItIs
    ? shared
      ? 0
      : (top?.allocatedBytes ?? 0)
    : await measureConversion(chain, target === 'raw' ? 'raw' : 'qcow2');
  await requireSpace(folder, needed, name);
  await makeFile({ folder, name, ...modeOf(copy) }, async (path) => {
    if (shared) await share(from.path, path, work);
    else if (asItIs) await copyFile(from.path, path, work);
    else {
      const compat = format === 'qcow2' && copy.compat !== undefined ? { compat: copy.compat } : {};
      await convertImage({ from: chain, to: { path, format, ...compat } }, work);
    }
    if (capacityBytes !== undefined && capacityBytes > (top?.virtualSizeBytes ?? 0)) {
      await grow(path, format, capacityBytes, asItIs ? chain.slice(1) : []);
    }
  });
}

async function isSameFileSystem(path: string, folder: string): Promise<boolean> {
  const [file, target] = await Promise.all([stat(path), stat(folder)]);
  return file.dev === target.dev;
}

/** A second name for the same file; a copy where the file system has no such thing. */
async function share(from: string, path: string, work: Work): Promise<void> {
  try {
    await link(from, path);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code !== 'EPERM' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw thrown;
    await copyFile(from, path, work);
  }
}

const isSame = (from: string, to: string): boolean => (from === 'iso' ? 'raw' : from) === to;

/** The image with what it needs. An encrypted one is copied without being understood. */
async function chainOf({ from }: ImageCopy): Promise<readonly ImageLayer[]> {
  if (from.format !== 'luks') return await resolveBackingChain(from);
  const { size, blocks } = await stat(from.path);
  return [{ ...from, virtualSizeBytes: size, allocatedBytes: blocks * 512 }];
}

async function grow(path: string, format: string, bytes: number, below: readonly ImageLayer[]): Promise<void> {
  if (format === 'raw') await withFile(path, 'r+', async (file) => await file.truncate(bytes));
  else await resizeImage([{ path, format, virtualSizeBytes: 0, allocatedBytes: 0 }, ...below], bytes, {});
}

export async function resizeFile(
  folder: string,
  volume: Volume,
  capacityBytes: number,
  options: { readonly shrink?: boolean; readonly allocate?: boolean },
): Promise<void> {
  const { name, path, header } = volume;
  const current = header.virtualSizeBytes;
  if (capacityBytes < current && options.shrink !== true) {
    throw storageError('invalid-arg', say`The volume '${name}' would become smaller.`, {
      cause: say`What lies beyond the new end would be lost.`,
      fix: say`Ask for shrinking if that is wanted.`,
    });
  }
  if (options.allocate === true && capacityBytes > current) await requireSpace(folder, capacityBytes - current, name);
  try {
    if (header.format === 'raw' && options.allocate !== true) {
      await withFile(path, 'r+', async (file) => await file.truncate(capacityBytes));
      return;
    }
    await resizeImage(await resolveBackingChain({ path, format: header.format }), capacityBytes, options);
  } catch (thrown) {
    throw explain(thrown, say`The volume '${name}' can't be resized.`, name, folder);
  }
}

export async function removeFile(folder: string, { name, path, type }: Volume): Promise<void> {
  try {
    if (type === 'dir') await rmdir(path);
    else await rm(path);
  } catch (thrown) {
    throw explain(thrown, say`The volume '${name}' can't be deleted.`, name, folder);
  }
}

/** Overwrites everything with zeros. What was never written is only cut away. */
export async function wipeFile(folder: string, { name, path, type }: Volume, work: Work): Promise<void> {
  if (type !== 'file') throw storageError('no-support', say`'${name}' is not a file that could be wiped.`);
  try {
    await withFile(path, 'r+', async (file) => {
      const { size, blocks } = await file.stat();
      if (blocks * 512 < size) {
        await file.truncate(0);
        await file.truncate(size);
      } else await writeZeros(file, size, work);
      await file.sync();
    });
  } catch (thrown) {
    throw explain(thrown, say`The volume '${name}' can't be wiped.`, name, folder);
  }
}

async function writeZeros(file: FileHandle, size: number, { signal, progress }: Work): Promise<void> {
  const zeros = Buffer.alloc(2 ** 20);
  for (let done = 0; done < size; ) {
    signal.throwIfAborted();
    const { bytesWritten } = await file.write(zeros, 0, Math.min(zeros.length, size - done), done);
    done += bytesWritten;
    progress(done, size);
  }
}

export async function readFileRange(volume: Volume, { offset = 0, length }: Range): Promise<Readable> {
  // Opened first, so that a failure is told before anybody waits for data.
  const file = await open(volume.path, 'r');
  return createReadStream('', {
    fd: file,
    start: offset,
    ...(length === undefined ? {} : { end: offset + length - 1 }),
  });
}

/**
 * Writes a stream into an existing file, from `offset` on. What lies beyond its end stays. Not flushed: like libvirt's
 * uploads and our copies, it survives a crash of any program, but not of the host in the next seconds.
 */
export async function writeFileRange(
  folder: string,
  { name, path }: Volume,
  source: Readable,
  { offset = 0, length }: Range,
  { signal, progress }: Work,
): Promise<void> {
  const most = length ?? Number.POSITIVE_INFINITY;
  let done = 0;
  try {
    if (length !== undefined) {
      const { blocks } = await stat(path);
      await requireSpace(folder, Math.max(0, length - blocks * 512), name);
    }
    await withFile(path, 'r+', async (file) => {
      for await (const chunk of source as AsyncIterable<Uint8Array>) {
        signal.throwIfAborted();
        if (done + chunk.length > most) {
          throw storageError('invalid-arg', say`More than ${most} bytes came for the volume '${name}'.`);
        }
        await writeAll(file, chunk, offset + done);
        done += chunk.length;
        progress(done, length);
      }
    });
    if (length !== undefined && done < length) {
      throw storageError('invalid-stream', say`Only ${done} of ${length} bytes came for the volume '${name}'.`, {
        cause: say`The sender stopped.`,
        fix: say`Upload it again: the volume is not complete.`,
      });
    }
  } catch (thrown) {
    source.destroy();
    signal.throwIfAborted();
    throw explain(thrown, say`The volume '${name}' can't be written.`, name, folder);
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, done, chunk.length - done, at + done);
    done += bytesWritten;
  }
}

async function withFile<T>(path: string, flags: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

const modeOf = ({ mode }: { readonly mode?: number }): { mode?: number } => (mode === undefined ? {} : { mode });
