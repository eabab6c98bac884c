/** How the list is looked at: view, search, order, selection. Kept while the window lives; the look is remembered. */
import { create } from 'zustand';
import type { Machine, MachineKey } from '../../app/store/inventory.ts';
import { machineByKey, useInventory } from '../../app/store/inventory-store.ts';
import { keepExisting, nothingSelected, type Selection } from './selection.ts';
import { type Column, columns, type Grouping, type Sort, type ViewFilter } from './view.ts';

/** What is remembered from one start to the next. */
interface Look {
  readonly sort: Sort;
  readonly grouping: Grouping;
  readonly hiddenColumns: readonly Column[];
  readonly collapsed: readonly string[];
  readonly inspector: boolean;
}

export interface MachinesState extends Look {
  readonly filter: ViewFilter;
  readonly search: string;
  readonly selection: Selection<MachineKey>;
  readonly renaming: MachineKey | undefined;
}

const rememberedAs = 'machines.look';
const initialLook: Look = {
  sort: { column: 'name', descending: false },
  grouping: 'none',
  hiddenColumns: [],
  collapsed: [],
  inspector: true,
};

function rememberedLook(): Look {
  try {
    const look = { ...initialLook, ...(JSON.parse(localStorage.getItem(rememberedAs) ?? '{}') as Partial<Look>) };
    return columns.includes(look.sort.column) ? look : initialLook;
  } catch {
    return initialLook;
  }
}

export const useMachines = create<MachinesState>()(() => ({
  ...rememberedLook(),
  filter: { type: 'smart', view: 'all' },
  search: '',
  selection: nothingSelected,
  renaming: undefined,
}));

export function setLook(change: Partial<Look>): void {
  useMachines.setState(change);
  const { sort, grouping, hiddenColumns, collapsed, inspector } = useMachines.getState();
  localStorage.setItem(rememberedAs, JSON.stringify({ sort, grouping, hiddenColumns, collapsed, inspector }));
}

export function setSelection(selection: Selection<MachineKey>): void {
  useMachines.setState({ selection });
}

export function setFilter(filter: ViewFilter): void {
  useMachines.setState({ filter, selection: nothingSelected });
}

/** Clicking a column's head sorts by it, clicking again turns the order round. */
export function sortBy(column: Column): void {
  const { sort } = useMachines.getState();
  setLook({ sort: { column, descending: sort.column === column && !sort.descending } });
}

export function toggleGroup(id: string): void {
  const { collapsed, grouping } = useMachines.getState();
  const key = `${grouping}:${id}`;
  setLook({ collapsed: collapsed.includes(key) ? collapsed.filter((each) => each !== key) : [...collapsed, key] });
}

export function selectedMachines(): readonly Machine[] {
  return [...useMachines.getState().selection.chosen].map(machineByKey).filter((machine) => machine !== undefined);
}

/** A machine that is gone can't stay selected. */
useInventory.subscribe(({ machines }, before) => {
  if (machines === before.machines) return;
  const { selection } = useMachines.getState();
  const kept = keepExisting(selection, (key) => machines.has(key));
  if (kept !== selection) useMachines.setState({ selection: kept });
});
