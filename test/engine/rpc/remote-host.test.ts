/** A whole other host: its own network, sshd, libvirtd and guests, over the system's own ssh and a cable that is cut. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineDirectories } from '../../../src-main/engine/context.ts';
import type { ConnectionInfo } from '../../../src-shared/contract/connections.ts';
import { clientFolder, openRemoteClient, type RemoteClient } from '../../support/remote-client.ts';
import { machineXml, makeDirectories, until } from '../../support/qemu-engine.ts';
import { type RemoteHost, startRemoteHost } from '../../support/remote-host.ts';

const place = clientFolder();
let directories: EngineDirectories;
let host: RemoteHost;
let far: RemoteClient;
let uri: string;

beforeAll(async () => {
  host = await startRemoteHost();
  directories = makeDirectories();
  far = await openRemoteClient(host, directories);
  uri = await far.client.call('connections.add', { uri: host.uri({ known_hosts: place.knownHosts }) });
}, 120_000);

afterAll(async () => {
  await far.close();
  await host.stop();
  place.remove();
});

const connection = (): ConnectionInfo | undefined => far.hosted.engine.connections().find((each) => each.uri === uri);
const seenMs = (): number | undefined => connection()?.seenMs;
const states = (): string[] =>
  far.heard.flatMap((event) =>
    event.channel === 'engine' && event.event.type === 'domain-summary' ? [event.event.summary.state] : [],
  );

describe('another host', () => {
  it('is reached once its key and the password were answered', async () => {
    const { domains } = await far.client.call('connections.open', { uri });
    expect(domains).toEqual([]);
    expect(far.asked.map(({ kind }) => kind)).toEqual(['confirm', 'secret']);
  });

  it('starts a machine, whose display and serial port come through the same connection', async () => {
    const devices = "<graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/><serial type='pty'/>";
    const { uuid } = await far.client.call('domains.define', { uri, xml: machineXml({ name: 'far', devices }) });
    await far.client.call('domains.start', { uri, uuid });
    const { socketPath } = await far.client.call('domains.open-console', { uri, uuid, kind: 'vnc' });
    const socket = connect(socketPath);
    const [greeting] = (await once(socket, 'data')) as [Buffer];
    expect(greeting.toString()).toBe('RFB 003.008\n');
    socket.destroy();
    await far.client.call('domains.open-console', { uri, uuid, kind: 'serial' });
    expect(far.asked).toHaveLength(2);
  });

  it('is seen to be away while the cable is out, and answers again when it is in', async () => {
    await host.setLink('down');
    await until('the silence is noticed', () => seenMs() !== undefined, 30_000);
    expect(Date.now() - (seenMs() ?? 0)).toBeLessThan(30_000);
    // What was seen is there at once, however long the host takes.
    const beganMs = performance.now();
    expect(await far.client.call('domains.list', { uri })).toMatchObject([{ name: 'far', state: 'running' }]);
    expect(performance.now() - beganMs).toBeLessThan(200);
    await host.setLink('up');
    await until('it answers', () => seenMs() === undefined, 30_000);
    await host.daemon.run(['virsh', 'suspend', 'far']);
    await until('its events flow', () => states().includes('paused'));
    expect(far.asked).toHaveLength(2);
  }, 90_000);

  it('that loses every packet ends what waits for it, and is logged in to again without a question', async () => {
    far.heard.length = 0;
    const { uuid } = (await far.client.call('domains.list', { uri }))[0] ?? { uuid: '' };
    await host.setSilent(true);
    const beganMs = performance.now();
    const list = far.client.call('domains.list', { uri });
    await expect(far.client.call('domains.resume', { uri, uuid })).rejects.toMatchObject({
      data: { code: 'no-connect', message: expect.stringContaining('broke off') as string },
    });
    expect(performance.now() - beganMs).toBeLessThan(30_000);
    // From now on it is known to be away: nothing waits.
    const againMs = performance.now();
    await expect(far.client.call('domains.resume', { uri, uuid })).rejects.toMatchObject({
      data: { code: 'no-connect' },
    });
    expect(performance.now() - againMs).toBeLessThan(200);
    expect(await list).toMatchObject([{ name: 'far' }]);
    await far.client.call('domains.list', { uri: 'qemu:///session' });
    await host.setSilent(false);
    await until('it is found again', () => seenMs() === undefined, 60_000);
    await far.client.call('domains.resume', { uri, uuid });
    await until('its events flow', () => states().includes('running'));
    expect(far.asked).toHaveLength(2);
  }, 150_000);

  it('shows its machines at a start while it is away, and is found by itself when it is back', async () => {
    await far.close();
    await host.setLink('down');
    const beganMs = performance.now();
    far = await openRemoteClient(host, directories);
    await far.client.call('connections.add', { uri });
    const listed = (await far.client.call('connections.list', {})).find((each) => each.uri === uri);
    expect(listed?.seenMs).toBeGreaterThan(Date.now() - 60_000);
    expect(await far.client.call('connections.remembered', { uri })).toMatchObject([{ name: 'far', state: 'running' }]);
    expect(performance.now() - beganMs).toBeLessThan(5_000);
    await expect(far.client.call('connections.open', { uri })).rejects.toMatchObject({
      data: { code: 'no-connect', message: expect.stringContaining(host.address) as string },
    });
    await host.setLink('up');
    // Attempts that nobody asked for ask nobody; this host lets nobody in without a password.
    await until('it was tried', () => connection()?.error?.code === 'auth-failed', 60_000);
    expect(far.asked).toHaveLength(0);
    const { domains } = await far.client.call('connections.open', { uri });
    expect(domains).toMatchObject([{ name: 'far', state: 'running' }]);
    expect(far.asked.map(({ kind }) => kind)).toEqual(['secret']);
  }, 120_000);
});
