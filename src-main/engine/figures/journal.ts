/**
 * Figures on disk: JSON lines appended to a file an hour, so that a crash loses seconds and old hours go as whole files.
 * A line that is torn is skipped.
 */
import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Figures, metrics } from './series.ts';

const hourMs = 60 * 60 * 1000;
const keptHours = 25;
const filePattern = /^(\d+)\.jsonl$/;

export interface JournalLine {
  readonly timeMs: number;
  /** A domain's UUID, or `host`. */
  readonly subject: string;
  readonly figures: Figures;
}

export class FiguresJournal {
  readonly #folder: string;
  #pending: string[] = [];
  #writing: Promise<void> = Promise.resolve();
  #hour = -1;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Everything kept, oldest first. */
  async load(nowMs: number): Promise<readonly JournalLine[]> {
    const lines: JournalLine[] = [];
    for (const hour of await this.#hours()) {
      if (hour <= Math.floor(nowMs / hourMs) - keptHours) continue;
      for (const text of (await readFile(this.#path(hour), 'utf8')).split('\n')) {
        const line = parseLine(text);
        if (line !== undefined) lines.push(line);
      }
    }
    return lines;
  }

  add({ timeMs, subject, figures }: JournalLine): void {
    this.#pending.push(JSON.stringify([timeMs, subject, ...metrics.map((metric) => round(figures[metric]))]));
  }

  /** Writes what was added since the last time. */
  async flush(nowMs: number): Promise<void> {
    const text = this.#pending.map((line) => `${line}\n`).join('');
    this.#pending = [];
    if (text === '') return;
    const hour = Math.floor(nowMs / hourMs);
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#append(hour, text));
    await this.#writing;
  }

  async #append(hour: number, text: string): Promise<void> {
    if (hour !== this.#hour) {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      for (const old of await this.#hours()) if (old <= hour - keptHours) await rm(this.#path(old), { force: true });
      this.#hour = hour;
    }
    await appendFile(this.#path(hour), text, { mode: 0o600 });
  }

  async #hours(): Promise<readonly number[]> {
    const names = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return names
      .map((name) => filePattern.exec(name)?.[1])
      .filter((hour) => hour !== undefined)
      .map(Number)
      .sort((a, b) => a - b);
  }

  #path(hour: number): string {
    return join(this.#folder, `${hour}.jsonl`);
  }
}

/** Four digits are more than a graph shows. */
const round = (value: number | undefined): number | null => (value === undefined ? null : Number(value.toPrecision(4)));

function parseLine(text: string): JournalLine | undefined {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(values)) return undefined;
  const [timeMs, subject, ...numbers] = values as unknown[];
  if (typeof timeMs !== 'number' || typeof subject !== 'string') return undefined;
  const figures: Figures = {};
  for (const [index, metric] of metrics.entries()) {
    const value = numbers[index];
    if (typeof value === 'number') figures[metric] = value;
  }
  return { timeMs, subject, figures };
}
