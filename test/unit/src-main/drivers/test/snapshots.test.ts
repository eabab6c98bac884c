import { afterEach, beforeEach, expect, test } from 'vitest';
import { testDriver } from '../../../../../src-main/drivers/test/driver.ts';
import type { Connection } from '../../../../../src-main/engine/driver.ts';
import type { EngineEvent } from '../../../../../src-main/engine/events.ts';
import { JobRegistry } from '../../../../../src-main/engine/jobs.ts';
import { silentLogger } from '../../../../../src-main/engine/logger.ts';
import type { SnapshotApi, SnapshotCreateOptions } from '../../../../../src-main/engine/snapshot-api.ts';
import { parseSnapshot } from '../../../../../src-shared/model/snapshot.ts';
import { parseConnectUri } from '../../../../../src-shared/uri.ts';

const nowhere = '/nonexistent';
const directories = { config: nowhere, state: nowhere, data: nowhere, runtime: nowhere, cache: nowhere };

let connection: Connection;
let snapshots: Required<SnapshotApi>;
let uuid: string;
let events: EngineEvent[];

beforeEach(async () => {
  const uri = parseConnectUri('test:///default');
  if (uri === undefined) throw new Error('test:///default is a URI');
  connection = await testDriver.open(uri, { directories, logger: silentLogger, jobs: new JobRegistry() });
  if (connection.snapshots === undefined) throw new Error('the test driver has snapshots');
  snapshots = connection.snapshots as Required<SnapshotApi>;
  ({ uuid } = await connection.domains.lookupByName('test'));
  events = [];
  connection.events.subscribe((event) => events.push(event));
});

afterEach(async () => await connection.close());

const xmlOf = (name: string, more = ''): string => `<domainsnapshot><name>${name}</name>${more}</domainsnapshot>`;
const take = async (name: string, options?: SnapshotCreateOptions, more = ''): Promise<void> => {
  await snapshots.create(uuid, xmlOf(name, more), options).result;
};
const tree = async (): Promise<string[]> =>
  (await snapshots.list(uuid)).map(({ name, parent, isCurrent }) => `${parent ?? ''}>${name}${isCurrent ? '*' : ''}`);
const code = async (work: Promise<unknown>): Promise<unknown> =>
  await work.then(
    () => 'done',
    (error: { code: string }) => error.code,
  );
const lifecycle = (): string[] =>
  events.flatMap((event) =>
    event.type === 'domain' && event.event.kind === 'lifecycle' ? [`${event.event.event} ${event.event.detail}`] : [],
  );

test('each snapshot is a child of the one the machine is at', async () => {
  await take('a');
  await take('b');
  await snapshots.revert(uuid, 'a').result;
  await take('c');
  expect(await tree()).toEqual(['>a', 'a>b', 'a>c*']);
});

test('a snapshot knows state, memory and the definition of its time', async () => {
  await take('on', {}, '<description>before the update</description>');
  const { name, description, state, memory, domain } = parseSnapshot(await snapshots.xml(uuid, 'on'));
  expect({ name, description, state, memory, domain: domain?.name }).toEqual({
    ...{ name: 'on', description: 'before the update', state: 'running', memory: { snapshot: 'internal' } },
    domain: 'test',
  });
});

test('going back brings the definition and the state of then, told as libvirt tells it', async () => {
  await take('on');
  await connection.domains.destroy?.(uuid);
  await connection.domains.setMemory?.(uuid, 4096, { config: true });
  events.length = 0;
  await snapshots.revert(uuid, 'on').result;
  const xml = await connection.domains.xml(uuid, { inactive: true });
  expect(xml).not.toContain('>4096<');
  expect(await connection.domains.state(uuid)).toEqual({ state: 'running', reason: 'from snapshot' });
  expect(lifecycle()).toEqual(['started from-snapshot', 'resumed from-snapshot']);
  events.length = 0;
  await snapshots.revert(uuid, 'on', { paused: true }).result;
  expect(lifecycle()).toEqual(['stopped from-snapshot', 'started from-snapshot', 'suspended from-snapshot']);
});

test('a machine that was off is off again, unless it shall run', async () => {
  await connection.domains.destroy?.(uuid);
  await take('off');
  await connection.domains.start?.(uuid);
  await snapshots.revert(uuid, 'off').result;
  expect(await connection.domains.state(uuid)).toEqual({ state: 'shutoff', reason: 'from snapshot' });
  await snapshots.revert(uuid, 'off', { running: true }).result;
  expect((await connection.domains.state(uuid)).state).toBe('running');
});

test('deleting one leaves its children to its parent, and the machine at the parent', async () => {
  for (const name of ['a', 'b', 'c']) await take(name);
  await snapshots.delete(uuid, 'b').result;
  expect(await tree()).toEqual(['>a', 'a>c*']);
  await snapshots.delete(uuid, 'c').result;
  expect(await tree()).toEqual(['>a*']);
});

test('children go with it, or without it', async () => {
  for (const name of ['a', 'b', 'c']) await take(name);
  await snapshots.delete(uuid, 'a', { childrenOnly: true }).result;
  expect(await tree()).toEqual(['>a*']);
  await take('d');
  await snapshots.delete(uuid, 'a', { children: true }).result;
  expect(await tree()).toEqual([]);
});

test('a snapshot is described again, moved, and made the current one; a circle is refused', async () => {
  for (const name of ['a', 'b', 'c']) await take(name);
  const xml = await snapshots.xml(uuid, 'c', { secure: true });
  const moved = xml.replace('<parent>\n    <name>b</name>', '<parent>\n    <name>a</name>');
  expect(moved).not.toBe(xml);
  await snapshots.create(uuid, moved, { redefine: true }).result;
  expect(await tree()).toEqual(['>a', 'a>b', 'a>c*']);
  await snapshots.setCurrent(uuid, 'b');
  expect(await tree()).toEqual(['>a', 'a>b*', 'a>c']);
  const circle = (await snapshots.xml(uuid, 'a')).replace(
    '<creationTime>',
    '<parent><name>b</name></parent><creationTime>',
  );
  expect(await code(snapshots.create(uuid, circle, { redefine: true }).result)).toBe('invalid-arg');
});

test.each<[string, string, SnapshotCreateOptions, string]>([
  ['a name that is taken', 'a', {}, 'operation-failed'],
  ['a name that is no file’s', 'x/y', {}, 'xml-detail'],
  ['a hidden name', '.x', {}, 'xml-detail'],
  ['current without redefine', 'b', { current: true }, 'invalid-arg'],
  ['redefine and halt', 'b', { redefine: true, halt: true }, 'invalid-arg'],
  ['disks only, which the test driver has not', 'b', { diskOnly: true }, 'invalid-arg'],
])('refuses %s', async (_what, name, options, expected) => {
  await take('a');
  expect(await code(snapshots.create(uuid, xmlOf(name), options).result)).toBe(expected);
  expect(await tree()).toEqual(['>a*']);
});

test.each<[string, string]>([
  ["<memory snapshot='external'/>", 'xml-error'],
  ["<memory snapshot='internal' file='/x'/>", 'xml-error'],
  ["<memory file='x'/>", 'xml-error'],
  ["<disks><disk name='vdq'/></disks>", 'config-unsupported'],
])('refuses %s', async (more, expected) => {
  expect(await code(snapshots.create(uuid, xmlOf('a', more)).result)).toBe(expected);
});

test('a definition with snapshots stays unless told that they may go', async () => {
  await connection.domains.destroy?.(uuid);
  await take('a');
  expect(await code(Promise.resolve(connection.domains.undefine?.(uuid)))).toBe('operation-invalid');
  await connection.domains.undefine?.(uuid, { snapshotsMetadata: true });
  expect(await code(connection.domains.lookupByUuid(uuid))).toBe('no-domain');
});

test('snapshots follow a machine that gets another name', async () => {
  await connection.domains.destroy?.(uuid);
  await take('a');
  await connection.domains.rename?.(uuid, 'other');
  await snapshots.revert(uuid, 'a').result;
  expect((await connection.domains.lookupByUuid(uuid)).name).toBe('other');
});

test('every change is told', async () => {
  await take('a');
  await snapshots.delete(uuid, 'a').result;
  expect(events.filter(({ type }) => type === 'snapshots')).toHaveLength(2);
});

test('a saved state that would not fit the disks is pointed at', async () => {
  await connection.domains.destroy?.(uuid);
  await take('off');
  await connection.domains.start?.(uuid);
  await connection.domains.managedSave?.(uuid).result;
  expect(await code(snapshots.revert(uuid, 'off').result)).toBe('snapshot-revert-risky');
  expect(await code(snapshots.revert(uuid, 'off', { force: true }).result)).toBe('done');
});
