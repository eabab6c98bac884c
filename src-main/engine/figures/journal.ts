/**
 * Figures on disk: averages of ten seconds as JSON lines, appended to a file an hour, so that a crash loses seconds and
 * old hours go as whole files. Hours older than the last two are made averages of a minute. What is finer than ten
 * seconds is written when the engine ends in order. A line that is torn is skipped.
 */
import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere, removeIfThere, writeWhole } from '../../host/files.ts';
import { type Figures, metrics } from './series.ts';

const hourMs = 60 * 60 * 1000;
const minuteMs = 60 * 1000;
const keptHours = 25;
/** Hours that keep their ten seconds' resolution. */
const fineHours = 2;
const recentFile = 'recent.jsonl';
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
    const recent = parseLines(readIfThere(join(this.#folder, recentFile)) ?? '');
    const [since, until] = [recent[0]?.timeMs ?? Number.POSITIVE_INFINITY, recent.at(-1)?.timeMs ?? 0];
    const before: JournalLine[] = [];
    const after: JournalLine[] = [];
    for (const hour of await this.#hours()) {
      if (hour <= Math.floor(nowMs / hourMs) - keptHours) continue;
      for (const line of parseLines(await readFile(this.#path(hour), 'utf8'))) {
        // The minutes before the last orderly end are there in seconds: those are the better ones.
        if (line.timeMs < since) before.push(line);
        else if (line.timeMs > until) after.push(line);
      }
    }
    return [...before, ...recent, ...after];
  }

  /** Keeps the finest figures for the next start, in order of time. */
  async keepRecent(lines: readonly JournalLine[]): Promise<void> {
    const path = join(this.#folder, recentFile);
    if (lines.length === 0) {
      removeIfThere(path);
      return;
    }
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeWhole(path, lines.map((line) => `${lineOf(line)}\n`).join(''));
  }

  add(line: JournalLine): void {
    this.#pending.push(lineOf(line));
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
      for (const old of await this.#hours()) {
        if (old <= hour - keptHours) await rm(this.#path(old), { force: true });
        else if (old <= hour - fineHours) await this.#coarsen(old);
      }
      this.#hour = hour;
    }
    await appendFile(this.#path(hour), text, { mode: 0o600 });
  }

  /** Makes an hour's figures averages of a minute. */
  async #coarsen(hour: number): Promise<void> {
    const lines = parseLines(await readFile(this.#path(hour), 'utf8'));
    const minutes = averages(lines);
    if (minutes.length < lines.length) {
      await writeWhole(this.#path(hour), minutes.map((line) => `${lineOf(line)}\n`).join(''));
    }
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

const lineOf = ({ timeMs, subject, figures }: JournalLine): string =>
  JSON.stringify([timeMs, subject, ...metrics.map((metric) => round(figures[metric]))]);

function averages(lines: readonly JournalLine[]): readonly JournalLine[] {
  const groups = new Map<string, JournalLine[]>();
  for (const line of lines) {
    const key = `${Math.floor(line.timeMs / minuteMs)} ${line.subject}`;
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()].map((group) => {
    const figures: Figures = {};
    for (const metric of metrics) {
      const values = group.map((line) => line.figures[metric]).filter((value) => value !== undefined);
      if (values.length > 0) figures[metric] = values.reduce((sum, value) => sum + value, 0) / values.length;
    }
    const [first] = group as [JournalLine, ...JournalLine[]];
    return { timeMs: first.timeMs, subject: first.subject, figures };
  });
}

const parseLines = (text: string): readonly JournalLine[] => text.split('\n').flatMap((line) => parseLine(line) ?? []);

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
