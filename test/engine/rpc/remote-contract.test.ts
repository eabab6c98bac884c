/** The remote driver on a real libvirtd keeps the contract every driver keeps. */
import { JobRegistry } from '../../../src-main/engine/jobs.ts';
import { silentLogger } from '../../../src-main/engine/logger.ts';
import { remoteDriver } from '../../../src-main/drivers/remote/driver.ts';
import { parseConnectUri } from '../../../src-shared/uri.ts';
import { driverContract } from '../../support/driver-contract.ts';
import { socketOf } from '../../support/libvirtd-socket.ts';
import { startPrivateLibvirtd } from '../../support/private-libvirtd.ts';
import { machineXml } from '../../support/qemu-engine.ts';

const nowhere = '/nonexistent';
const directories = { config: nowhere, state: nowhere, data: nowhere, runtime: nowhere, cache: nowhere };

driverContract('qemu+unix:///system on libvirtd', {
  async open() {
    const daemon = await startPrivateLibvirtd();
    const uri = parseConnectUri(`qemu+unix:///system?socket=${await socketOf(daemon)}`);
    if (uri === undefined) throw new Error('the URI is wrong');
    const connection = await remoteDriver.open(uri, { directories, logger: silentLogger, jobs: new JobRegistry() });
    return {
      connection,
      close: async () => {
        await connection.close();
        await daemon.stop();
      },
    };
  },
  xml: (options) =>
    machineXml({ ...options, devices: `<controller type='usb' model='qemu-xhci'/>${options.devices ?? ''}` }),
  guestObeys: false,
  patienceMs: 60_000,
  hotplug: { xml: "<input type='tablet' bus='usb'/>", mark: "type='tablet'" },
});
