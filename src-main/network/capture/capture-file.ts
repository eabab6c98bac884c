/**
 * A capture's file while it grows: where each packet begins, and packets read from there. Memory holds eight bytes a
 * packet; what is in the packets stays in the file.
 */
import { type FileHandle, open } from 'node:fs/promises';
import {
  fileHeaderBytes,
  parseFileHeader,
  parseRecordHeader,
  type PcapHeader,
  recordHeaderBytes,
  type RecordHeader,
} from './pcap.ts';

export interface StoredPacket extends RecordHeader {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** Read at a time while looking for packets. */
const chunkBytes = 1 << 20;
/** Beyond that a capture is stopped by its size anyway; it bounds the index. */
const maximumPackets = 4_000_000;
/** A page of the list is read at once. */
const maximumPageBytes = 4 << 20;

export class CaptureFile {
  readonly path: string;
  #handle: FileHandle | undefined;
  #header: PcapHeader | undefined;
  #offsets = new Float64Array(1024);
  #packets = 0;
  /** Up to here whole packets are known. */
  #end = 0;
  #damaged = false;
  #indexing: Promise<void> | undefined;

  constructor(path: string) {
    this.path = path;
  }

  get packets(): number {
    return this.#packets;
  }

  /** Where the last whole packet ends. */
  get wholeBytes(): number {
    return this.#end;
  }

  /** Nothing after that can be read: the file is not as it was written. */
  get damaged(): boolean {
    return this.#damaged;
  }

  get linkType(): number {
    return this.#header?.linkType ?? 1;
  }

  /** Takes notice of what was written since. */
  async refresh(): Promise<void> {
    this.#indexing ??= this.#index().finally(() => (this.#indexing = undefined));
    await this.#indexing;
  }

  /** Where whole packets end that fit into so many bytes. */
  wholeWithin(bytes: number): number {
    if (this.#end <= bytes) return this.#end;
    let low = 0;
    let high = this.#packets - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#offsets[middle] ?? 0) <= bytes) low = middle;
      else high = middle - 1;
    }
    return this.#offsets[low] ?? fileHeaderBytes;
  }

  /** Packets `first` … , at most so many, as far as they fit into one reading. Numbers begin with 1. */
  async read(first: number, count: number): Promise<readonly StoredPacket[]> {
    const begin = Math.max(1, first);
    const last = Math.min(this.#packets, begin + count - 1);
    if (last < begin || this.#header === undefined) return [];
    const from = this.#offset(begin);
    const to = Math.min(this.#offset(last + 1), from + maximumPageBytes);
    const bytes = Buffer.alloc(to - from);
    const { bytesRead } = await (await this.#open()).read(bytes, 0, bytes.length, from);
    const page = bytes.subarray(0, bytesRead);
    const packets: StoredPacket[] = [];
    for (let number = begin; number <= last; number += 1) {
      const at = this.#offset(number) - from;
      const record = parseRecordHeader(page, at, this.#header);
      if (record === undefined || at + recordHeaderBytes + record.kept > page.length) break;
      const data = page.subarray(at + recordHeaderBytes, at + recordHeaderBytes + record.kept);
      packets.push({ ...record, number, bytes: data });
    }
    return packets;
  }

  /** Cuts off what is behind so many bytes, which must be where a packet ends. */
  async truncate(bytes: number): Promise<void> {
    const handle = await open(this.path, 'r+');
    try {
      await handle.truncate(bytes);
    } finally {
      await handle.close();
    }
    while (this.#packets > 0 && (this.#offsets[this.#packets - 1] ?? 0) >= bytes) this.#packets -= 1;
    this.#end = Math.min(this.#end, bytes);
  }

  async close(): Promise<void> {
    await this.#indexing?.catch(() => undefined);
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  /** Where a packet begins; of the one behind the last, where the whole ones end. */
  #offset(number: number): number {
    return number > this.#packets ? this.#end : (this.#offsets[number - 1] ?? this.#end);
  }

  async #open(): Promise<FileHandle> {
    this.#handle ??= await open(this.path, 'r');
    return this.#handle;
  }

  async #index(): Promise<void> {
    const handle = await this.#open();
    const chunk = Buffer.allocUnsafe(chunkBytes);
    while (!this.#damaged && this.#packets < maximumPackets) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, this.#end);
      const used = this.#take(chunk.subarray(0, bytesRead));
      if (used === 0) return;
      this.#end += used;
    }
  }

  /** Takes the whole packets of a chunk. @returns how many bytes they are */
  #take(chunk: Uint8Array): number {
    let at = 0;
    if (this.#header === undefined) {
      if (chunk.length < fileHeaderBytes) return 0;
      this.#header = parseFileHeader(chunk);
      if (this.#header === undefined) {
        this.#damaged = true;
        return 0;
      }
      at = fileHeaderBytes;
    }
    while (at + recordHeaderBytes <= chunk.length) {
      const record = parseRecordHeader(chunk, at, this.#header);
      if (record === undefined) {
        this.#damaged = true;
        break;
      }
      if (at + recordHeaderBytes + record.kept > chunk.length) break;
      this.#push(this.#end + at);
      at += recordHeaderBytes + record.kept;
    }
    return at;
  }

  #push(offset: number): void {
    if (this.#packets === this.#offsets.length) {
      const larger = new Float64Array(this.#offsets.length * 2);
      larger.set(this.#offsets);
      this.#offsets = larger;
    }
    this.#offsets[this.#packets] = offset;
    this.#packets += 1;
  }
}
