import { testDriver } from '../../../../../src-main/drivers/test/driver.ts';
import { JobRegistry } from '../../../../../src-main/engine/jobs.ts';
import { silentLogger } from '../../../../../src-main/engine/logger.ts';
import { parseConnectUri } from '../../../../../src-shared/uri.ts';
import { driverContract } from '../../../../support/driver-contract.ts';

const nowhere = '/nonexistent';
const directories = { config: nowhere, state: nowhere, data: nowhere, runtime: nowhere, cache: nowhere };

driverContract('the test driver', {
  async open() {
    const uri = parseConnectUri('test:///default');
    if (uri === undefined) throw new Error('test:///default is a URI');
    const connection = await testDriver.open(uri, { directories, logger: silentLogger, jobs: new JobRegistry() });
    return { connection, close: () => connection.close() };
  },
  xml: ({ name, uuid, extra = '', devices = '' }) =>
    `<domain type='test'><name>${name}</name>${uuid === undefined ? '' : `<uuid>${uuid}</uuid>`}${extra}` +
    `<memory>131072</memory><vcpu>2</vcpu><os><type>hvm</type></os>` +
    `<devices><serial type='pty'/>${devices}</devices></domain>`,
  guestObeys: true,
  patienceMs: 2000,
  hotplug: {
    xml: "<disk type='file' device='disk'><source file='/guest/extra'/><target dev='vdz' bus='virtio'/></disk>",
    mark: "dev='vdz'",
  },
});
