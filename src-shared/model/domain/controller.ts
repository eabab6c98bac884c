import { attr, child, childText, element, type ModelOf, tag, union } from '../../xml/schema.ts';
import { hexadecimal, oneOf, onOff, string, unsigned } from '../../xml/values.ts';
import { kib } from '../size.ts';
import { deviceInfo, virtioModels, virtioOptions } from './device-info.ts';

const driver = element('driver', {
  queues: attr(unsigned).optional(),
  cmd_per_lun: attr(unsigned).optional(),
  max_sectors: attr(unsigned).optional(),
  ioeventfd: attr(onOff).optional(),
  iothread: attr(unsigned).optional(),
  ...virtioOptions,
});

const { boot: _boot, alias, rom: _rom, acpi, address } = deviceInfo;

const attributes = { type: tag(), index: attr(unsigned).optional() };
const driverField = { driver: child(driver).optional() };
const infoFields = { alias, acpi, address };

const pciModels = [
  ...(['pci-root', 'pcie-root', 'pci-bridge', 'dmi-to-pci-bridge', 'pcie-to-pci-bridge'] as const),
  ...(['pcie-root-port', 'pcie-switch-upstream-port', 'pcie-switch-downstream-port'] as const),
  ...(['pci-expander-bus', 'pcie-expander-bus'] as const),
] as const;
export type PciControllerModel = (typeof pciModels)[number];

const scsiModels = [
  ...(['auto', 'buslogic', 'lsilogic', 'lsisas1068', 'vmpvscsi', 'ibmvscsi', 'virtio-scsi', 'lsisas1078'] as const),
  ...(['virtio-transitional', 'virtio-non-transitional', 'ncr53c90', 'dc390', 'am53c974', 'nvme'] as const),
] as const;
export type ScsiControllerModel = (typeof scsiModels)[number];

const usbModels = [
  ...(['piix3-uhci', 'piix4-uhci', 'ehci', 'ich9-ehci1', 'ich9-uhci1', 'ich9-uhci2', 'ich9-uhci3'] as const),
  ...(['vt82c686b-uhci', 'pci-ohci', 'nec-xhci', 'qusb1', 'qusb2', 'qemu-xhci', 'none'] as const),
] as const;
export type UsbControllerModel = (typeof usbModels)[number];

const pciTarget = element('target', {
  chassisNr: attr(unsigned).optional(),
  chassis: attr(unsigned).optional(),
  port: attr(hexadecimal(1, 0xff)).optional(),
  busNr: attr(unsigned).optional(),
  index: attr(unsigned).optional(),
  hotplug: attr(onOff).optional(),
  memReserve: attr(unsigned).optional(),
  node: childText('node', unsigned).optional(),
});

/** A bus other devices sit on. */
export const controllerSchema = union(
  'controller',
  'type',
  {
    ide: { ...attributes, model: attr(oneOf('piix3', 'piix4', 'ich6')).optional(), ...driverField, ...infoFields },
    fdc: { ...attributes, model: attr(string).optional(), ...driverField, ...infoFields },
    scsi: { ...attributes, model: attr(oneOf(...scsiModels)).optional(), ...driverField, ...infoFields },
    sata: { ...attributes, model: attr(string).optional(), ...driverField, ...infoFields },
    'virtio-serial': {
      ...attributes,
      model: attr(oneOf(...virtioModels)).optional(),
      ports: attr(unsigned).optional(),
      vectors: attr(unsigned).optional(),
      ...driverField,
      ...infoFields,
    },
    ccid: { ...attributes, model: attr(string).optional(), ...driverField, ...infoFields },
    usb: {
      ...attributes,
      model: attr(oneOf(...usbModels)).optional(),
      ports: attr(unsigned).optional(),
      ...driverField,
      alias,
      /** Companion controllers name the port of the EHCI controller (same index) they start at. */
      master: child(element('master', { startport: attr(unsigned) })).optional(),
      acpi,
      address,
    },
    pci: {
      ...attributes,
      model: attr(oneOf(...pciModels)).optional(),
      modelName: child(element('model', { name: attr(string) })).optional(),
      target: child(pciTarget).optional(),
      ...driverField,
      ...infoFields,
      pcihole64: child(kib('pcihole64')).optional(),
    },
    xenbus: {
      ...attributes,
      model: attr(string).optional(),
      maxGrantFrames: attr(unsigned).optional(),
      maxEventChannels: attr(unsigned).optional(),
      ...driverField,
      ...infoFields,
    },
    isa: { ...attributes, model: attr(string).optional(), ...driverField, ...infoFields },
    nvme: { ...attributes, serial: childText('serial', string).optional(), ...driverField, ...infoFields },
  },
  'ide',
);
export type Controller = ModelOf<typeof controllerSchema>;
