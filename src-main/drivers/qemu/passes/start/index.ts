/** From the stored definition to the running machine's: names, sockets, ports and firmware of one run. */
import { clone } from '../clone.ts';
import { assignMemorySlots } from '../addresses/memory-slots.ts';
import { assignPciAddresses } from '../addresses/pci.ts';
import { assignUsbPorts } from '../addresses/usb.ts';
import { assignVirtioSerialPorts } from '../addresses/virtio-serial.ts';
import { refuseUnsupported } from '../refuse-unsupported.ts';
import type { CompleteDomain } from '../types.ts';
import { assignAliases } from './aliases.ts';
import { resolveHostModel } from './cpu.ts';
import { numberImages } from './disks.ts';
import { chooseFirmware } from './firmware.ts';
import { prepareGraphics } from './graphics.ts';
import { takeFromHost } from './host-given.ts';
import { alignMemory } from './memory.ts';
import { prepareChannels } from './paths.ts';
import { refuseUnprovided } from './refuse-unprovided.ts';
import type { StartContext, StartPass } from './types.ts';

export { provisions, type RunContext, type StartContext } from './types.ts';

const passes: readonly StartPass[] = [
  refuseUnsupported,
  refuseUnprovided,
  assignVirtioSerialPorts,
  assignPciAddresses,
  assignUsbPorts,
  assignMemorySlots,
  assignAliases,
  takeFromHost,
  prepareGraphics,
  numberImages,
  chooseFirmware,
  alignMemory,
  prepareChannels,
  resolveHostModel,
];

/**
 * What is shown of the running machine (`dumpxml`) and what its command line is built from: pure, `domain` is left
 * as it is. Backing chains and volumes have been resolved before (`disk.backingStore`, `disk.source`).
 *
 * @throws VirError `config-unsupported` naming what this driver can't start.
 */
export function prepareStart(domain: CompleteDomain, context: StartContext): CompleteDomain {
  const draft = clone(domain);
  for (const pass of passes) pass(draft, context);
  return draft;
}
