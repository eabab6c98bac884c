/** Files written whole or not at all, and folders that only their owner may enter. */
import {
  closeSync,
  constants,
  fsync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { VirError } from '../../src-shared/errors.ts';
import { say, type Sentence } from '../../src-shared/words.ts';

const fsyncAsync = promisify(fsync);
let serial = 0;

/** How a file under work is called, in the folder of the one it will replace; left-overs of a crash are known by it. */
export const temporaryFilePattern = /^\.[0-9]+-[0-9]+\.new$/;

export interface WriteOptions {
  /** 0600 unless told. */
  readonly mode?: number;
  /** Refuse with EEXIST instead of replacing; also against another process at the same moment. */
  readonly exclusive?: boolean;
  /** Made anew after a power cut, so that nothing waits for the disk. */
  readonly isTransient?: true;
  /** Makes the content durable elsewhere, before it is in its place; without it, file and folder are flushed. */
  readonly keep?: () => Promise<void>;
}

/**
 * Replaces a file's content: a reader, or a crash at any moment, meets the old or the new content, never a mixture.
 * Resolves when it would survive a power cut.
 *
 * Only flushing waits for the disk, so only that leaves this thread.
 */
export async function writeWhole(path: string, data: string | Uint8Array, options: WriteOptions = {}): Promise<void> {
  const temporary = join(dirname(path), `.${process.pid}-${(serial += 1)}.new`);
  const file = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, options.mode ?? 0o600);
  try {
    try {
      writeAll(file, typeof data === 'string' ? Buffer.from(data) : data);
      if (options.keep !== undefined) await options.keep();
      else if (options.isTransient !== true) await fsyncAsync(file);
    } finally {
      closeSync(file);
    }
    if (options.exclusive === true) linkInPlace(temporary, path);
    else renameSync(temporary, path);
  } catch (thrown) {
    removeIfThere(temporary);
    throw thrown;
  }
  if (options.isTransient === true || options.keep !== undefined) return;
  await syncFolder(dirname(path));
}

/**
 * How long changes of a folder are collected before it is flushed: while that is under way, whatever else changes the
 * folder waits for the disk too.
 */
const folderSyncDelayMs = 500;

/**
 * Flushes one folder soon after changes in it, once for however many came meanwhile. Until then a power cut may bring
 * the former file back, whole as it was: enough where speed counts and both states are right.
 */
export class FolderSync {
  readonly #path: string;
  readonly #onError: (error: unknown) => void;
  #running: Promise<void> | undefined;
  #wanted = false;
  #hurry: () => void = () => undefined;

  constructor(path: string, onError: (error: unknown) => void) {
    this.#path = path;
    this.#onError = onError;
  }

  soon(): void {
    this.#wanted = true;
    this.#running ??= this.#run();
  }

  /** Resolves when everything that was changed before is durable. */
  async settled(): Promise<void> {
    this.#hurry();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#wanted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, folderSyncDelayMs);
        this.#hurry = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wanted = false;
      try {
        await syncFolder(this.#path);
      } catch (thrown) {
        this.#onError(thrown);
      }
    }
    this.#running = undefined;
  }
}

/** Makes what was created, renamed or removed in a folder survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  await flushed(openSync(path, constants.O_RDONLY | constants.O_DIRECTORY));
}

/** Makes a file's content survive a power cut; one that is gone needs nothing. */
export async function syncFileIfThere(path: string): Promise<void> {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw thrown;
  }
  await flushed(file);
}

async function flushed(file: number): Promise<void> {
  try {
    await fsyncAsync(file);
  } finally {
    closeSync(file);
  }
}

/** The file's text, or undefined when there is none. */
export function readIfThere(path: string): string | undefined {
  return readBytesIfThere(path)?.toString();
}

export function readBytesIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

/** @returns whether there was one. */
export function removeIfThere(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw thrown;
  }
}

/**
 * Makes a folder that only we can enter, with its parents.
 * @throws VirError `system-error` when it is a link, somebody else's, or not a folder: in a shared place such as /tmp
 * another user may have made it first.
 */
export async function privateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const found = await lstat(path);
  const refuse = (cause: Sentence): never => {
    throw new VirError({
      code: 'system-error',
      domain: 'none',
      message: say`The folder '${path}' can't be used.`,
      cause,
      fix: say`Remove it, or name another place.`,
    });
  };
  if (!found.isDirectory()) refuse(found.isSymbolicLink() ? say`It is a symbolic link.` : say`It is not a folder.`);
  if (process.getuid !== undefined && found.uid !== process.getuid()) refuse(say`It belongs to user ${found.uid}.`);
  if ((found.mode & 0o077) !== 0) await chmod(path, 0o700);
}

function writeAll(file: number, data: Uint8Array): void {
  for (let done = 0; done < data.length; ) done += writeSync(file, data, done);
}

function linkInPlace(from: string, to: string): void {
  linkSync(from, to);
  unlinkSync(from);
}
