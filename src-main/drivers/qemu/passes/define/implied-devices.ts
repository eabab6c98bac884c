import type { Audio, Controller, Input } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import type { QemuCapabilities } from '../../capabilities/types.ts';
import { ensureController, findController } from '../controller-list.ts';
import { isI440fx, isQ35 } from '../machine-kind.ts';
import { invalidDefinition } from '../errors.ts';
import type { CompleteDomain, DefinitionEnvironment, Pass } from '../types.ts';

/** Hardware the board has anyway, and what every machine is given unless told otherwise. */
export const addImpliedDevices: Pass = (domain, { capabilities, environment }) => {
  const { devices } = domain;
  ensureInput(devices.input, 'mouse');
  ensureInput(devices.input, 'keyboard');
  addUsb(domain, capabilities);
  if (isQ35(domain)) ensureController(devices.controller, { type: 'sata', index: 0 });
  if (isQ35(domain)) addPciRoot(domain, 'pcie-root');
  else if (isI440fx(domain)) addPciRoot(domain, 'pci-root');
  devices.memballoon ??= { model: 'virtio' };
  if (devices.audio.length === 0) devices.audio.push(...defaultAudio(domain, environment));
};

function ensureInput(inputs: Input[], type: 'mouse' | 'keyboard'): void {
  if (!inputs.some((input) => input.type === type && input.bus === 'ps2')) inputs.push({ type, bus: 'ps2' });
}

function addUsb(domain: CompleteDomain, capabilities: QemuCapabilities): void {
  const { controller } = domain.devices;
  if (domain.os.type.machine === 'isapc' || findController(controller, 'usb', 0) !== undefined) return;
  if (!isQ35(domain)) {
    controller.push({ type: 'usb', index: 0 });
    return;
  }
  if (capabilities.hasType('qemu-xhci')) controller.push({ type: 'usb', index: 0, model: 'qemu-xhci' });
  else if (capabilities.hasType('nec-usb-xhci')) {
    controller.push({ type: 'usb', index: 0, model: 'nec-xhci' });
  } else if (capabilities.hasType('ich9-usb-ehci1')) for (const part of usb2Parts) controller.push({ ...part });
}

const usb2Parts: readonly Controller[] = [
  { type: 'usb', index: 0, model: 'ich9-ehci1' },
  { type: 'usb', index: 0, model: 'ich9-uhci1', master: { startport: 0 } },
  { type: 'usb', index: 0, model: 'ich9-uhci2', master: { startport: 2 } },
  { type: 'usb', index: 0, model: 'ich9-uhci3', master: { startport: 4 } },
];

function addPciRoot(domain: CompleteDomain, model: 'pci-root' | 'pcie-root'): void {
  const { controller } = domain.devices;
  const root = findController(controller, 'pci', 0);
  if (root === undefined) controller.push({ type: 'pci', index: 0, model });
  else if (root.model !== model) {
    throw invalidDefinition(
      say`The PCI controller with index 0 is '${root.model}'; on the machine '${domain.os.type.machine}' it is '${model}'.`,
    );
  }
}

/** SPICE carries sound to the viewer; VNC and machines without a display have none unless it was asked for. */
function defaultAudio(domain: CompleteDomain, environment: DefinitionEnvironment): Audio[] {
  const { graphics } = domain.devices;
  let type: Audio['type'] | undefined = graphics.length === 0 ? (environment.hostAudio ?? 'none') : undefined;
  for (const display of graphics) {
    if (display.type === 'vnc') type = environment.hostAudio ?? 'none';
    else if (display.type === 'spice') type = 'spice';
    else if (display.type === 'sdl') type = environment.hostAudio;
  }
  return type === undefined ? [] : [{ id: 1, type }];
}
