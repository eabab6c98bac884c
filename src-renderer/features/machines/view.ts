/** What the list shows: which machines, in which order, under which headings. Pure. */
import type { Machine, MachineKey } from '../../app/store/inventory.ts';
import { type ShownState, shownState } from './shown-state.ts';

export const smartViews = ['all', 'running', 'off', 'attention'] as const;
export type SmartView = (typeof smartViews)[number];

/** What the second pane chose. */
export type ViewFilter =
  | { readonly type: 'smart'; readonly view: SmartView }
  | { readonly type: 'folder'; readonly folder: string }
  | { readonly type: 'tag'; readonly tag: string }
  | { readonly type: 'host'; readonly uri: string };

export const columns = ['name', 'state', 'address', 'cpu', 'memory', 'size', 'uptime', 'tags'] as const;
export type Column = (typeof columns)[number];

export interface Sort {
  readonly column: Column;
  readonly descending: boolean;
}

export const grouping = ['none', 'folder', 'state', 'host'] as const;
export type Grouping = (typeof grouping)[number];

const troubled: ReadonlySet<ShownState> = new Set(['crashed', 'failed', 'io-error', 'blocked']);

/** Something is wrong, or waits for the user. */
export const needsAttention = (machine: Machine): boolean =>
  troubled.has(shownState(machine)) || machine.pendingChanges;

export const isActive = (machine: Machine): boolean => machine.id !== undefined;

export function inView(machine: Machine, filter: ViewFilter): boolean {
  switch (filter.type) {
    case 'folder':
      return machine.folder === filter.folder || machine.folder?.startsWith(`${filter.folder}/`) === true;
    case 'tag':
      return machine.tags.includes(filter.tag);
    case 'host':
      return machine.uri === filter.uri;
    case 'smart':
      switch (filter.view) {
        case 'all':
          return true;
        case 'running':
          return isActive(machine);
        case 'off':
          return !isActive(machine);
        case 'attention':
          return needsAttention(machine);
      }
  }
}

/** Every word must occur in what is known of the machine. `tag:web` looks at tags only. */
export function fitsSearch(machine: Machine, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const hay = [
    machine.name,
    machine.title,
    machine.folder,
    machine.osId,
    machine.uuid,
    ...machine.addresses,
    ...machine.tags,
  ]
    .filter((part) => part !== undefined)
    .join('\n')
    .toLocaleLowerCase();
  return words.every((word) =>
    word.startsWith('tag:')
      ? machine.tags.some((tag) => tag.toLocaleLowerCase().startsWith(word.slice(4)))
      : hay.includes(word),
  );
}

export const searchWords = (text: string): readonly string[] => text.toLocaleLowerCase().split(/\s+/).filter(Boolean);

/** Figures that are not in the summary, for sorting by them. */
export interface Live {
  cpu(key: MachineKey): number | undefined;
  memory(key: MachineKey): number | undefined;
}

const stateOrder: readonly ShownState[] = [
  'io-error',
  'crashed',
  'failed',
  'blocked',
  'running',
  'saving',
  'shutting-down',
  'paused',
  'asleep',
  'saved',
  'off',
  'unknown',
];

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Machines in the order asked for; names decide among equals, absent figures come last. */
export function sorted(machines: readonly Machine[], { column, descending }: Sort, live: Live): readonly Machine[] {
  const sign = descending ? -1 : 1;
  const byName = (a: Machine, b: Machine): number => collator.compare(a.name, b.name);
  const value = valueOf(column, live);
  if (value === undefined) return [...machines].sort((a, b) => sign * byName(a, b));
  const keyed = machines.map((machine) => ({ machine, value: value(machine) }));
  keyed.sort((a, b) => {
    if (a.value === undefined || b.value === undefined) {
      if (a.value === b.value) return byName(a.machine, b.machine);
      return a.value === undefined ? 1 : -1;
    }
    const order =
      typeof a.value === 'number' && typeof b.value === 'number'
        ? a.value - b.value
        : collator.compare(String(a.value), String(b.value));
    return order === 0 ? byName(a.machine, b.machine) : sign * order;
  });
  return keyed.map((each) => each.machine);
}

function valueOf(column: Column, live: Live): ((machine: Machine) => number | string | undefined) | undefined {
  switch (column) {
    case 'name':
      return undefined;
    case 'state':
      return (machine) => stateOrder.indexOf(shownState(machine));
    case 'address':
      return (machine) => machine.addresses[0];
    case 'cpu':
      return (machine) => live.cpu(machine.key);
    case 'memory':
      return (machine) => live.memory(machine.key);
    case 'size':
      return (machine) => machine.memoryKiB;
    case 'uptime':
      return (machine) => (machine.startedMs === undefined ? undefined : -machine.startedMs);
    case 'tags':
      return (machine) => (machine.tags.length === 0 ? undefined : machine.tags.join(' '));
  }
}

/** A line of the list: a heading, or a machine. */
export type Line =
  | { readonly type: 'group'; readonly id: string; readonly count: number; readonly collapsed: boolean }
  | { readonly type: 'machine'; readonly machine: Machine };

/** Puts machines under headings, keeping their order. `''` is the heading of those without. */
export function lines(machines: readonly Machine[], by: Grouping, collapsed: ReadonlySet<string>): readonly Line[] {
  if (by === 'none') return machines.map((machine) => ({ type: 'machine', machine }));
  const groups = new Map<string, Machine[]>();
  for (const machine of machines) {
    const id = groupOf(machine, by);
    const members = groups.get(id);
    if (members === undefined) groups.set(id, [machine]);
    else members.push(machine);
  }
  const ids = [...groups.keys()].sort((a, b) => {
    if (by === 'state') return stateOrder.indexOf(a as ShownState) - stateOrder.indexOf(b as ShownState);
    if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1;
    return collator.compare(a, b);
  });
  return ids.flatMap((id): readonly Line[] => {
    const members = groups.get(id) ?? [];
    const isCollapsed = collapsed.has(`${by}:${id}`);
    const heading: Line = { type: 'group', id, count: members.length, collapsed: isCollapsed };
    return isCollapsed ? [heading] : [heading, ...members.map((machine): Line => ({ type: 'machine', machine }))];
  });
}

function groupOf(machine: Machine, by: Exclude<Grouping, 'none'>): string {
  switch (by) {
    case 'folder':
      return machine.folder ?? '';
    case 'state':
      return shownState(machine);
    case 'host':
      return machine.uri;
  }
}

export interface FolderNode {
  /** Its whole path. */
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  /** Machines in it and below. */
  readonly count: number;
}

/** Folders as a list in the order of a tree, parents that hold nothing themselves included. */
export function folderTree(machines: Iterable<Machine>): readonly FolderNode[] {
  const counts = new Map<string, number>();
  for (const { folder } of machines) {
    if (folder === undefined || folder === '') continue;
    const parts = folder.split('/');
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const path = parts.slice(0, depth).join('/');
      counts.set(path, (counts.get(path) ?? 0) + 1);
    }
  }
  return [...counts]
    .sort(([a], [b]) => comparePaths(a.split('/'), b.split('/')))
    .map(([path, count]) => {
      const parts = path.split('/');
      return { path, count, name: parts.at(-1) ?? path, depth: parts.length - 1 };
    });
}

export function tagCounts(machines: Iterable<Machine>): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { tags } of machines) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => collator.compare(a, b));
}

/** Part by part, so that children follow their parent. */
function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = collator.compare(part, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
