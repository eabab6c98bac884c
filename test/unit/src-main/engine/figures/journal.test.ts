import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FiguresJournal } from '../../../../../src-main/engine/figures/journal.ts';

const hour = 3_600_000;
const start = 480_000 * hour;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what was written is read back in order, a torn line excepted', async () => {
  const journal = new FiguresJournal(folder);
  journal.add({ timeMs: start, subject: 'host', figures: { cpu: 0.123456 } });
  journal.add({ timeMs: start + 10_000, subject: 'a', figures: { memory: 7 } });
  await journal.flush(start);
  appendFileSync(join(folder, `${start / hour}.jsonl`), '[1,"a"');
  expect(await new FiguresJournal(folder).load(start + 20_000)).toEqual([
    { timeMs: start, subject: 'host', figures: { cpu: 0.1235 } },
    { timeMs: start + 10_000, subject: 'a', figures: { memory: 7 } },
  ]);
});

test('hours gone by become minutes, and those of more than a day go', async () => {
  const journal = new FiguresJournal(folder);
  for (let past = 0; past < 28; past += 1) {
    const at = start + past * hour;
    for (let ten = 0; ten < 12; ten += 1)
      journal.add({ timeMs: at + ten * 10_000, subject: 'a', figures: { cpu: ten } });
    await journal.flush(at);
  }
  const files = readdirSync(folder).map((name) => Number.parseInt(name, 10) - start / hour);
  expect(Math.min(...files)).toBe(3);
  const lines = (past: number): string[] =>
    readFileSync(join(folder, `${start / hour + past}.jsonl`), 'utf8')
      .trim()
      .split('\n');
  expect(lines(27)).toHaveLength(12);
  expect(lines(26)).toHaveLength(12);
  expect(lines(25)).toEqual([
    `[${start + 25 * hour},"a",2.5,null,null,null,null,null]`,
    `[${start + 25 * hour + 60_000},"a",8.5,null,null,null,null,null]`,
  ]);
});

test('the seconds before an orderly end replace the averages of that time, and nothing after it', async () => {
  const journal = new FiguresJournal(folder);
  for (const second of [0, 10, 20, 30, 40])
    journal.add({ timeMs: start + second * 1000, subject: 'a', figures: { cpu: second } });
  await journal.flush(start);
  const seconds = [15, 16, 20, 25].map((second) => ({
    timeMs: start + second * 1000,
    subject: 'a',
    figures: { cpu: second },
  }));
  await journal.keepRecent(seconds);
  const times = (await journal.load(start + 60_000)).map(({ timeMs }) => (timeMs - start) / 1000);
  expect(times).toEqual([0, 10, 15, 16, 20, 25, 30, 40]);
  await journal.keepRecent([]);
  expect(await journal.load(start + 60_000)).toHaveLength(5);
});
