import type { Pass } from '../types.ts';
import { validateControllers } from './controllers.ts';
import { validateAliases, validateDevices } from './devices.ts';
import { validateDiskPlaces } from './disk-places.ts';
import { validateDisks } from './disks.ts';
import { validateDisplays } from './displays.ts';
import { validateFirmware } from './firmware.ts';
import { validateHostDevices } from './host-devices.ts';
import { validateMachine } from './machine.ts';
import { validateMemory } from './memory.ts';
import { validateNetworkCards } from './network-cards.ts';

const checks: readonly Pass[] = [
  validateMachine,
  validateFirmware,
  validateMemory,
  validateControllers,
  validateDisks,
  validateDiskPlaces,
  validateNetworkCards,
  validateDisplays,
  validateHostDevices,
  validateDevices,
  validateAliases,
];

/** Refuses, with a sentence that names the element, what QEMU would choke on or the guest would not get. */
export const validate: Pass = (domain, context) => {
  for (const check of checks) check(domain, context);
};
