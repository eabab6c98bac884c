import { invalidDefinition } from '../errors.ts';
import { initialMemoryKiB } from '../memory-size.ts';
import type { Pass } from '../types.ts';
import { say } from '../../../../../src-shared/words.ts';

/** The sizes of memory agree with each other; what was left out is filled in. */
export const completeMemory: Pass = (domain) => {
  const cells = domain.cpu?.numa?.cell ?? [];
  const plugged = domain.devices.memory.reduce((sum, device) => sum + device.target.size.KiB, 0);
  const inCells = cells.reduce((sum, cell) => sum + cell.memory, 0);
  const { memory, currentMemory, maxMemory } = domain;
  if (inCells > 0 && memory.KiB === 0) memory.KiB = inCells + plugged;
  else if (plugged > memory.KiB) throw invalidDefinition(say`The memory devices add up to more than <memory>.`);
  if (initialMemoryKiB(domain) === 0) {
    throw invalidDefinition(say`Domain '${domain.name}' has no memory: neither <memory> nor a NUMA cell gives a size.`);
  }
  if (currentMemory.KiB > memory.KiB || currentMemory.KiB === 0) currentMemory.KiB = memory.KiB;
  if (maxMemory === undefined) return;
  if ((maxMemory.slots ?? 0) === 0 || maxMemory.KiB === 0) {
    throw invalidDefinition(say`<maxMemory> needs both a size and a number of slots.`);
  }
  if (maxMemory.KiB < memory.KiB) throw invalidDefinition(say`<maxMemory> is smaller than <memory>.`);
};
