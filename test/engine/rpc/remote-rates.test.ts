/** What machines of a real libvirtd read, write and send, as rates: the figures that the window's graphs are made of. */
import { accessSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remoteDriver } from '../../../src-main/drivers/remote/driver.ts';
import { type Connection, need } from '../../../src-main/engine/driver.ts';
import { domainSample } from '../../../src-main/engine/figures/rates.ts';
import { JobRegistry } from '../../../src-main/engine/jobs.ts';
import { silentLogger } from '../../../src-main/engine/logger.ts';
import type { DomainStatsSample } from '../../../src-shared/contract/events.ts';
import { parseConnectUri } from '../../../src-shared/uri.ts';
import { socketOf } from '../../support/libvirtd-socket.ts';
import { type PrivateLibvirtd, startPrivateLibvirtd } from '../../support/private-libvirtd.ts';
import { grubIso, machineXml, until } from '../../support/qemu-engine.ts';

const patienceMs = 60_000;

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

const canRun = process.getuid?.() === 0 && exists('/usr/sbin/libvirtd') && exists(grubIso);

describe.skipIf(!canRun)('machines of a libvirtd', () => {
  let daemon: PrivateLibvirtd;
  let connection: Connection;
  let folder: string;
  const running: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vivarium-rates-'));
    daemon = await startPrivateLibvirtd({ network: true });
    const uri = parseConnectUri(`qemu+unix:///system?socket=${await socketOf(daemon)}`);
    if (uri === undefined) throw new Error('the URI is wrong');
    const directories = { config: folder, state: folder, data: folder, runtime: folder, cache: join(folder, 'cache') };
    connection = await remoteDriver.open(uri, { directories, logger: silentLogger, jobs: new JobRegistry() });
  });

  afterAll(async () => {
    for (const uuid of running) await connection.domains.destroy?.(uuid);
    await connection.close();
    await daemon.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(name: string, boot: string, devices: string): Promise<string> {
    const { uuid } = await need(connection.domains, 'createXml')(machineXml({ name, os: boot, devices }));
    running.push(uuid);
    return uuid;
  }

  /** Rates since the machine was first looked at, once there is what is looked for. */
  async function rates(uuid: string, isThere: (sample: DomainStatsSample) => boolean): Promise<DomainStatsSample> {
    const stats = need(connection.domains, 'stats');
    const [before] = await stats([uuid]);
    const beganMs = Date.now();
    let sample: DomainStatsSample | undefined;
    await until(
      'it has a rate',
      async () => {
        const [now] = await stats([uuid]);
        if (now === undefined) return false;
        sample = domainSample(now, before, Date.now() - beganMs);
        return isThere(sample);
      },
      patienceMs,
    );
    if (sample === undefined) throw new Error('there is no sample');
    return sample;
  }

  it('that read a disc', async () => {
    const disc = `<disk type='file' device='cdrom'><source file='${grubIso}'/><target dev='hda' bus='ide'/></disk>`;
    const uuid = await start('reads', "<boot dev='cdrom'/>", disc);
    const sample = await rates(uuid, ({ diskReadBytesPerSecond = 0 }) => diskReadBytesPerSecond > 0);
    expect(sample.blanks).toHaveProperty('network');
    expect(sample).not.toHaveProperty('networkRxBytesPerSecond');
  });

  it('that ask a network for an address', async () => {
    const network = `<network><name>rated</name><bridge name='vvrated0'/>
      <ip address='192.168.232.1' netmask='255.255.255.0'/></network>`;
    const { uuid: networkUuid } = await need(connection.networks, 'define')(network);
    await need(connection.networks, 'start')(networkUuid);
    const card = "<interface type='network'><source network='rated'/><model type='virtio'/></interface>";
    const uuid = await start('sends', "<boot dev='network'/>", card);
    const sample = await rates(uuid, ({ networkTxBytesPerSecond = 0 }) => networkTxBytesPerSecond > 0);
    expect(sample.networkRxBytesPerSecond).toBeGreaterThanOrEqual(0);
    expect(sample.blanks).toHaveProperty('disk');
  });

  it('whose cards nobody counts have no rate rather than none', async () => {
    const uuid = await start('uncounted', "<boot dev='hd'/>", "<interface type='user'/>");
    const sample = await rates(uuid, ({ cpu = 0 }) => cpu > 0);
    expect(sample.blanks).toHaveProperty('network');
    expect(sample).not.toHaveProperty('networkTxBytesPerSecond');
  });
});
