/**
 * The log of a guest's runs: what was started and how it ended, and everything its QEMU complained between. QEMU writes
 * into the file itself, so it goes on when this engine is gone.
 */
import { appendFileSync, closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** When a run begins and the log is longer, it is put aside; so many are kept. */
const rotateAtBytes = 2 * 1024 * 1024;
const keptLogs = 3;

export class GuestLog {
  readonly path: string;

  constructor(folder: string, name: string) {
    this.path = join(folder, `${name}.log`);
  }

  /** Begins the log of a run. @returns where it begins in the file. */
  begin(argv: readonly string[]): number {
    this.#rotate();
    this.note(`starting up\n${argv.map(shellWord).join(' ')}`);
    return this.#size();
  }

  note(text: string): void {
    appendFileSync(this.path, `${new Date().toISOString().replace('T', ' ').slice(0, 23)}+0000: ${text}\n`, {
      mode: 0o600,
    });
  }

  /** The end of the log, whole lines. */
  tail(bytes: number, notBefore = 0): string {
    let file: number;
    try {
      file = openSync(this.path, 'r');
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw thrown;
    }
    try {
      const { size } = fstatSync(file);
      const from = Math.max(size - bytes, Math.min(notBefore, size));
      const buffer = Buffer.alloc(size - from);
      const read = readSync(file, buffer, 0, buffer.length, from);
      const text = buffer.subarray(0, read).toString('utf8');
      return from === 0 || from === notBefore ? text : text.slice(text.indexOf('\n') + 1);
    } finally {
      closeSync(file);
    }
  }

  #rotate(): void {
    if (this.#size() < rotateAtBytes) return;
    for (let number = keptLogs - 1; number > 0; number -= 1) {
      const from = number === 1 ? this.path : `${this.path}.${number - 1}`;
      if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, `${this.path}.${number}`);
    }
  }

  #size(): number {
    return statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }
}

/** So that a person can run the line again. */
const shellWord = (word: string): string =>
  /^[A-Za-z0-9_./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
