/** Every definition that was ever stored, by object and time, so that it can be looked at and restored. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VirError } from '../../src-shared/errors.ts';
import { say } from '../../src-shared/words.ts';
import { removeIfThere } from '../host/files.ts';
import type { HistoryEntry } from './driver.ts';

/** One entry's file: `20260102T030405.678Z-author.xml`; names sort by time. */
const entryPattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.(\d{3})Z-([A-Za-z0-9._-]*)$/;
const uuidPattern = /^[0-9a-f-]{36}$/;
const defaultLimit = 50;

export interface HistoryOptions {
  /** Entries kept of one object; the oldest go first. */
  readonly limit?: number;
  readonly now?: () => number;
}

export class DefinitionHistory {
  readonly #folder: string;
  readonly #limit: number;
  readonly #now: () => number;
  /** Entry names of the objects written to since the start, oldest first. */
  readonly #known = new Map<string, string[]>();

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
    const folder = this.#folderOf(uuid);
    let names = this.#known.get(uuid);
    if (names === undefined) {
      const isNew = mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined;
      names = isNew ? [] : this.#names(folder);
      this.#known.set(uuid, names);
    }
    // Two defines in one millisecond still have an order, and so have those around a clock that was set back.
    const newest = parseEntry(names.at(-1) ?? '')?.timeMs ?? 0;
    const name = entryName(Math.max(this.#now(), newest + 1), author);
    writeFileSync(join(folder, `${name}.xml`), xml, { flag: 'wx', mode: 0o600 });
    names.push(name);
    while (names.length > this.#limit) removeIfThere(join(folder, `${names.shift()}.xml`));
    return parseEntry(name) as HistoryEntry;
  }

  /** Removes the newest entry again: its definition could not be stored. */
  takeBack(uuid: string, id: string): void {
    const names = this.#known.get(uuid);
    if (names?.at(-1) === id) names.pop();
    removeIfThere(join(this.#folderOf(uuid), `${id}.xml`));
  }

  /** Newest first. */
  list(uuid: string): readonly HistoryEntry[] {
    return this.#names(this.#folderOf(uuid))
      .reverse()
      .flatMap((name) => parseEntry(name) ?? []);
  }

  /** @throws VirError `invalid-arg` when there is no such entry. */
  read(uuid: string, id: string): string {
    try {
      if (parseEntry(id) !== undefined) return readFileSync(join(this.#folderOf(uuid), `${id}.xml`), 'utf8');
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    }
    throw new VirError({
      code: 'invalid-arg',
      domain: 'none',
      message: say`There is no earlier definition '${id}' of ${uuid}.`,
      fix: say`List the earlier definitions again: old ones are removed when there are many.`,
    });
  }

  /** Removes the history of objects that are no longer defined and were last changed before `beforeMs`. */
  forgetAbandoned(defined: ReadonlySet<string>, beforeMs: number): void {
    for (const uuid of readFolder(this.#folder)) {
      if (!uuidPattern.test(uuid) || defined.has(uuid)) continue;
      const folder = join(this.#folder, uuid);
      if (statSync(folder).mtimeMs < beforeMs) rmSync(folder, { recursive: true });
    }
  }

  #folderOf(uuid: string): string {
    if (!uuidPattern.test(uuid)) throw new TypeError(`'${uuid}' is not a UUID`);
    return join(this.#folder, uuid);
  }

  #names(folder: string): string[] {
    return readFolder(folder)
      .flatMap((file) =>
        file.endsWith('.xml') && parseEntry(file.slice(0, -4)) !== undefined ? file.slice(0, -4) : [],
      )
      .sort();
  }
}

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
