/** Machines being dragged: what the list puts in and a folder or tag takes out. */
import type { MachineKey } from '../../app/store/inventory.ts';

const type = 'application/x-vivarium-machines';

export function putMachines(transfer: DataTransfer, keys: readonly MachineKey[]): void {
  transfer.setData(type, JSON.stringify(keys));
  transfer.effectAllowed = 'move';
}

export const carriesMachines = (transfer: DataTransfer | null): boolean => transfer?.types.includes(type) === true;

export function takeMachines(transfer: DataTransfer): readonly MachineKey[] {
  const text = transfer.getData(type);
  return text === '' ? [] : (JSON.parse(text) as readonly MachineKey[]);
}
