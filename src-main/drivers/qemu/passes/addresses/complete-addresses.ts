import type { Address } from '../../../../../src-shared/model/domain/index.ts';
import { devicesOf } from '../device-list.ts';
import type { Pass } from '../types.ts';

/** An address that leaves numbers out means 0 by them, and is written with them. */
export const completeGivenAddresses: Pass = ({ devices }) => {
  for (const { device } of devicesOf(devices)) {
    if (device.address !== undefined) device.address = withZeros(device.address);
  }
};

function withZeros(address: Address): Address {
  switch (address.type) {
    case 'drive': {
      const { controller = 0, bus = 0, target = 0, unit = 0 } = address;
      return { ...address, controller, bus, target, unit };
    }
    case 'virtio-serial': {
      const { controller = 0, bus = 0, port = 0 } = address;
      return { ...address, controller, bus, port };
    }
    case 'ccid': {
      const { controller = 0, slot = 0 } = address;
      return { ...address, controller, slot };
    }
    case 'usb':
      return { ...address, bus: address.bus ?? 0 };
    case 'dimm':
      return { ...address, slot: address.slot ?? 0 };
    case 'pci': {
      const { domain = 0, bus = 0, slot = 0, function: fn = 0 } = address;
      return domain === 0 && bus === 0 && slot === 0 ? address : { ...address, domain, bus, slot, function: fn };
    }
    default:
      return address;
  }
}
