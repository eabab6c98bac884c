import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DefinitionHistory } from '../../../../src-main/engine/history.ts';

const uuid = '11111111-2222-3333-4444-555555555501';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-history-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the history of definitions', () => {
  it('lists newest first with author and time, and gives each back', () => {
    let clock = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    const history = new DefinitionHistory(folder, { now: () => (clock += 1000) });
    history.add(uuid, 'virsh', '<one/>');
    history.add(uuid, 'the window', '<two/>');
    const [newest, oldest] = history.list(uuid);
    expect(newest).toEqual({
      id: '20260102T030407.678Z-the_window',
      timeMs: Date.UTC(2026, 0, 2, 3, 4, 7, 678),
      author: 'the_window',
    });
    expect(history.read(uuid, newest?.id ?? '')).toBe('<two/>');
    expect(history.read(uuid, oldest?.id ?? '')).toBe('<one/>');
  });

  it('keeps the order of defines within one millisecond', () => {
    const history = new DefinitionHistory(folder, { now: () => 1_000_000 });
    for (const xml of ['<a/>', '<b/>', '<c/>']) history.add(uuid, 'test', xml);
    expect(history.list(uuid).map((entry) => history.read(uuid, entry.id))).toEqual(['<c/>', '<b/>', '<a/>']);
  });

  it('forgets what could not be stored', () => {
    const history = new DefinitionHistory(folder);
    history.add(uuid, 'test', '<a/>');
    history.takeBack(uuid, history.add(uuid, 'test', '<b/>').id);
    expect(history.list(uuid).map((entry) => history.read(uuid, entry.id))).toEqual(['<a/>']);
  });

  it('keeps no more than its limit, also of what was there before', () => {
    const first = new DefinitionHistory(folder, { limit: 3 });
    for (const xml of ['<a/>', '<b/>', '<c/>']) first.add(uuid, 'test', xml);
    const second = new DefinitionHistory(folder, { limit: 3 });
    second.add(uuid, 'test', '<d/>');
    expect(second.list(uuid).map((entry) => second.read(uuid, entry.id))).toEqual(['<d/>', '<c/>', '<b/>']);
  });

  it('goes on after what a power cut left of an entry', () => {
    const first = new DefinitionHistory(folder);
    first.add(uuid, 'test', '<a/>');
    first.add(uuid, 'test', `<b>${'x'.repeat(100)}</b>`);
    const path = join(folder, `${uuid}.history`);
    truncateSync(path, statSync(path).size - 40);
    const second = new DefinitionHistory(folder);
    const texts = (): string[] => second.list(uuid).map((entry) => second.read(uuid, entry.id));
    expect(texts()).toEqual(['<a/>']);
    second.add(uuid, 'test', '<c/>');
    expect(texts()).toEqual(['<c/>', '<a/>']);
    expect(readFileSync(path, 'utf8')).not.toContain('x');
  });

  it('keeps any text as it was, and does not grow for ever', () => {
    const history = new DefinitionHistory(folder, { limit: 3 });
    const text = `<!-- definition 20260102T030405.678Z-a 4 -->\n<ä title='日本'/>\n\n`;
    for (let round = 0; round < 50; round += 1) history.add(uuid, 'test', `${text}${round}`);
    expect(history.list(uuid).map((entry) => history.read(uuid, entry.id))).toEqual(
      [49, 48, 47].map((round) => `${text}${round}`),
    );
    expect(statSync(join(folder, `${uuid}.history`)).size).toBeLessThan(8 * 150);
    expect(readdirSync(folder)).toEqual([`${uuid}.history`]);
  });

  it.each(['../../../etc/passwd', 'x', '20260102T030405.678Z-a/../../b', '20260102T030405.678Z-gone'])(
    'has no entry %j',
    (id) => {
      const history = new DefinitionHistory(folder);
      history.add(uuid, 'test', '<a/>');
      expect(() => history.read(uuid, id)).toThrow(expect.objectContaining({ code: 'invalid-arg' }) as Error);
    },
  );

  it('forgets what is no longer defined and has not changed for long', () => {
    const history = new DefinitionHistory(folder);
    const other = uuid.replace('01', '02');
    const recent = uuid.replace('01', '03');
    for (const each of [uuid, other, recent]) history.add(each, 'test', '<a/>');
    for (const each of [uuid, other]) utimesSync(join(folder, `${each}.history`), 1000, 1000);
    history.forgetAbandoned(new Set([uuid]), Date.now() - 60_000);
    expect(readdirSync(folder).sort()).toEqual([`${uuid}.history`, `${recent}.history`].sort());
  });
});
