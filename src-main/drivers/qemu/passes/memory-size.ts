import type { Domain } from '../../../../src-shared/model/domain/index.ts';

/** Memory the guest starts with besides what memory devices bring: NUMA cells when there are some, else the rest. */
export function initialMemoryKiB(domain: Domain): number {
  const cells = domain.cpu?.numa?.cell ?? [];
  if (cells.length > 0) return cells.reduce((sum, cell) => sum + cell.memory, 0);
  const plugged = (domain.devices?.memory ?? []).reduce((sum, device) => sum + device.target.size.KiB, 0);
  return (domain.memory?.KiB ?? 0) - plugged;
}

/** Memory can be plugged into the running machine. */
export const hasMemoryHotplug = (domain: Domain): boolean => (domain.maxMemory?.KiB ?? 0) > 0;
