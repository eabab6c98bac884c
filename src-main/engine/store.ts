/**
 * Definitions on disk: one file an object, `NAME.xml`, written whole; a symbolic link in `autostart/` for each that starts
 * by itself. A file that can't be used is named in `problems` and never written over.
 *
 * A definition is durable by its record in the history's `journal`, its file a moment later: with one flush of a file that does not
 * grow instead of two that make a file. A crash between is made good from the records when the store is loaded.
 */
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { VirError } from '../../src-shared/errors.ts';
import { say, type Sentence } from '../../src-shared/words.ts';
import {
  FolderSync,
  readIfThere,
  removeIfThere,
  syncFileIfThere,
  syncFolder,
  temporaryFilePattern,
  writeWhole,
} from '../host/files.ts';
import type { HistoryEntry } from './driver.ts';
import { DefinitionHistory, type HistoryOptions } from './history.ts';
import { Journal } from './journal.ts';
import { recover } from './store-recovery.ts';

export interface StoreFolders {
  /** `config/<driver>`. */
  readonly definitions: string;
  /** `state/history/<driver>`. */
  readonly history: string;
}

/** What identifies the object inside a file. */
export interface Identity {
  readonly name: string;
  readonly uuid: string;
}

export interface StoredDefinition<T> {
  readonly value: T;
  readonly autostart: boolean;
}

/** A file that is left alone, and why. */
export interface StoreProblem {
  readonly path: string;
  readonly cause: string;
}

/** How a file looked when it was last read or written, to notice that somebody else changed it. */
interface Stamp {
  readonly inode: number;
  readonly modifiedMs: number;
  readonly size: number;
}

/** How long changes are collected before their files are flushed. */
const settleDelayMs = 500;
/** What a file system takes, less the ending. */
const longestNameBytes = 255 - '.xml'.length;
/** Author of a definition that was found on disk, changed by somebody else. */
const byHand = 'edited-file';

export class DefinitionStore {
  readonly history: DefinitionHistory;
  readonly #folder: string;
  readonly #autostartFolder: string;
  readonly #ours = new Map<string, Stamp>();
  readonly #autostartSync: FolderSync;
  readonly #journal: Journal;
  /** Names whose file may be lost in a power cut, with a number of the writing. */
  readonly #unsettled = new Map<string, number>();
  readonly #underWay = new Set<Promise<unknown>>();
  #serial = 0;
  #isChanged = false;
  #settling: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #makingRoom: Promise<void> | undefined;
  #problems: StoreProblem[] = [];

  constructor(folders: StoreFolders, options: HistoryOptions = {}) {
    this.#folder = folders.definitions;
    this.#autostartFolder = join(folders.definitions, 'autostart');
    this.history = new DefinitionHistory(folders.history, options);
    this.#autostartSync = new FolderSync(this.#autostartFolder, (error) => this.#failed(this.#autostartFolder, error));
    this.#journal = new Journal(join(folders.history, 'journal'));
  }

  /** Resolves when everything written before would survive a power cut, by the files themselves. */
  async settled(): Promise<void> {
    await Promise.all([this.#settle(), this.#autostartSync.settled()]);
    if (this.#journal.isEmpty) this.#journal.close();
  }

  get problems(): readonly StoreProblem[] {
    return this.#problems;
  }

  /** Reads everything. `read` throws for what it can't use; of two files with one UUID the newer counts. */
  load<T extends Identity>(read: (xml: string) => T): StoredDefinition<T>[] {
    mkdirSync(this.#autostartFolder, { recursive: true, mode: 0o700 });
    this.#ours.clear();
    this.#problems = [];
    this.#recover((xml) => read(xml).name);
    const autostart = new Set(readdirSync(this.#autostartFolder));
    const found = new Map<string, { path: string; stamp: Stamp; definition: StoredDefinition<T> }>();
    for (const file of readdirSync(this.#folder).sort()) {
      const path = join(this.#folder, file);
      if (temporaryFilePattern.test(file)) removeIfThere(path);
      if (!file.endsWith('.xml')) continue;
      const value = this.#readOne(path, read);
      if (value === undefined) continue;
      const stamp = stampOf(path);
      if (stamp === undefined) continue;
      const entry = { path, stamp, definition: { value, autostart: autostart.has(file) && this.#isLink(file) } };
      const other = found.get(value.uuid);
      const newer = other === undefined || other.stamp.modifiedMs <= stamp.modifiedMs;
      if (other !== undefined) {
        const [kept, left] = newer ? [path, other.path] : [other.path, path];
        this.#problem(left, `It has the same UUID as the newer '${basename(kept)}'.`);
      }
      if (newer) found.set(value.uuid, entry);
    }
    for (const { stamp, definition } of found.values()) this.#ours.set(definition.value.name, stamp);
    return [...found.values()].map((entry) => entry.definition);
  }

  /**
   * Stores a definition and keeps it in the history.
   * @throws VirError `operation-failed` when a file that is not ours has the name; `write-failed` when the disk refuses.
   */
  async write(identity: Identity, xml: string, author: string): Promise<void> {
    const path = this.#path(identity.name);
    while (this.#makingRoom !== undefined || !this.#journal.hasRoomFor(xml)) await this.#makeRoom(path);
    const writing = this.#write(identity, path, xml, author);
    this.#underWay.add(writing);
    try {
      await writing;
    } finally {
      this.#underWay.delete(writing);
      this.#soon();
    }
  }

  async #write({ name, uuid }: Identity, path: string, xml: string, author: string): Promise<void> {
    const isOurs = this.#ours.has(name) && this.#keepForeignEdit({ name, uuid }, path);
    if (!isOurs && stampOf(path) !== undefined) throw this.#occupied(path);
    let kept: HistoryEntry | undefined;
    try {
      await writeWhole(path, xml, {
        exclusive: !isOurs,
        keep: async () => {
          const durable = this.#journal.append({ name, uuid, timeMs: Date.now(), text: xml });
          kept = this.#keep(uuid, author, xml);
          await durable;
        },
      });
    } catch (thrown) {
      if (kept !== undefined) this.history.takeBack(uuid, kept.id);
      this.#journalAsItIs({ name, uuid }, path);
      if (!isOurs && (thrown as NodeJS.ErrnoException).code === 'EEXIST') throw this.#occupied(path);
      throw cannot('write-failed', say`The definition '${path}' can't be written.`, thrown);
    }
    this.#unsettled.set(name, (this.#serial += 1));
    const stamp = stampOf(path);
    if (stamp !== undefined) this.#ours.set(name, stamp);
  }

  /** Removes a definition and its autostart link. */
  remove(identity: Identity): void {
    const path = this.#path(identity.name);
    if (!this.#ours.has(identity.name)) return;
    this.#keepForeignEdit(identity, path);
    removeIfThere(this.#link(identity.name));
    removeIfThere(path);
    this.#ours.delete(identity.name);
    this.#unsettled.delete(identity.name);
    if (!this.#journal.isEmpty) this.#journal.note({ name: identity.name, uuid: identity.uuid, timeMs: Date.now() });
    this.#soon();
  }

  /** Stores the definition under its new name, then removes the old file: a crash between leaves both, not neither. */
  async rename(from: Identity, to: Identity, xml: string, autostart: boolean, author: string): Promise<void> {
    await this.write(to, xml, author);
    if (autostart) this.setAutostart(to.name, true);
    this.remove(from);
  }

  setAutostart(name: string, autostart: boolean): void {
    const link = this.#link(name);
    try {
      removeIfThere(link);
      if (autostart) symlinkSync(`../${name}.xml`, link);
      this.#autostartSync.soon();
    } catch (thrown) {
      throw cannot('system-error', say`The autostart link '${link}' can't be changed.`, thrown);
    }
  }

  /** What the journal said of it before no longer counts. */
  #journalAsItIs({ name, uuid }: Identity, path: string): void {
    if (this.#journal.isEmpty) return;
    const text = readIfThere(path);
    this.#journal.note({ name, uuid, timeMs: Date.now(), ...(text === undefined ? {} : { text }) });
  }

  #soon(): void {
    this.#isChanged = true;
    this.#timer ??= setTimeout(() => {
      this.#settle().catch((error: unknown) => this.#failed(this.#folder, error));
    }, settleDelayMs);
  }

  /** Makes the files themselves durable; then the journal is no longer needed. */
  async #settle(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const before = this.#settling;
    const now = before === undefined ? this.#settleNow() : before.then(() => this.#settleNow());
    this.#settling = now.catch(() => undefined);
    await now;
  }

  async #settleNow(): Promise<void> {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    for (const [name, serial] of [...this.#unsettled]) {
      await syncFileIfThere(this.#path(name));
      if (this.#unsettled.get(name) === serial) this.#unsettled.delete(name);
    }
    await syncFolder(this.#folder);
    if (this.#unsettled.size > 0 || this.#underWay.size > 0) this.#soon();
    else await this.#journal.reset();
  }

  /** Nothing is begun while the journal is emptied. */
  async #makeRoom(path: string): Promise<void> {
    this.#makingRoom ??= Promise.allSettled(this.#underWay)
      .then(() => this.#settle())
      .finally(() => {
        this.#makingRoom = undefined;
      });
    try {
      await this.#makingRoom;
    } catch (thrown) {
      throw cannot('write-failed', say`The definition '${path}' can't be written.`, thrown);
    }
  }

  #recover(nameIn: (xml: string) => string): void {
    const torn = recover(this.#journal, {
      pathOf: (name) => this.#path(name),
      nameIn,
      keep: (uuid, xml) => this.#keep(uuid, byHand, xml),
    });
    if (torn !== undefined) this.#problem(torn, 'Its last record is not whole; that change was never answered.');
  }

  #failed(path: string, error: unknown): void {
    this.#problem(path, error instanceof Error ? error.message : String(error));
  }

  #readOne<T extends Identity>(path: string, read: (xml: string) => T): T | undefined {
    const name = basename(path, '.xml');
    try {
      const value = read(readFileSync(path, 'utf8'));
      if (value.name === name) return value;
      this.#problem(path, `It defines '${value.name}', which belongs in '${value.name}.xml'.`);
    } catch (thrown) {
      this.#problem(path, thrown instanceof Error ? thrown.message : String(thrown));
    }
    return undefined;
  }

  /** A link of ours leads to the definition it is named after; anything else in the folder is not touched. */
  #isLink(file: string): boolean {
    const path = join(this.#autostartFolder, file);
    if (!lstatSync(path).isSymbolicLink()) {
      this.#problem(path, 'It is not a link to a definition.');
      return false;
    }
    const target = readlinkSync(path);
    return target === `../${file}` || target === join(this.#folder, file);
  }

  /**
   * What somebody else wrote into our file is kept in the history before it is replaced.
   * @returns whether there is a file to replace.
   */
  #keepForeignEdit(identity: Identity, path: string): boolean {
    const now = stampOf(path);
    if (now === undefined) return false;
    const before = this.#ours.get(identity.name);
    const same =
      before !== undefined &&
      before.inode === now.inode &&
      before.modifiedMs === now.modifiedMs &&
      before.size === now.size;
    if (!same) this.#keep(identity.uuid, byHand, readFileSync(path, 'utf8'));
    return true;
  }

  /** The definition itself is stored; that its copy could not be kept is told, not held against it. */
  #keep(uuid: string, author: string, xml: string): HistoryEntry | undefined {
    try {
      return this.history.add(uuid, author, xml);
    } catch (thrown) {
      const { path } = thrown as NodeJS.ErrnoException;
      this.#problem(path ?? uuid, thrown instanceof Error ? thrown.message : String(thrown));
      return undefined;
    }
  }

  #problem(path: string, cause: string): void {
    this.#problems.push({ path, cause });
  }

  #path(name: string): string {
    if (Buffer.byteLength(name) > longestNameBytes) {
      throw new VirError({
        code: 'operation-failed',
        domain: 'none',
        message: say`The name '${name.slice(0, 40)}…' is too long.`,
        cause: say`It has ${Buffer.byteLength(name)} bytes; a file can have ${longestNameBytes}.`,
        fix: say`Choose a shorter name and keep the rest in the title.`,
      });
    }
    return join(this.#folder, `${name}.xml`);
  }

  #link(name: string): string {
    return join(this.#autostartFolder, `${name}.xml`);
  }

  #occupied(path: string): VirError {
    const known = this.#problems.find((problem) => problem.path === path);
    return new VirError({
      code: 'operation-failed',
      domain: 'none',
      message: say`The file '${path}' is in the way.`,
      cause: known?.cause ?? say`It was put there by somebody else and is left alone.`,
      fix: say`Move it away, or repair it and start the engine again.`,
    });
  }
}

function stampOf(path: string): Stamp | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : { inode: found.ino, modifiedMs: found.mtimeMs, size: found.size };
}

function cannot(code: 'write-failed' | 'system-error', message: Sentence, thrown: unknown): VirError {
  if (thrown instanceof VirError) return thrown;
  return new VirError(
    { code, domain: 'none', message, cause: thrown instanceof Error ? thrown.message : String(thrown) },
    { cause: thrown },
  );
}
