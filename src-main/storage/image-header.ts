/**
 * What an image file is, by its own header. Nothing here trusts the file: every length is bounded, nothing it names is
 * opened, and a header that makes no sense is a `problem`, not an exception. This is the only place that recognises
 * formats; QEMU and qemu-img are always told, since a guest can write any header it likes into its raw disk.
 */
import { closeSync, constants, fstatSync, open as openWithCallback, readSync, type Stats } from 'node:fs';
import { promisify } from 'node:util';
import type { ImageHeader, ReadAt } from './image-formats/bytes.ts';
import { readQcow2 } from './image-formats/qcow2.ts';
import { isOpticalImage, namedOnly, readLuks, readQcow, readQed, readRaw } from './image-formats/simple.ts';
import { readVdi, vdiSignature } from './image-formats/vdi.ts';
import { readVhd, readVhdx } from './image-formats/vhd.ts';
import { readVmdkCowd, readVmdkDescriptor, readVmdkSparse } from './image-formats/vmdk.ts';

export type { BackingReference, ImageFormat, ImageHeader, ReadAt } from './image-formats/bytes.ts';

/** All that an image with a header of its own needs: one read a file. */
const firstReadBytes = 4096;
/** Read into by turns; a header is taken apart before the next file is looked at. */
const firstBytes = Buffer.alloc(firstReadBytes);

const openFile = promisify(openWithCallback);

/**
 * Header and `stat` of a file or block device.
 * @throws the system's error when it can't be opened or read
 */
export async function inspectImage(path: string): Promise<{ readonly header: ImageHeader; readonly stats: Stats }> {
  // Opening is what waits when a server is gone, so only that leaves this thread; without O_NONBLOCK a FIFO would wait
  // for a writer for ever.
  const file = await openFile(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() && !stats.isBlockDevice()) {
      return { stats, header: { format: 'raw', virtualSizeBytes: 0, problem: 'It is not a file.' } };
    }
    const size = stats.isFile() ? stats.size : deviceBytes(file);
    return { stats, header: identifyImage(fileReader(file), size) };
  } finally {
    closeSync(file);
  }
}

/**
 * The header of an image whose bytes `read` gives.
 * @param fileBytes the file's length, which is also the capacity of a raw image
 */
export function identifyImage(read: ReadAt, fileBytes: number): ImageHeader {
  const header = identify(read, fileBytes);
  // libvirt and QEMU round capacities of damaged images differently; the file's own size is the honest figure.
  return header.problem !== undefined && header.virtualSizeBytes === 0
    ? { ...header, virtualSizeBytes: fileBytes }
    : header;
}

function identify(read: ReadAt, fileBytes: number): ImageHeader {
  const head = read(0, 128);
  const starts = (magic: string): boolean => head.toString('latin1', 0, magic.length) === magic;
  if (starts('QFI\xfb')) return head.length >= 8 && head.readUInt32BE(4) === 1 ? readQcow(read) : readQcow2(read);
  if (starts('KDMV')) return readVmdkSparse(read);
  if (starts('COWD')) return readVmdkCowd(read);
  if (starts('QED\0')) return readQed(read);
  if (starts('vhdxfile')) return readVhdx(read);
  if (starts('conectix')) return readVhd(read(0, 512));
  if (starts('LUKS\xba\xbe')) return readLuks(read, fileBytes);
  if (head.length >= 72 && head.readUInt32LE(64) === vdiSignature) return readVdi(read);
  const named = namedOnly.find(({ magic }) => starts(magic));
  if (named !== undefined) {
    return {
      format: named.format,
      virtualSizeBytes: fileBytes,
      problem: `The format ${named.format} is not supported.`,
    };
  }
  if (isOpticalImage(read)) return { format: 'iso', virtualSizeBytes: fileBytes };
  const descriptor = readVmdkDescriptor(read);
  if (descriptor !== undefined) return descriptor;
  const tail = fileBytes >= 512 ? read(fileBytes - 512, 512) : Buffer.alloc(0);
  if (tail.toString('latin1', 0, 8) === 'conectix') return readVhd(tail);
  if (tail.toString('latin1', 0, 4) === 'koly') {
    return { format: 'dmg', virtualSizeBytes: fileBytes, problem: 'The format dmg is not supported.' };
  }
  return readRaw(read, fileBytes);
}

/** A reader of bytes that are all in memory. */
export function bytesReader(bytes: Uint8Array): ReadAt {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (offset, length) => buffer.subarray(offset, offset + length);
}

/** A reader of an open file that keeps the first part, where nearly everything is. */
function fileReader(file: number): ReadAt {
  const first = readFully(file, 0, firstReadBytes, firstBytes);
  return (offset, length) =>
    offset + length <= first.length || first.length < firstReadBytes
      ? first.subarray(offset, offset + length)
      : readFully(file, offset, length, Buffer.allocUnsafe(length));
}

function readFully(file: number, offset: number, length: number, buffer: Buffer): Buffer {
  let done = 0;
  while (done < length) {
    const count = readSync(file, buffer, done, length - done, offset + done);
    if (count === 0) break;
    done += count;
  }
  return buffer.subarray(0, done);
}

/** `stat` says 0 for block devices; their size is where reading ends. */
function deviceBytes(file: number): number {
  let low = 0;
  let high = 2 ** 50;
  const probe = Buffer.allocUnsafe(1);
  const readable = (at: number): boolean => readSync(file, probe, 0, 1, at) === 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (readable(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
