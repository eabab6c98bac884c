/**
 * Completing a definition: what was left out is filled in as libvirt's QEMU driver fills it in, so that a machine
 * defined here has the hardware it would have there. The result is what is stored: a machine keeps its board's
 * version and its devices' addresses for good.
 */
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { dropLiveParts } from '../../../engine/live-parts.ts';
import { completeGivenAddresses } from './addresses/complete-addresses.ts';
import { assignMemorySlots } from './addresses/memory-slots.ts';
import { assignPciAddresses } from './addresses/pci.ts';
import { assignUsbPorts } from './addresses/usb.ts';
import { assignVirtioSerialPorts } from './addresses/virtio-serial.ts';
import { clone } from './clone.ts';
import { completeBootOrder } from './define/boot-order.ts';
import { completeSerialPorts, pairConsoleWithSerial } from './define/character-devices.ts';
import { addImpliedControllers, completeControllers, rejectDoubleControllers } from './define/controllers.ts';
import { chooseCpu, completeCpu, completeVcpus } from './define/cpu.ts';
import { completeDisks } from './define/disks.ts';
import { completeGraphics, completeVideo } from './define/displays.ts';
import { addImpliedDevices } from './define/implied-devices.ts';
import { chooseEmulator, chooseMachine, completeLoader } from './define/machine.ts';
import { completeMemory } from './define/memory.ts';
import { completeNetworkCards } from './define/network-cards.ts';
import { completeNuma } from './define/numa.ts';
import { numberControllers, orderDevices } from './define/order.ts';
import { completeInputs, completeOtherDevices } from './define/other-devices.ts';
import { completePlacement } from './define/placement.ts';
import { completeSections } from './define/sections.ts';
import type { CompleteDomain, Pass, PassContext } from './types.ts';
import { validate } from './validate/index.ts';

export type { CompleteDomain, DefinitionEnvironment, PassContext } from './types.ts';

const passes: readonly Pass[] = [
  chooseEmulator,
  orderDevices,
  completeGivenAddresses,
  completeInputs,
  numberControllers,
  chooseMachine,
  completeLoader,
  completeGraphics,
  addImpliedDevices,
  chooseCpu,
  completeVcpus,
  completeNuma,
  completePlacement,
  completeCpu,
  completeSerialPorts,
  completeDisks,
  completeNetworkCards,
  completeOtherDevices,
  completeControllers,
  completeMemory,
  rejectDoubleControllers,
  completeBootOrder,
  pairConsoleWithSerial,
  addImpliedControllers,
  completeControllers,
  completeVideo,
  assignVirtioSerialPorts,
  assignPciAddresses,
  assignUsbPorts,
  assignMemorySlots,
  validate,
];

/**
 * The definition as it is stored and started: pure, `domain` is left as it is.
 *
 * @throws VirError `config-unsupported` or `xml-error`, naming the element that is at fault.
 */
export function completeDefinition(domain: Domain, context: PassContext): CompleteDomain {
  const copy = clone(domain);
  // A definition may have been copied from a running machine's.
  if (context.isNew) dropLiveParts(copy);
  const draft = completeSections(copy, context.environment);
  for (const pass of passes) pass(draft, context);
  return draft;
}
