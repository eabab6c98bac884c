import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { jsonLogger } from '../../../../../src-main/engine/logger.ts';
import { SnapshotStore } from '../../../../../src-main/engine/snapshots/snapshot-store.ts';

const uuid = '4dea22b3-1d52-d8f3-2516-782e98ab3fa0';
let folder: string;
let problems: string[];
let store: SnapshotStore;
const path = (name: string): string => join(folder, uuid, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-snapshot-store-'));
  problems = [];
  store = new SnapshotStore(
    folder,
    jsonLogger((line) => problems.push(line), 'warn'),
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

const written = async (name: string, isCurrent = false): Promise<void> => {
  await store.write(uuid, { name, state: 'shutoff', creationTime: 7 }, isCurrent);
};

test('what was written is read again, with where the machine is', async () => {
  await written('a');
  await written('b', true);
  const { snapshots, current, unfinished } = store.load(uuid);
  expect(snapshots.map(({ name }) => name).sort()).toEqual(['a', 'b']);
  expect([current, unfinished]).toEqual(['b', []]);
});

test('of two that say the machine is at them, the one written last is believed', async () => {
  await written('a', true);
  await written('b', true);
  utimesSync(path('a.xml'), 2_000_000_000, 2_000_000_000);
  expect(store.load(uuid).current).toBe('a');
});

test('a torn file, and one of another name, are named and left alone', async () => {
  await written('good');
  writeFileSync(path('torn.xml'), '<domainsnapshot><na');
  writeFileSync(path('other.xml'), '<domainsnapshot><name>good</name></domainsnapshot>');
  expect(store.load(uuid).snapshots.map(({ name }) => name)).toEqual(['good']);
  expect(problems.filter((line) => /torn\.xml|other\.xml/.test(line))).toHaveLength(2);
  expect(existsSync(path('torn.xml'))).toBe(true);
});

test('what was begun and not done is known, what was left half written is removed', async () => {
  await store.begin(uuid, 'half');
  writeFileSync(path('.1-2.new'), 'x');
  expect(store.load(uuid)).toEqual({ snapshots: [], current: undefined, unfinished: ['half'] });
  expect(existsSync(path('.1-2.new'))).toBe(false);
  store.done(uuid, 'half');
  expect(existsSync(join(folder, uuid))).toBe(false);
});

test('the folder goes with the last one, but not with somebody’s file in it', async () => {
  await written('a');
  mkdirSync(path('mine'));
  store.removeAll(uuid, ['a']);
  expect(existsSync(path('mine'))).toBe(true);
  rmSync(path('mine'), { recursive: true });
  await written('a');
  store.removeAll(uuid, ['a']);
  expect(existsSync(join(folder, uuid))).toBe(false);
});
