import type { Controller } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { isUsb2 } from '../passes/controller-list.ts';
import { unsupported } from '../passes/errors.ts';
import { hasBuiltinIde, isQ35 } from '../passes/machine-kind.ts';
import { addressProperties } from './address.ts';
import { aliasOf, type DeviceContext, type DeviceProperties, positive } from './properties.ts';
import { virtioProperties } from './virtio.ts';

type Of<T extends Controller['type']> = Extract<Controller, { type: T }>;

/** A controller's device; `undefined` for one that the board brings along. */
export function controllerProperties(controller: Controller, context: DeviceContext): DeviceProperties | undefined {
  const { domain, capabilities } = context;
  if (isBuiltIn(controller, context)) return undefined;
  const properties = ownProperties(controller, context);
  if (properties === undefined) return undefined;
  if (!capabilities.hasType(properties.driver) && !aliases.has(properties.driver)) {
    throw unsupported(say`This QEMU has no ${controller.type} controller '${properties.driver}'.`);
  }
  return { ...properties, ...addressProperties(domain, controller) };
}

/** Names QEMU takes for a device but does not list as types. */
const aliases: ReadonlySet<string> = new Set(['lsi', 'ahci', 'virtio-scsi-pci', 'virtio-serial-pci']);

function isBuiltIn(controller: Controller, { domain }: DeviceContext): boolean {
  switch (controller.type) {
    case 'pci':
      return controller.model === 'pci-root' || controller.model === 'pcie-root';
    case 'sata':
      return controller.index === 0 && isQ35(domain);
    case 'ide':
      return controller.index === 0 && hasBuiltinIde(domain);
    case 'usb':
      return controller.model === 'none' || controller.model === undefined;
    default:
      return false;
  }
}

function ownProperties(controller: Controller, context: DeviceContext): DeviceProperties | undefined {
  switch (controller.type) {
    case 'pci':
      return pciProperties(controller);
    case 'usb':
      return usbProperties(controller, context);
    case 'scsi':
      return scsiProperties(controller, context);
    case 'sata':
      return { driver: 'ahci', id: aliasOf(controller) };
    case 'virtio-serial':
      return {
        ...virtioProperties('virtio-serial', controller, controller.model, context.capabilities),
        id: aliasOf(controller),
        max_ports: controller.ports,
        vectors: controller.vectors,
      };
    case 'ccid':
      return { driver: 'usb-ccid', id: aliasOf(controller) };
    case 'fdc':
      return undefined;
    case 'ide':
    case 'xenbus':
    case 'isa':
    case 'nvme':
      throw unsupported(
        say`A controller of type '${controller.type}' with index ${controller.index} is not supported.`,
      );
  }
}

function pciProperties(controller: Of<'pci'>): DeviceProperties {
  const driver = controller.modelName?.name;
  if (driver === undefined) throw unsupported(say`The PCI controller ${controller.index} has no <model name>.`);
  const id = aliasOf(controller);
  const { target } = controller;
  switch (controller.model) {
    case 'pci-bridge':
      return { driver, chassis_nr: target?.chassisNr ?? 0, id };
    case 'pci-expander-bus':
    case 'pcie-expander-bus':
      return { driver, bus_nr: target?.busNr ?? 0, id, numa_node: target?.node };
    case 'pcie-root-port':
    case 'pcie-switch-downstream-port':
      return { driver, port: target?.port ?? 0, chassis: target?.chassis ?? 0, id, hotplug: target?.hotplug };
    default:
      return { driver, id };
  }
}

const usbDrivers: Partial<Record<string, string>> = {
  'piix3-uhci': 'piix3-usb-uhci',
  'piix4-uhci': 'piix4-usb-uhci',
  ehci: 'usb-ehci',
  'ich9-ehci1': 'ich9-usb-ehci1',
  'ich9-uhci1': 'ich9-usb-uhci1',
  'ich9-uhci2': 'ich9-usb-uhci2',
  'ich9-uhci3': 'ich9-usb-uhci3',
  'vt82c686b-uhci': 'vt82c686b-usb-uhci',
  'pci-ohci': 'pci-ohci',
  'nec-xhci': 'nec-usb-xhci',
  'qemu-xhci': 'qemu-xhci',
};

function usbProperties(controller: Of<'usb'>, { domain, capabilities }: DeviceContext): DeviceProperties {
  const driver = usbDrivers[controller.model ?? ''];
  // Of the parts of a USB 2 controller only the first is looked for, as QEMU has all or none.
  const type = isUsb2(controller) ? 'ich9-usb-ehci1' : driver;
  if (driver === undefined || type === undefined || !capabilities.hasType(type)) {
    throw unsupported(say`This QEMU has no USB controller '${controller.model}'.`);
  }
  if (controller.ports !== undefined && !driver.endsWith('xhci')) {
    throw unsupported(say`The number of ports of the USB controller '${controller.model}' can't be chosen.`);
  }
  const ports = { p2: controller.ports, p3: controller.ports };
  if (controller.master === undefined) return { driver, ...ports, id: aliasOf(controller) };
  const master = domain.devices.controller.find(
    (item) => item.type === 'usb' && item.index === controller.index && item.master === undefined,
  );
  if (master === undefined) throw unsupported(say`The USB controller '${controller.model}' has no master.`);
  return { driver, ...ports, masterbus: `${aliasOf(master)}.0`, firstport: controller.master.startport };
}

const scsiDrivers: Partial<Record<string, string>> = {
  lsilogic: 'lsi',
  lsisas1068: 'mptsas1068',
  lsisas1078: 'megasas',
  vmpvscsi: 'pvscsi',
  am53c974: 'am53c974',
  dc390: 'dc-390',
};

function scsiProperties(controller: Of<'scsi'>, { capabilities }: DeviceContext): DeviceProperties {
  const id = aliasOf(controller);
  const { model, driver: options } = controller;
  if (model === 'virtio-scsi' || model === 'virtio-transitional' || model === 'virtio-non-transitional') {
    return {
      ...virtioProperties('virtio-scsi', controller, model, capabilities),
      iothread: positive(options?.iothread) === undefined ? undefined : `iothread${options?.iothread}`,
      id,
      num_queues: positive(options?.queues),
      cmd_per_lun: positive(options?.cmd_per_lun),
      max_sectors: positive(options?.max_sectors),
      ioeventfd: options?.ioeventfd,
    };
  }
  const driver = scsiDrivers[model ?? ''];
  if (driver === undefined) throw unsupported(say`QEMU has no SCSI controller of the model '${model}'.`);
  return { driver, id };
}
