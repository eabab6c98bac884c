import type { StartPass } from './types.ts';

const alignmentKiB = 1024;
const moduleAlignmentKiB = 2048;

const roundUp = (KiB: number, step: number): number => Math.ceil(KiB / step) * step;

/** QEMU takes memory in whole MiB, modules in steps of 2 MiB. */
export const alignMemory: StartPass = (domain) => {
  const { memory, maxMemory, devices } = domain;
  const cells = domain.cpu?.numa?.cell ?? [];
  const plugged = devices.memory.reduce((sum, device) => sum + device.target.size.KiB, 0);
  let initial: number;
  if (cells.length > 0) {
    for (const cell of cells) cell.memory = roundUp(cell.memory, alignmentKiB);
    initial = cells.reduce((sum, cell) => sum + cell.memory, 0);
  } else initial = roundUp(memory.KiB - plugged, alignmentKiB);
  let modules = 0;
  for (const device of devices.memory) {
    if (device.model !== 'virtio-mem' && device.model !== 'sgx-epc') {
      device.target.size.KiB = roundUp(device.target.size.KiB, moduleAlignmentKiB);
    }
    modules += device.target.size.KiB;
  }
  memory.KiB = initial + modules;
  if (maxMemory !== undefined) maxMemory.KiB = roundUp(maxMemory.KiB, alignmentKiB);
};
