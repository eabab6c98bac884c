/**
 * libvirt's file of a saved guest: a header of 92 bytes, the definition, perhaps a cookie, then QEMU's own stream.
 * (`qemu_saveimage.h`; numbers are in the byte order of the host that wrote them.)
 */
import { type FileHandle, open } from 'node:fs/promises';
import { VirError } from '../../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../../src-shared/words.ts';

const completeMagic = 'LibvirtQemudSave';
/** While it is being written. */
const partialMagic = 'LibvirtQemudPart';
const version = 2;
export const headerBytes = 92;
/** A definition is never this long; a header that says so is not one. */
const longestXmlBytes = 64 * 1024 * 1024;

/** How the stream after the definition is packed, in the order of libvirt's numbers. */
const compressions = ['raw', 'gzip', 'bzip2', 'xz', 'lzop', 'zstd'] as const;
export type Compression = (typeof compressions)[number];

export interface SaveImage {
  readonly xml: string;
  /** The guest is to run on when it is restored. */
  readonly running: boolean;
  readonly compression: Compression;
  /** Where QEMU's stream begins. */
  readonly streamOffset: number;
}

/** Everything before the stream. `complete` is false until the stream is written in full. */
export function encodeSaveHead(xml: string, running: boolean, complete: boolean): Buffer {
  const text = Buffer.from(`${xml}\0`);
  const header = Buffer.alloc(headerBytes);
  header.write(complete ? completeMagic : partialMagic, 0, 'latin1');
  header.writeUInt32LE(version, 16);
  header.writeUInt32LE(text.length, 20);
  header.writeUInt32LE(running ? 1 : 0, 24);
  return Buffer.concat([header, text]);
}

/** What marks a file as complete: the beginning of its header. */
export const completeMark = (): Buffer => Buffer.from(completeMagic, 'latin1');

export type SaveHeader =
  | { readonly kind: 'partial' }
  | {
      readonly kind: 'complete';
      readonly dataBytes: number;
      readonly xmlBytes: number;
      readonly running: boolean;
      readonly compression: Compression;
    };

/** @returns undefined when the bytes are not the header of a saved guest, or of one that can't be read here. */
export function decodeSaveHeader(bytes: Buffer): SaveHeader | undefined {
  if (bytes.length < headerBytes) return undefined;
  const magic = bytes.toString('latin1', 0, 16);
  if (magic === partialMagic) return { kind: 'partial' };
  if (magic !== completeMagic) return undefined;
  // A file from a host of the other kind has its version in the other order.
  const little = bytes.readUInt32LE(16) <= 0xffff;
  const number = (offset: number): number => (little ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset));
  const [found, dataBytes, cookieOffset] = [number(16), number(20), number(32)];
  const compression = compressions[number(28)];
  const xmlBytes = cookieOffset === 0 ? dataBytes : cookieOffset;
  if (found > version || compression === undefined) return undefined;
  if (dataBytes === 0 || dataBytes > longestXmlBytes || xmlBytes > dataBytes) return undefined;
  return { kind: 'complete', dataBytes, xmlBytes, running: number(24) !== 0, compression };
}

/** The same for one that is to be used. @throws VirError `operation-failed` also for one whose writing was interrupted. */
export async function readWholeImage(path: string): Promise<SaveImage> {
  const image = await readSaveImage(path);
  if (image !== 'partial') return image;
  throw new VirError({
    code: 'operation-failed',
    domain: 'qemu',
    message: say`The saved guest '${path}' is incomplete.`,
    cause: say`Its saving was interrupted.`,
    fix: say`Remove the file.`,
  });
}

/**
 * Reads a saved guest up to its stream.
 * @returns `partial` for one whose writing was interrupted.
 * @throws VirError `operation-failed` for anything else that is not a saved guest.
 */
export async function readSaveImage(path: string): Promise<SaveImage | 'partial'> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (thrown) {
    const isMissing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    const cause = isMissing ? 'There is no such file.' : thrown instanceof Error ? thrown.message : String(thrown);
    throw cannotRead(path, cause, thrown);
  }
  try {
    const header = decodeSaveHeader(await readExactly(file, 0, headerBytes));
    if (header === undefined) throw cannotRead(path, say`It is not a saved guest that can be read here.`);
    if (header.kind === 'partial') return 'partial';
    const data = await readExactly(file, headerBytes, header.dataBytes);
    if (data.length < header.dataBytes) throw cannotRead(path, say`It is cut off.`);
    const end = data.indexOf(0);
    const xml = data.toString('utf8', 0, end < 0 ? header.xmlBytes : Math.min(end, header.xmlBytes));
    const { running, compression, dataBytes } = header;
    return { xml, running, compression, streamOffset: headerBytes + dataBytes };
  } finally {
    await file.close();
  }
}

async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}

const cannotRead = (path: string, cause: Sentence, thrown?: unknown): VirError =>
  new VirError(
    {
      code: 'operation-failed',
      domain: 'qemu',
      message: say`The saved guest '${path}' can't be read.`,
      cause,
    },
    { cause: thrown },
  );
