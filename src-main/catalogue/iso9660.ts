/**
 * Reads the little of an ISO 9660 volume (ECMA-119) that tells what a medium is: its descriptors, whether it boots (El
 * Torito), and single small files. The medium is not trusted: sizes, depths and the number of reads are bounded.
 */
import { open } from 'node:fs/promises';

/** What a medium says of itself, without padding; absent when it is blank. */
export interface IsoVolume {
  readonly volumeId?: string;
  readonly systemId?: string;
  readonly publisherId?: string;
  readonly applicationId?: string;
  /** As the descriptor counts it, which may be less than the file. */
  readonly volumeSizeBytes: number;
  /** It has an El Torito boot record, or what PowerPC firmware looks for. */
  readonly bootable: boolean;
}

/** An opened medium. Paths are absolute and compared without regard to case, as ISO 9660 has it. */
export interface IsoImage {
  readonly volume: IsoVolume;
  /** The names in a folder; undefined when there is no such folder. */
  list(path: string): Promise<readonly string[] | undefined>;
  /** A small file's bytes; undefined when there is none, or when it is larger than `mostBytes` (64 KiB unless told). */
  read(path: string, mostBytes?: number): Promise<Buffer | undefined>;
}

const sectorBytes = 2048;
const firstDescriptorSector = 16;
const mostDescriptors = 64;
const largestDirectoryBytes = 4 * 2 ** 20;
const largestFileBytes = 64 * 1024;
const deepestPath = 16;

type Read = (offset: number, length: number) => Promise<Buffer>;

/**
 * Opens a medium, gives it to `use` and closes it.
 * @returns undefined when the file has no ISO 9660 volume
 * @throws the system's error when the file can't be opened or read
 */
export async function withIso<T>(path: string, use: (image: IsoImage) => Promise<T>): Promise<T | undefined> {
  const file = await open(path, 'r');
  try {
    const read: Read = async (offset, length) => {
      const buffer = Buffer.alloc(length);
      const { bytesRead } = await file.read(buffer, 0, length, offset);
      return buffer.subarray(0, bytesRead);
    };
    const image = await openIso(read);
    return image === undefined ? undefined : await use(image);
  } finally {
    await file.close();
  }
}

/** The same over any source of bytes. */
export async function openIso(read: Read): Promise<IsoImage | undefined> {
  let primary: Buffer | undefined;
  let joliet: Buffer | undefined;
  let bootable = false;
  for (let index = 0; index < mostDescriptors; index += 1) {
    const descriptor = await read((firstDescriptorSector + index) * sectorBytes, sectorBytes);
    if (descriptor.length < sectorBytes || descriptor.toString('latin1', 1, 6) !== 'CD001') break;
    const type = descriptor.readUInt8(0);
    if (type === 255) break;
    if (type === 0 && descriptor.toString('latin1', 7, 30) === 'EL TORITO SPECIFICATION') bootable = true;
    if (type === 1) primary ??= descriptor;
    // Joliet's escape sequences: UCS-2 names at three levels.
    if (type === 2 && /^%\/[@CE]/.test(descriptor.toString('latin1', 88, 91))) joliet ??= descriptor;
  }
  if (primary === undefined) return undefined;
  const tree = new IsoTree(read, primary, joliet);
  const found = bootable || (await tree.find('/ppc/bootinfo.txt')) !== undefined;
  return {
    volume: describe(primary, found),
    list: async (path) => await tree.list(path),
    read: async (path, mostBytes = largestFileBytes) => await tree.readFile(path, mostBytes),
  };
}

function describe(primary: Buffer, bootable: boolean): IsoVolume {
  const field = <K extends string>(key: K, start: number, length: number): { [P in K]?: string } => {
    // Padded with blanks, by careless programs with NULs.
    const text = primary
      .toString('latin1', start, start + length)
      .replace(/\0.*$/s, '')
      .trimEnd();
    return (text === '' ? {} : { [key]: text }) as { [P in K]?: string };
  };
  return {
    ...field('systemId', 8, 32),
    ...field('volumeId', 40, 32),
    ...field('publisherId', 318, 128),
    ...field('applicationId', 574, 128),
    volumeSizeBytes: primary.readUInt32LE(80) * primary.readUInt16LE(128),
    bootable,
  };
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly offset: number;
  readonly length: number;
}

/** The folders of a volume: by Rock Ridge's names, else Joliet's, else the plain ones. */
class IsoTree {
  readonly #read: Read;
  readonly #primary: Buffer;
  readonly #joliet: Buffer | undefined;

  constructor(read: Read, primary: Buffer, joliet: Buffer | undefined) {
    this.#read = read;
    this.#primary = primary;
    this.#joliet = joliet;
  }

  async list(path: string): Promise<readonly string[] | undefined> {
    const found = await this.find(path);
    if (found?.isFolder !== true) return undefined;
    return (await this.#entries(found, found.isJoliet)).map(({ name }) => name);
  }

  async readFile(path: string, mostBytes: number): Promise<Buffer | undefined> {
    const found = await this.find(path);
    if (found === undefined || found.isFolder || found.length > mostBytes) return undefined;
    const bytes = await this.#read(found.offset, found.length);
    return bytes.length === found.length ? bytes : undefined;
  }

  async find(path: string): Promise<(Entry & { readonly isJoliet: boolean }) | undefined> {
    const plain = await this.#walk(this.#primary, path, false);
    if (plain !== undefined) return { ...plain, isJoliet: false };
    if (this.#joliet === undefined) return undefined;
    const found = await this.#walk(this.#joliet, path, true);
    return found === undefined ? undefined : { ...found, isJoliet: true };
  }

  async #walk(descriptor: Buffer, path: string, isJoliet: boolean): Promise<Entry | undefined> {
    const parts = path.split('/').filter((part) => part !== '');
    if (parts.length > deepestPath) return undefined;
    let entry = this.#entry(descriptor.subarray(156, 190), isJoliet);
    for (const part of parts) {
      if (entry?.isFolder !== true) return undefined;
      const wanted = part.toLowerCase();
      entry = (await this.#entries(entry, isJoliet)).find(({ name }) => name.toLowerCase() === wanted);
    }
    return entry;
  }

  async #entries(folder: Entry, isJoliet: boolean): Promise<readonly Entry[]> {
    const bytes = await this.#read(folder.offset, Math.min(folder.length, largestDirectoryBytes));
    const entries: Entry[] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = bytes.readUInt8(at);
      if (length === 0) {
        // Records do not cross sectors; the rest of this one is padding.
        at = (Math.floor(at / sectorBytes) + 1) * sectorBytes;
        continue;
      }
      const entry = this.#entry(bytes.subarray(at, at + length), isJoliet);
      if (entry !== undefined && entry.name !== '') entries.push(entry);
      at += length;
    }
    return entries;
  }

  #entry(record: Buffer, isJoliet: boolean): Entry | undefined {
    if (record.length < 34) return undefined;
    const nameLength = record.readUInt8(32);
    if (33 + nameLength > record.length) return undefined;
    const raw = record.subarray(33, 33 + nameLength);
    const blockBytes = this.#primary.readUInt16LE(128);
    return {
      // One byte, 0 or 1, means the folder itself and its parent.
      name:
        nameLength === 1 && (raw[0] ?? 0) < 2
          ? ''
          : isJoliet
            ? jolietName(raw)
            : (rockRidgeName(record) ?? plainName(raw)),
      isFolder: (record.readUInt8(25) & 2) !== 0,
      offset: record.readUInt32LE(2) * blockBytes,
      length: record.readUInt32LE(10),
    };
  }
}

/** `NAME.;1` is `NAME`. */
const plainName = (raw: Buffer): string => raw.toString('latin1').replace(/;\d+$/, '').replace(/\.$/, '');

function jolietName(raw: Buffer): string {
  const swapped = Buffer.from(raw.subarray(0, raw.length - (raw.length % 2))).swap16();
  return swapped.toString('utf16le').replace(/;\d+$/, '');
}

/** The NM fields of the system use area (RRIP 4.1.4). A name continued elsewhere is left to its plain form. */
function rockRidgeName(record: Buffer): string | undefined {
  const nameLength = record.readUInt8(32);
  let at = 33 + nameLength + (nameLength % 2 === 0 ? 1 : 0);
  let name: string | undefined;
  while (at + 4 <= record.length) {
    const length = record.readUInt8(at + 2);
    if (length < 4 || at + length > record.length) break;
    if (record.toString('latin1', at, at + 2) === 'NM' && length > 5) {
      name = (name ?? '') + record.toString('utf8', at + 5, at + length);
    }
    at += length;
  }
  return name;
}
