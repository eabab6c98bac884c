/** Figures of ours beside the peer's of the same minutes, as a table and as a file. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { dirname } from 'node:path';

export interface Row {
  readonly measure: string;
  readonly unit: string;
  readonly ours: number;
  /** Absent where the goal is absolute. */
  readonly peer?: number;
  /** What the peer is, when the section's does not say. */
  readonly against?: string;
  /** The ratio, or (without a peer) the figure that must not be exceeded; `atLeast` turns it round. Absent: for context. */
  readonly goal?: number;
  readonly atLeast?: boolean;
}

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** The middle one: a single disturbance does not move it. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export async function timeMs(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const ratioOf = (row: Row): number => (row.peer === undefined ? row.ours : row.ours / row.peer);

/** Undefined where there is no goal. */
export function isMet(row: Row): boolean | undefined {
  if (row.goal === undefined) return undefined;
  return row.atLeast === true ? ratioOf(row) >= row.goal : ratioOf(row) <= row.goal;
}

const figure = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));

export function formatSection({ title, rows }: Section): string {
  const header = ['', 'ours', 'peer', 'ratio', 'goal', ''];
  const cells = rows.map((row) => [
    `${row.measure} (${row.unit})`,
    figure(row.ours),
    row.peer === undefined ? '–' : figure(row.peer),
    row.peer === undefined ? '–' : figure(ratioOf(row)),
    row.goal === undefined ? '–' : `${row.atLeast === true ? '≥' : '≤'} ${row.goal}`,
    { true: 'met', false: 'NOT met', undefined: '' }[String(isMet(row))] ?? '',
  ]);
  const widths = header.map((_, column) => Math.max(...[header, ...cells].map((line) => (line[column] ?? '').length)));
  const lines = [header, ...cells].map((line) =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
  return `${title}\n${lines.join('\n')}\n`;
}

function machine(): string {
  const [cpu] = cpus();
  const load = readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');
  return `${cpus().length} × ${cpu?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, load ${load}`;
}

/** Writes what was measured, with the machine, where others can compare it. */
export function save(path: string, sections: readonly Section[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const content = {
    date: new Date().toISOString(),
    machine: machine(),
    sections: sections.map(({ title, rows }) => ({
      title,
      rows: rows.map((row) => ({ ...row, ratio: row.peer === undefined ? undefined : ratioOf(row), met: isMet(row) })),
    })),
  };
  writeFileSync(path, `${JSON.stringify(content, undefined, 2)}\n`);
}
