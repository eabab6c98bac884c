/**
 * Every definition that was ever stored, by object and time, so that it can be looked at and restored. One file an object,
 * which only grows: making a file for each definition would take longer than all else that storing it does.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { VirError } from '../../src-shared/errors.ts';
import { say } from '../../src-shared/words.ts';
import { readBytesIfThere, removeIfThere } from '../host/files.ts';
import type { HistoryEntry } from './driver.ts';

/** What an entry is called: `20260102T030405.678Z-author`; names sort by time. */
const entryPattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.(\d{3})Z-([A-Za-z0-9._-]*)$/;
/** The line before an entry: its name, and how many bytes follow, which a line feed ends. */
const headPattern = /^<!-- definition (\S+) (\d+) -->\n/;
const longestHead = 160;
const uuidPattern = /^[0-9a-f-]{36}$/;
const filePattern = /^([0-9a-f-]{36})\.history$/;
const defaultLimit = 50;

export interface HistoryOptions {
  /** Entries kept of one object; the oldest go first. */
  readonly limit?: number;
  readonly now?: () => number;
}

/** Where an entry is in its file. */
interface Place {
  readonly entry: HistoryEntry;
  /** Of its head. */
  readonly from: number;
  readonly text: number;
  /** After its text. */
  readonly end: number;
}

/** A file as this engine left it. */
interface Known {
  readonly count: number;
  readonly newestMs: number;
}

export class DefinitionHistory {
  readonly #folder: string;
  readonly #limit: number;
  readonly #now: () => number;
  /** Of the objects written to since the start. */
  readonly #known = new Map<string, Known>();

  constructor(folder: string, options: HistoryOptions = {}) {
    this.#folder = folder;
    this.#limit = options.limit ?? defaultLimit;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Keeps a definition. It is not flushed: what was just defined is also the definition's own file, which is, and this
   * copy is of use only later.
   */
  add(uuid: string, author: string, xml: string): HistoryEntry {
    const path = this.#pathOf(uuid);
    const known = this.#known.get(uuid) ?? this.#look(path);
    // Two defines in one millisecond still have an order, and so have those around a clock that was set back.
    const timeMs = Math.max(this.#now(), known.newestMs + 1);
    const name = entryName(timeMs, author);
    const bytes = Buffer.from(`<!-- definition ${name} ${Buffer.byteLength(xml)} -->\n${xml}\n`);
    append(path, bytes);
    this.#known.set(uuid, { count: known.count + 1, newestMs: timeMs });
    // Not at each: dropping the oldest writes the file anew.
    if (known.count >= this.#limit * 2) this.#dropOldest(uuid, path);
    return parseEntry(name) as HistoryEntry;
  }

  /** Removes the newest entry again: its definition could not be stored. */
  takeBack(uuid: string, id: string): void {
    const path = this.#pathOf(uuid);
    const newest = placesIn(readBytesIfThere(path)).at(-1);
    if (newest?.entry.id === id) truncateSync(path, newest.from);
    this.#known.delete(uuid);
  }

  /** Newest first. */
  list(uuid: string): readonly HistoryEntry[] {
    const places = placesIn(readBytesIfThere(this.#pathOf(uuid)));
    return places
      .slice(-this.#limit)
      .reverse()
      .map(({ entry }) => entry);
  }

  /** @throws VirError `invalid-arg` when there is no such entry. */
  read(uuid: string, id: string): string {
    const bytes = readBytesIfThere(this.#pathOf(uuid));
    const place = placesIn(bytes).find(({ entry }) => entry.id === id);
    if (place !== undefined && bytes !== undefined) return bytes.toString('utf8', place.text, place.end);
    throw new VirError({
      code: 'invalid-arg',
      domain: 'none',
      message: say`There is no earlier definition '${id}' of ${uuid}.`,
      fix: say`List the earlier definitions again: old ones are removed when there are many.`,
    });
  }

  /** Removes the history of objects that are no longer defined and were last changed before `beforeMs`. */
  forgetAbandoned(defined: ReadonlySet<string>, beforeMs: number): void {
    for (const file of readFolder(this.#folder)) {
      const uuid = filePattern.exec(file)?.[1];
      if (uuid === undefined || defined.has(uuid)) continue;
      const path = join(this.#folder, file);
      if (statSync(path).mtimeMs < beforeMs) rmSync(path);
    }
  }

  #pathOf(uuid: string): string {
    if (!uuidPattern.test(uuid)) throw new TypeError(`'${uuid}' is not a UUID`);
    return join(this.#folder, `${uuid}.history`);
  }

  /** What a power cut left of an entry goes: the next one would not be found behind it. */
  #look(path: string): Known {
    if (this.#known.size === 0) mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const bytes = readBytesIfThere(path);
    const places = placesIn(bytes);
    const newest = places.at(-1);
    const end = newest === undefined ? 0 : newest.end + 1;
    if (bytes !== undefined && bytes.length > end) truncateSync(path, end);
    return { count: places.length, newestMs: newest?.entry.timeMs ?? 0 };
  }

  #dropOldest(uuid: string, path: string): void {
    const bytes = readBytesIfThere(path);
    const oldest = placesIn(bytes).at(-this.#limit);
    if (bytes === undefined || oldest === undefined) return;
    const temporary = `${path}.new`;
    removeIfThere(temporary);
    append(temporary, bytes.subarray(oldest.from), true);
    renameSync(temporary, path);
    this.#known.delete(uuid);
  }
}

function append(path: string, bytes: Uint8Array, isFlushed = false): void {
  const file = openSync(path, 'a', 0o600);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    if (isFlushed) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Oldest first; what is not whole ends them. */
function placesIn(bytes: Buffer | undefined): Place[] {
  const places: Place[] = [];
  for (let from = 0; bytes !== undefined; ) {
    const [head, name = '', length] = headPattern.exec(bytes.toString('latin1', from, from + longestHead)) ?? [];
    const entry = parseEntry(name);
    if (head === undefined || entry === undefined) break;
    const text = from + head.length;
    const end = text + Number(length);
    if (bytes[end] !== lineFeed) break;
    places.push({ entry, from, text, end });
    from = end + 1;
  }
  return places;
}

const lineFeed = 10;

function entryName(timeMs: number, author: string): string {
  const time = new Date(timeMs).toISOString().replaceAll(/[-:]/g, '');
  return `${time}-${author.replaceAll(/[^A-Za-z0-9._-]+/g, '_').slice(0, 64)}`;
}

function parseEntry(name: string): HistoryEntry | undefined {
  const match = entryPattern.exec(name);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second, ms] = match.slice(1, 8).map(Number) as [
    ...[number, number, number, number, number, number, number],
  ];
  return { id: name, timeMs: Date.UTC(year, month - 1, day, hour, minute, second, ms), author: match[8] ?? '' };
}

function readFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  }
}
