/** A real libvirtd behind what ssh starts on its host: virt-ssh-helper, and displays forwarded. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remoteDriver } from '../../../src-main/drivers/remote/driver.ts';
import { type Connection, need } from '../../../src-main/engine/driver.ts';
import { JobRegistry } from '../../../src-main/engine/jobs.ts';
import { silentLogger } from '../../../src-main/engine/logger.ts';
import { parseConnectUri } from '../../../src-shared/uri.ts';
import { writePretendedSsh } from '../../support/pretended-ssh.ts';
import { type PrivateLibvirtd, startPrivateLibvirtd } from '../../support/private-libvirtd.ts';
import { machineXml } from '../../support/qemu-engine.ts';

let daemon: PrivateLibvirtd;
let folder: string;
let ssh: string;

async function open(text: string): Promise<Connection> {
  const uri = parseConnectUri(`${text}?command=${ssh}`);
  if (uri === undefined) throw new Error('the URI is wrong');
  const directories = { config: folder, state: folder, data: folder, runtime: join(folder, 'r'), cache: folder };
  return await remoteDriver.open(uri, { directories, logger: silentLogger, jobs: new JobRegistry() });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-ssh-'));
  daemon = await startPrivateLibvirtd();
  ssh = writePretendedSsh(join(folder, 'ssh'), (await daemon.run(['cat', '/run/libvirt/virtlogd.pid'])).trim());
});

afterAll(async () => {
  await daemon.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a host over SSH', () => {
  it('lists and starts machines, and carries their displays', async () => {
    const connection = await open('qemu+ssh://lab/system');
    try {
      const { domains } = connection;
      const devices = "<graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/>";
      const { uuid } = await need(domains, 'define')(machineXml({ name: 'far', devices }));
      await need(domains, 'start')(uuid);
      expect(await domains.list()).toMatchObject([{ name: 'far', state: 'running', hasGraphics: true }]);
      const [display] = await need(domains, 'consoles')(uuid);
      expect(display).toMatchObject({ kind: 'vnc', socketPath: expect.stringContaining(folder) as string });
      for (let count = 0; count < 2; count += 1) {
        const socket = connect(display?.socketPath ?? '');
        const [greeting] = (await once(socket, 'data')) as [Buffer];
        expect(greeting.toString()).toBe('RFB 003.008\n');
        socket.destroy();
      }
      await need(domains, 'destroy')(uuid);
      await need(domains, 'undefine')(uuid);
    } finally {
      await connection.close();
    }
  });

  it('that does not answer is told with ssh’s own words', async () => {
    await expect(open('qemu+ssh://nowhere/system')).rejects.toThrow('Could not resolve hostname nowhere');
  });
});
