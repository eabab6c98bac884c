/** The remote driver on our own server: what goes over the wire comes back as the engine has it. */
import { remoteDriver } from '../../../src-main/drivers/remote/driver.ts';
import { JobRegistry } from '../../../src-main/engine/jobs.ts';
import { silentLogger } from '../../../src-main/engine/logger.ts';
import { parseConnectUri } from '../../../src-shared/uri.ts';
import { driverContract } from '../../support/driver-contract.ts';
import { openLibvirtDoor } from '../../support/libvirt-door.ts';
import { machineXml } from '../../support/qemu-engine.ts';

const nowhere = '/nonexistent';
const directories = { config: nowhere, state: nowhere, data: nowhere, runtime: nowhere, cache: nowhere };

async function open(local: string) {
  const door = await openLibvirtDoor();
  const uri = parseConnectUri(door.uri(local));
  if (uri === undefined) throw new Error('the URI is wrong');
  const connection = await remoteDriver.open(uri, { directories, logger: silentLogger, jobs: new JobRegistry() });
  return {
    connection,
    close: async () => {
      await connection.close();
      await door.close();
    },
  };
}

driverContract('test+unix:///default on this engine', {
  open: async () => await open('test:///default'),
  xml: ({ name, uuid, extra = '', devices = '' }) =>
    `<domain type='test'><name>${name}</name>${uuid === undefined ? '' : `<uuid>${uuid}</uuid>`}${extra}` +
    `<memory>131072</memory><vcpu>2</vcpu><os><type>hvm</type></os>` +
    `<devices><serial type='pty'/>${devices}</devices></domain>`,
  guestObeys: true,
  patienceMs: 5_000,
  hotplug: {
    xml: "<disk type='file' device='disk'><source file='/guest/extra'/><target dev='vdz' bus='virtio'/></disk>",
    mark: "dev='vdz'",
  },
});

driverContract('qemu+unix:///session on this engine', {
  open: async () => await open('qemu:///session'),
  xml: (options) =>
    machineXml({ ...options, devices: `<controller type='usb' model='qemu-xhci'/>${options.devices ?? ''}` }),
  guestObeys: false,
  patienceMs: 30_000,
  hotplug: { xml: "<input type='tablet' bus='usb'/>", mark: "type='tablet'" },
});
