import { create } from 'zustand';
import type { ConnectionInfo } from '../../../src-shared/contract/connections.ts';
import { emptyInventory, type Inventory, type Machine, type MachineKey } from './inventory.ts';

export interface InventoryState extends Inventory {
  /** The known connections have answered, or failed to. */
  readonly phase: 'loading' | 'ready';
}

/** The cache of what the engine announced. Written by the feed only. */
export const useInventory = create<InventoryState>()(() => ({ ...emptyInventory, phase: 'loading' }));

export function machineByKey(key: MachineKey): Machine | undefined {
  return useInventory.getState().machines.get(key);
}

export function connectionOf(uri: string): ConnectionInfo | undefined {
  return useInventory.getState().connections.get(uri);
}
