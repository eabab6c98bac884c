import type { Controller } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import type { QemuCapabilities } from '../../capabilities/types.ts';
import { ensureController } from '../controller-list.ts';
import { invalidDefinition, placementFailed, unsupported } from '../errors.ts';
import type { CompleteDomain, Pass } from '../types.ts';

/** QEMU's xHCI has no more. */
const xhciPorts = 15;

/** Controllers that devices' addresses speak of but the definition does not list. */
export const addImpliedControllers: Pass = (domain) => {
  const { devices } = domain;
  for (const bus of ['scsi', 'fdc', 'ide', 'sata'] as const) {
    const highest = Math.max(
      -1,
      ...devices.disk.map((disk) =>
        disk.target.bus === bus && disk.address?.type === 'drive' ? (disk.address.controller ?? 0) : -1,
      ),
    );
    for (let index = 0; index <= highest; index += 1) ensureController(devices.controller, { type: bus, index });
  }
  const ports = [...devices.channel, ...devices.console].filter((device) => device.target?.type === 'virtio');
  for (const { address } of ports) {
    const index = address?.type === 'virtio-serial' ? (address.controller ?? 0) : 0;
    ensureController(devices.controller, { type: 'virtio-serial', index });
  }
  addSmartcardReaders(domain);
  addScsiForHostDevices(domain);
};

function addSmartcardReaders({ devices }: CompleteDomain): void {
  for (const card of devices.smartcard) {
    if (card.address === undefined) {
      const slots = devices.smartcard.map(({ address }) =>
        address?.type === 'ccid' && (address.controller ?? 0) === 0 ? (address.slot ?? 0) : -1,
      );
      card.address = { type: 'ccid', controller: 0, slot: Math.max(-1, ...slots) + 1 };
    }
    const index = card.address.type === 'ccid' ? (card.address.controller ?? 0) : 0;
    ensureController(devices.controller, { type: 'ccid', index });
  }
}

function addScsiForHostDevices({ devices }: CompleteDomain): void {
  let highest = -1;
  let model: Extract<Controller, { type: 'scsi' }>['model'];
  for (const { type, address } of devices.hostdev) {
    if (type !== 'scsi' || address?.type !== 'drive' || (address.controller ?? 0) <= highest) continue;
    highest = address.controller ?? 0;
    const existing = devices.controller.find((item) => item.type === 'scsi' && item.index === highest);
    if (existing?.type === 'scsi' && existing.model !== undefined) model = existing.model;
  }
  for (let index = 0; index <= highest; index += 1) {
    ensureController(devices.controller, { type: 'scsi', index, ...(model === undefined ? {} : { model }) });
  }
}

export const completeControllers: Pass = (domain, { capabilities }) => {
  const { controller: controllers } = domain.devices;
  for (const controller of controllers) {
    switch (controller.type) {
      case 'scsi':
        if (controller.model === undefined || controller.model === 'auto') {
          controller.model = scsiModel(controller.index ?? 0, capabilities);
        }
        break;
      case 'usb':
        if (controller.model === undefined && capabilities.hasType('piix3-usb-uhci')) controller.model = 'piix3-uhci';
        if (controller.model?.endsWith('xhci') === true && (controller.ports ?? 0) > xhciPorts) {
          throw unsupported(say`USB controller '${controller.model}' has at most ${xhciPorts} ports.`);
        }
        break;
      case 'pci':
        if ((controller.model === 'pci-root' || controller.model === 'pcie-root') && controller.index !== 0) {
          throw invalidDefinition(
            say`The PCI controller '${controller.model}' has the index 0, not ${controller.index}.`,
          );
        }
        break;
      default:
        break;
    }
  }
};

function scsiModel(index: number, capabilities: QemuCapabilities): 'lsilogic' | 'virtio-scsi' {
  if (capabilities.hasType('lsi53c895a')) return 'lsilogic';
  if (capabilities.hasType('virtio-scsi-pci')) return 'virtio-scsi';
  throw placementFailed(say`This QEMU has no SCSI controller for index ${index}.`);
}

/** Two controllers of one kind can't have one index; a USB 2 controller's parts do. */
export const rejectDoubleControllers: Pass = ({ devices }) => {
  const seen = new Set<string>();
  for (const { type, index } of devices.controller) {
    if (type === 'usb') continue;
    if (seen.has(`${type} ${index}`)) throw invalidDefinition(say`Two '${type}' controllers have the index ${index}.`);
    seen.add(`${type} ${index}`);
  }
};
