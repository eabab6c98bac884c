import type { Address, Disk, Domain } from '../../../../src-shared/model/domain/index.ts';
import { hasBuiltinIde, isQ35 } from '../passes/machine-kind.ts';
import { aliasOf, controllerAlias, type JsonProperties, positive } from './properties.ts';

interface Placed {
  readonly address?: Address;
  readonly acpi?: { readonly index: number };
}

const hexadecimal = (value: number | undefined): string => `0x${(value ?? 0).toString(16)}`;

/** The properties that say where a device is plugged in. */
export function addressProperties(domain: Domain, device: Placed): JsonProperties {
  const { address } = device;
  switch (address?.type) {
    case 'pci': {
      const fn = address.function ?? 0;
      return {
        bus: pciBus(domain, address.bus ?? 0),
        multifunction: address.multifunction,
        addr: fn === 0 ? hexadecimal(address.slot) : `${hexadecimal(address.slot)}.${hexadecimal(fn)}`,
        'acpi-index': positive(device.acpi?.index),
      };
    }
    case 'usb':
      return {
        bus: `${controllerAlias(domain, 'usb', address.bus ?? 0)}.0`,
        port: address.port === '' ? undefined : address.port,
      };
    case 'isa':
      return { iobase: address.iobase ?? 0, irq: positive(address.irq) };
    case 'dimm':
      return { slot: address.slot ?? 0, addr: positive(address.base) };
    case 'virtio-serial':
      return {
        bus: `${controllerAlias(domain, 'virtio-serial', address.controller ?? 0)}.${address.bus ?? 0}`,
        nr: address.port ?? 0,
      };
    default:
      return {};
  }
}

/** QEMU's name of a PCI bus. The roots have theirs from the board, whatever alias the user gave. */
function pciBus(domain: Domain, index: number): string {
  const controller = domain.devices?.controller.find((item) => item.type === 'pci' && item.index === index);
  if (controller?.type !== 'pci') throw new Error(`the PCI controller ${index} of a device does not exist`);
  const alias = aliasOf(controller);
  if (!alias.startsWith('ua-')) return alias;
  if (controller.model === 'pci-root') return 'pci.0';
  return controller.model === 'pcie-root' ? 'pcie.0' : alias;
}

/** The same for what sits on a controller for drives: disks, and SCSI devices of the host. */
export function driveProperties(
  domain: Domain,
  address: Extract<Address, { type: 'drive' }>,
  bus: Disk['target']['bus'],
): JsonProperties {
  const { controller = 0, bus: channel = 0, target = 0, unit = 0 } = address;
  switch (bus) {
    case 'ide':
      return { bus: `${hasBuiltinIde(domain) ? 'ide' : controllerAlias(domain, 'ide', controller)}.${channel}`, unit };
    case 'sata':
      return {
        bus: `${isQ35(domain) && controller === 0 ? 'ide' : controllerAlias(domain, 'sata', controller)}.${unit}`,
      };
    case 'fdc':
      return { unit };
    case 'scsi': {
      const item = domain.devices?.controller.find((other) => other.type === 'scsi' && other.index === controller);
      if (item?.type !== 'scsi') throw new Error(`the SCSI controller ${controller} of a disk does not exist`);
      if (['lsilogic', 'ncr53c90', 'dc390', 'am53c974'].includes(item.model ?? '')) {
        return { bus: `${aliasOf(item)}.${channel}`, 'scsi-id': unit };
      }
      return { bus: `${aliasOf(item)}.0`, channel, 'scsi-id': target, lun: unit };
    }
    default:
      throw new Error(`a disk on bus '${bus}' has the address of a drive`);
  }
}
