import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FiguresJournal } from '../../../../../src-main/engine/figures/journal.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viv-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const hour = 3_600_000;

test('what was flushed is there for the next engine, blanks included', async () => {
  const journal = new FiguresJournal(folder);
  journal.add({ timeMs: 10 * hour, subject: 'host', figures: { cpu: 0.25, networkRx: 1234567 } });
  journal.add({ timeMs: 10 * hour + 1, subject: 'a', figures: {} });
  await journal.flush(10 * hour);
  expect(await new FiguresJournal(folder).load(10 * hour)).toEqual([
    { timeMs: 10 * hour, subject: 'host', figures: { cpu: 0.25, networkRx: 1235000 } },
    { timeMs: 10 * hour + 1, subject: 'a', figures: {} },
  ]);
});

test('a torn line is skipped', async () => {
  const journal = new FiguresJournal(folder);
  journal.add({ timeMs: 1, subject: 'host', figures: { cpu: 1 } });
  await journal.flush(1);
  await appendFile(join(folder, '0.jsonl'), '[2,"host",0.');
  expect(await new FiguresJournal(folder).load(1)).toHaveLength(1);
});

test('files of hours long gone are removed', async () => {
  const journal = new FiguresJournal(folder);
  for (const at of [1, 2, 30]) {
    journal.add({ timeMs: at * hour, subject: 'host', figures: { cpu: 1 } });
    await journal.flush(at * hour);
  }
  expect(await readdir(folder)).toEqual(['30.jsonl']);
});
