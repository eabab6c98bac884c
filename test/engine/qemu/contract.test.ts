import { driverContract } from '../../support/driver-contract.ts';
import { machineXml, openQemu } from '../../support/qemu-engine.ts';

driverContract('qemu:///session', {
  open: async () => {
    const { connection, close } = await openQemu();
    return { connection, close };
  },
  xml: machineXml,
  guestObeys: false,
  patienceMs: 30_000,
});
