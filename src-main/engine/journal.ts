/**
 * A write-ahead file. What is appended survives a power cut once its promise resolves, at the price of one flush of a
 * file that neither grows nor moves: a third of what making a new file durable takes. Appends that come while a flush is
 * under way share the next one. Who appends makes the change elsewhere too, and calls `reset` when it is durable there.
 */
import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { readBytesIfThere } from '../host/files.ts';

const fdatasyncAsync = promisify(fdatasync);

/** One change of one object. */
export interface JournalRecord {
  readonly name: string;
  readonly uuid: string;
  readonly timeMs: number;
  /** What it is now; without one it was removed. */
  readonly text?: string;
}

/** What a journal says after a crash. */
export interface JournalContent {
  /** In the order they were appended. */
  readonly records: readonly JournalRecord[];
  /** A record follows that was never finished, so that nobody was told it is done. */
  readonly isTorn: boolean;
}

/** Room for some hundred definitions; a larger one makes the file grow. */
const capacityBytes = 1024 * 1024;

/** `vivarium GENERATION SEQUENCE BYTES CRC`, a line feed, so many bytes of JSON, a line feed. */
const headerPattern = /^vivarium ([0-9a-f]{16}) (\d+) (\d+) ([0-9a-f]{8})\n/;
const longestHeader = 64;

export class Journal {
  readonly #path: string;
  #file: number | undefined;
  /** Records of another one are left-overs, and end what counts. */
  #generation = newGeneration();
  #sequence = 0;
  #at = 0;
  /** After a flush that failed nobody knows what is on the disk: only a new file is trusted. */
  #isBroken = false;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Whether there is nothing that would be made good after a crash. */
  get isEmpty(): boolean {
    return this.#at === 0;
  }

  /** Whether a text can be appended before the next `reset`. */
  hasRoomFor(text: string): boolean {
    return !this.#isBroken && (this.#at === 0 || this.#at + text.length * 2 < capacityBytes);
  }

  /** Resolves when it would survive a power cut. It is in the file, and survives the end of the process, at once. */
  async append(record: JournalRecord): Promise<void> {
    this.note(record);
    await this.flush();
  }

  /** Appends without waiting for the disk. */
  note(record: JournalRecord): void {
    const bytes = encode(this.#generation, this.#sequence, record);
    const file = (this.#file ??= openPreallocated(this.#path));
    for (let done = 0; done < bytes.length; )
      done += writeSync(file, bytes, done, bytes.length - done, this.#at + done);
    this.#at += bytes.length;
    this.#sequence += 1;
  }

  /** Resolves when everything appended so far would survive a power cut. */
  async flush(): Promise<void> {
    if (this.#running === undefined) {
      await this.#flushNow();
      return;
    }
    // One that is under way may have begun before the last record was written: the next is shared.
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#flushNow();
      });
    await this.#next;
  }

  /** Everything that was appended is durable elsewhere. */
  async reset(): Promise<void> {
    if (this.#isBroken) {
      this.close();
      unlinkSync(this.#path);
      this.#isBroken = false;
    } else if (this.#file !== undefined && this.#at > 0) {
      writeSync(this.#file, Buffer.alloc(longestHeader), 0, longestHeader, 0);
    }
    this.#generation = newGeneration();
    this.#sequence = 0;
    this.#at = 0;
    if (this.#file !== undefined) await this.flush();
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  /** What was appended since the last reset, and is there as a whole. */
  read(): JournalContent {
    const bytes = readBytesIfThere(this.#path);
    return bytes === undefined ? { records: [], isTorn: false } : decode(bytes);
  }

  /** After its records were made good: they are not again. @returns where a torn one can be looked at. */
  startOver({ records, isTorn }: JournalContent): string | undefined {
    if (isTorn) {
      const aside = `${this.#path}.torn`;
      renameSync(this.#path, aside);
      return aside;
    }
    if (records.length === 0) return undefined;
    const file = openSync(this.#path, constants.O_WRONLY);
    try {
      writeSync(file, Buffer.alloc(longestHeader), 0, longestHeader, 0);
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
    return undefined;
  }

  #flushNow(): Promise<void> {
    const now = (this.#file === undefined ? Promise.resolve() : fdatasyncAsync(this.#file))
      .catch((thrown: unknown) => {
        this.#isBroken = true;
        throw thrown;
      })
      .finally(() => {
        if (this.#running === now) this.#running = undefined;
      });
    this.#running = now;
    return now;
  }
}

const newGeneration = (): string => randomBytes(8).toString('hex');

/** A file of its full size, so that flushing what is written into it changes nothing else on the disk. */
function openPreallocated(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  const { size } = fstatSync(file);
  if (size < capacityBytes) {
    writeSync(file, Buffer.alloc(capacityBytes - size), 0, capacityBytes - size, size);
    fsyncSync(file);
    const folder = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }
  return file;
}

function encode(generation: string, sequence: number, record: JournalRecord): Buffer {
  const body = Buffer.from(JSON.stringify(record));
  const head = `vivarium ${generation} ${sequence} ${body.length} `;
  const check = crc32(body, crc32(head)).toString(16).padStart(8, '0');
  return Buffer.concat([Buffer.from(`${head}${check}\n`), body, Buffer.from('\n')]);
}

function decode(bytes: Buffer): JournalContent {
  const records: JournalRecord[] = [];
  let generation: string | undefined;
  for (let at = 0; ; ) {
    const header = headerPattern.exec(bytes.toString('latin1', at, at + longestHeader));
    if (header === null) return { records, isTorn: false };
    const [line, ofGeneration = '', sequence, length, check = ''] = header;
    generation ??= ofGeneration;
    if (ofGeneration !== generation || Number(sequence) !== records.length) return { records, isTorn: false };
    const start = at + line.length;
    const body = bytes.subarray(start, start + Number(length));
    const head = line.slice(0, -(check.length + 1));
    if (body.length !== Number(length) || crc32(body, crc32(head)) !== Number.parseInt(check, 16)) {
      return { records, isTorn: true };
    }
    records.push(JSON.parse(body.toString()) as JournalRecord);
    at = start + body.length + 1;
  }
}
