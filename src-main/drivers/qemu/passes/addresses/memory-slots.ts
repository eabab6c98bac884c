import { placementFailed } from '../errors.ts';
import { hasMemoryHotplug } from '../memory-size.ts';
import type { Pass } from '../types.ts';
import { say } from '../../../../../src-shared/words.ts';

/** Memory modules get a slot. */
export const assignMemorySlots: Pass = (domain) => {
  if (!hasMemoryHotplug(domain)) return;
  const modules = domain.devices.memory.filter((item) => item.model === 'dimm' || item.model === 'nvdimm');
  const used = new Set(modules.flatMap(({ address }) => (address?.type === 'dimm' ? [address.slot ?? 0] : [])));
  for (const memory of modules) {
    if (memory.address?.type === 'dimm') continue;
    let slot = 0;
    while (used.has(slot)) slot += 1;
    if (slot >= (domain.maxMemory?.slots ?? 0)) throw placementFailed(say`No memory slot is left (<maxMemory slots>).`);
    used.add(slot);
    memory.address = { type: 'dimm', slot };
  }
};
