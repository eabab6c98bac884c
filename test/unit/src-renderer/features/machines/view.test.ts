import { describe, expect, it } from 'vitest';
import type { DomainSummary } from '../../../../../src-shared/model/summary.ts';
import { type Machine, machineKey } from '../../../../../src-renderer/app/store/inventory.ts';
import { cardsInRow, gridTemplate, shownColumns } from '../../../../../src-renderer/features/machines/layout.ts';
import { shownState } from '../../../../../src-renderer/features/machines/shown-state.ts';
import {
  fitsSearch,
  folderTree,
  inView,
  lines,
  searchWords,
  sorted,
  tagCounts,
} from '../../../../../src-renderer/features/machines/view.ts';
import { summary } from '../../../../support/summaries.ts';

const uri = 'test:///default';
const machine = (name: string, rest: Partial<DomainSummary> = {}): Machine => ({
  ...summary({ uuid: name, ...rest }),
  uri,
  key: machineKey(uri, name),
});
const still = { cpu: () => undefined, memory: () => undefined };
const names = (machines: readonly Machine[]): readonly string[] => machines.map(({ name }) => name);

describe('what a view holds', () => {
  it('a folder holds what is in the folders below it, and not its namesakes', () => {
    const inside = (folder: string): boolean => inView(machine('a', { folder }), { type: 'folder', folder: 'lab' });
    expect([inside('lab'), inside('lab/web'), inside('labor')]).toEqual([true, true, false]);
  });

  it('what needs attention has failed, or waits for a restart', () => {
    const needs = (rest: Partial<DomainSummary>): boolean =>
      inView(machine('a', rest), { type: 'smart', view: 'attention' });
    expect(needs({ state: 'shutoff', reason: 'crashed' })).toBe(true);
    expect(needs({ state: 'paused', reason: 'I/O error', id: 1 })).toBe(true);
    expect(needs({ pendingChanges: true })).toBe(true);
    expect(needs({})).toBe(false);
  });
});

describe('searching machines', () => {
  const web = machine('web-1', { title: 'Customer portal', addresses: ['192.168.122.7'], tags: ['eu', 'Prod'] });

  it.each(['web', 'portal web', '122.7', 'prod', 'tag:pr'])('finds by %s', (text) => {
    expect(fitsSearch(web, searchWords(text))).toBe(true);
  });

  it.each(['db', 'web db', 'tag:web'])('does not find by %s', (text) => {
    expect(fitsSearch(web, searchWords(text))).toBe(false);
  });
});

describe('the order', () => {
  const all = [machine('web-10'), machine('web-2'), machine('Db')];

  it('counts numbers in names', () => {
    expect(names(sorted(all, { column: 'name', descending: false }, still))).toEqual(['Db', 'web-2', 'web-10']);
    expect(names(sorted(all, { column: 'name', descending: true }, still))).toEqual(['web-10', 'web-2', 'Db']);
  });

  it('puts what has no figure last, whichever way round', () => {
    const live = {
      ...still,
      cpu: (key: string) => (key.startsWith('web-10') ? 0.5 : key.startsWith('Db') ? 0.1 : undefined),
    };
    expect(names(sorted(all, { column: 'cpu', descending: true }, live))).toEqual(['web-10', 'Db', 'web-2']);
    expect(names(sorted(all, { column: 'cpu', descending: false }, live))).toEqual(['Db', 'web-10', 'web-2']);
  });
});

describe('headings', () => {
  const all = [machine('a', { folder: 'x' }), machine('b'), machine('c', { folder: 'x' })];

  it('gather machines, those without a folder last', () => {
    const shown = lines(all, 'folder', new Set()).map((line) =>
      line.type === 'group' ? `[${line.id} ${line.count}]` : line.machine.name,
    );
    expect(shown).toEqual(['[x 2]', 'a', 'c', '[ 1]', 'b']);
  });

  it('closed, hide theirs', () => {
    expect(lines(all, 'folder', new Set(['folder:x']))).toHaveLength(3);
  });
});

describe('folders and tags', () => {
  it('a folder in a folder makes both, parents first', () => {
    const tree = folderTree([machine('a', { folder: 'lab/web' }), machine('b', { folder: 'lab-2' }), machine('c')]);
    expect(tree.map(({ path, depth, count }) => [path, depth, count])).toEqual([
      ['lab', 0, 1],
      ['lab/web', 1, 1],
      ['lab-2', 0, 1],
    ]);
  });

  it('counts tags', () => {
    expect(tagCounts([machine('a', { tags: ['x', 'y'] }), machine('b', { tags: ['x'] })])).toEqual([
      ['x', 2],
      ['y', 1],
    ]);
  });
});

describe('states in words', () => {
  it.each([
    ['shutoff', 'shutdown', false, 'off'],
    ['shutoff', 'saved', true, 'saved'],
    ['shutoff', 'crashed', false, 'crashed'],
    ['paused', 'I/O error', false, 'io-error'],
    ['paused', 'user', false, 'paused'],
    ['running', 'booted', false, 'running'],
    ['pmsuspended', 'unknown', false, 'asleep'],
  ] as const)('%s because of %s', (state, reason, hasManagedSave, shown) => {
    expect(shownState({ state, reason, hasManagedSave })).toBe(shown);
  });
});

describe('the columns', () => {
  it('all show when there is room', () => {
    expect(shownColumns(1200, [])).toHaveLength(8);
  });

  it('go in the order of need, the name never', () => {
    expect(shownColumns(720, [])).toEqual(['name', 'state', 'address', 'cpu', 'memory']);
    expect(shownColumns(10, [])).toEqual(['name']);
    expect(shownColumns(1200, ['name', 'cpu'])).not.toContain('cpu');
    expect(shownColumns(1200, ['name', 'cpu'])).toContain('name');
  });

  it('leave the rest to the name', () => {
    expect(gridTemplate(['name', 'state'])).toMatch(/^minmax\(\d+px, 1fr\) \d+px$/);
  });

  it('cards fill the row', () => {
    expect([cardsInRow(100, 200, 12), cardsInRow(412, 200, 12), cardsInRow(411, 200, 12)]).toEqual([1, 2, 1]);
  });
});
