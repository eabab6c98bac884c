import { driverContract } from '../../support/driver-contract.ts';
import { machineXml, openQemu } from '../../support/qemu-engine.ts';

driverContract('qemu:///session', {
  open: async () => {
    const { connection, close } = await openQemu();
    return { connection, close };
  },
  xml: (options) =>
    machineXml({ ...options, devices: `<controller type='usb' model='qemu-xhci'/>${options.devices ?? ''}` }),
  guestObeys: false,
  patienceMs: 30_000,
  // A USB device leaves without the guest's consent.
  hotplug: { xml: "<input type='tablet' bus='usb'/>", mark: "type='tablet'" },
});
