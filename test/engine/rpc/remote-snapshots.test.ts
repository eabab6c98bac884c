/** Snapshots through the protocol: our client and virsh on our own server, and our client on a real libvirtd. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remoteDriver } from '../../../src-main/drivers/remote/driver.ts';
import type { Connection } from '../../../src-main/engine/driver.ts';
import type { EngineEvent } from '../../../src-main/engine/events.ts';
import { JobRegistry } from '../../../src-main/engine/jobs.ts';
import { silentLogger } from '../../../src-main/engine/logger.ts';
import type { SnapshotApi } from '../../../src-main/engine/snapshot-api.ts';
import { parseConnectUri } from '../../../src-shared/uri.ts';
import { type LibvirtDoor, openLibvirtDoor } from '../../support/libvirt-door.ts';
import { startPrivateLibvirtd, type PrivateLibvirtd } from '../../support/private-libvirtd.ts';
import { socketOf } from '../../support/libvirtd-socket.ts';
import { machineXml } from '../../support/qemu-engine.ts';

const nowhere = '/nonexistent';
const directories = { config: nowhere, state: nowhere, data: nowhere, runtime: nowhere, cache: nowhere };
const isRoot = process.getuid?.() === 0;

const connect = async (text: string): Promise<Connection> => {
  const uri = parseConnectUri(text);
  if (uri === undefined) throw new Error('the URI is wrong');
  return await remoteDriver.open(uri, { directories, logger: silentLogger, jobs: new JobRegistry() });
};
const api = ({ snapshots }: Connection): Required<SnapshotApi> => snapshots as Required<SnapshotApi>;
const xmlOf = (name: string, more = ''): string => `<domainsnapshot><name>${name}</name>${more}</domainsnapshot>`;
const tree = async (connection: Connection, uuid: string): Promise<string[]> =>
  (await api(connection).list(uuid)).map(
    ({ name, parent, isCurrent }) => `${parent ?? ''}>${name}${isCurrent ? '*' : ''}`,
  );

/** The same on any server: taken off and on, listed, gone back to, moved, dropped. */
async function live(connection: Connection, disk: string): Promise<void> {
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '8M']);
  const devices = `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${disk}'/><target dev='vda' bus='virtio'/></disk>`;
  const { uuid } = (await connection.domains.define?.(machineXml({ name: 'far', devices }))) ?? { uuid: '' };
  const events: EngineEvent[] = [];
  connection.events.subscribe((event) => events.push(event));
  const first = await api(connection).create(uuid, xmlOf('off', '<description>clean</description>')).result;
  expect(first).toMatchObject({
    name: 'off',
    description: 'clean',
    state: 'shutoff',
    location: 'internal',
    hasMemory: false,
  });
  await connection.domains.start?.(uuid);
  await api(connection).create(uuid, xmlOf('on')).result;
  expect(await tree(connection, uuid)).toEqual(['>off', 'off>on*']);
  await api(connection).revert(uuid, 'off').result;
  expect((await connection.domains.state(uuid)).state).toBe('shutoff');
  await api(connection).revert(uuid, 'on', { paused: true }).result;
  expect((await connection.domains.state(uuid)).state).toBe('paused');
  await api(connection).setCurrent(uuid, 'off');
  expect(await tree(connection, uuid)).toEqual(['>off*', 'off>on']);
  await expect(api(connection).revert(uuid, 'nothing').result).rejects.toMatchObject({ code: 'no-domain-snapshot' });
  await api(connection).delete(uuid, 'off', { children: true }).result;
  expect(await tree(connection, uuid)).toEqual([]);
  expect(events.filter(({ type }) => type === 'snapshots').length).toBeGreaterThanOrEqual(6);
  await connection.domains.destroy?.(uuid);
}

describe('snapshots on our own server', () => {
  let door: LibvirtDoor;
  let connection: Connection;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vivarium-far-snapshots-'));
    door = await openLibvirtDoor();
    connection = await connect(door.uri());
  });
  afterAll(async () => {
    await connection.close();
    await door.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are what the engine has', async () => {
    await live(connection, join(folder, 'own.qcow2'));
  });

  it('are edited by virsh: what an editor leaves is how it is described', async () => {
    const domain = await connection.domains.lookupByName('far');
    await api(connection).create(domain.uuid, xmlOf('edited')).result;
    process.env['VISUAL'] = "sed -i 's,<name>edited</name>,<name>edited</name><description>by hand</description>,'";
    const said = await door.virsh(['snapshot-edit', 'far', 'edited']);
    delete process.env['VISUAL'];
    expect(said.stdout).toContain('Snapshot edited edited.');
    expect((await api(connection).list(domain.uuid))[0]).toMatchObject({ name: 'edited', description: 'by hand' });
  });
});

describe.skipIf(!isRoot)('snapshots on a real libvirtd', () => {
  let libvirtd: PrivateLibvirtd;
  let connection: Connection;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vivarium-real-snapshots-'));
    execFileSync('chmod', ['0777', folder]);
    libvirtd = await startPrivateLibvirtd();
    connection = await connect(`qemu+unix:///system?socket=${await socketOf(libvirtd)}`);
  }, 120_000);
  afterAll(async () => {
    await connection.close();
    await libvirtd.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are what libvirt has', { timeout: 120_000 }, async () => {
    await live(connection, join(folder, 'real.qcow2'));
  });
});
