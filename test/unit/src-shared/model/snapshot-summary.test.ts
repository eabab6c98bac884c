import { expect, test } from 'vitest';
import { parseSnapshot } from '../../../../src-shared/model/snapshot.ts';
import { snapshotForest, type SnapshotNode, snapshotSummary } from '../../../../src-shared/model/snapshot-summary.ts';

interface Named {
  readonly name: string;
  readonly parent?: string;
}
const drawn = (nodes: readonly SnapshotNode<Named>[]): string =>
  nodes.map(({ snapshot, children }) => `${snapshot.name}(${drawn(children)})`).join('');

test('snapshots form trees in the order of the list; one whose parent is missing is a root', () => {
  const all: Named[] = [
    { name: 'b', parent: 'a' },
    { name: 'a' },
    { name: 'c', parent: 'b' },
    { name: 'd', parent: 'a' },
    { name: 'lost', parent: 'gone' },
  ];
  expect(drawn(snapshotForest(all))).toBe('a(b(c())d())lost()');
});

const read = (inside: string) =>
  snapshotSummary(parseSnapshot(`<domainsnapshot><name>s</name>${inside}</domainsnapshot>`), false);

test.each([
  ["<memory snapshot='internal'/><disks><disk name='vda' snapshot='internal'/></disks>", 'internal', true],
  ["<memory snapshot='no'/><disks><disk name='vda' snapshot='internal'/></disks>", 'internal', false],
  [
    "<memory snapshot='no'/><disks><disk name='vda' snapshot='no'/><disk name='vdb' snapshot='external'/></disks>",
    'external',
    false,
  ],
  ["<memory snapshot='external' file='/m'/>", 'external', true],
])('%s is %s, with memory: %s', (inside, location, hasMemory) => {
  expect(read(inside)).toMatchObject({ location, hasMemory });
});

test('what is not said is absent', () => {
  expect(read('')).toEqual({
    ...{ name: 's', state: 'nostate', createdSeconds: 0, isCurrent: false, location: 'internal', hasMemory: false },
  });
});
