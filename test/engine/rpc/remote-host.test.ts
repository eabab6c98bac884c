/** A whole other host: its own network, sshd, libvirtd and guests, over the system's own ssh and a cable that is cut. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostEngine, type HostedEngine } from '../../../src-main/compose.ts';
import type { EngineDirectories } from '../../../src-main/engine/context.ts';
import { silentLogger } from '../../../src-main/engine/logger.ts';
import { connectSocket, type SocketClient } from '../../../src-main/ipc/socket-client.ts';
import type { ConnectionInfo } from '../../../src-shared/contract/connections.ts';
import type { ContractEvent } from '../../../src-shared/contract/index.ts';
import type { PromptInfo } from '../../../src-shared/contract/prompts.ts';
import { machineXml, makeDirectories, until } from '../../support/qemu-engine.ts';
import { type RemoteHost, startRemoteHost } from '../../support/remote-host.ts';

const cliPath = fileURLToPath(new URL('../../../scripts/vivarium.mjs', import.meta.url));

let host: RemoteHost;
let folder: string;
let directories: EngineDirectories;
let hosted: HostedEngine;
let client: SocketClient;
let asked: PromptInfo[] = [];
const heard: ContractEvent[] = [];
let uri: string;

async function openEngine(): Promise<void> {
  hosted = await hostEngine({ directories, logger: silentLogger, cliPath });
  client = await connectSocket(hosted.socketPath);
  client.subscribe((event) => {
    heard.push(event);
    if (event.channel !== 'prompts') return;
    for (const { id, kind, text } of event.prompts) {
      if (asked.some((known) => known.id === id)) continue;
      asked.push({ id, kind, text });
      const answer = kind === 'confirm' ? 'yes' : host.password;
      client.call('prompts.answer', { id, answer }).catch((error: unknown) => {
        throw error;
      });
    }
  });
  await client.call('prompts.serve', { on: true });
}

beforeAll(async () => {
  host = await startRemoteHost();
  folder = mkdtempSync(join(tmpdir(), 'vivarium-far-'));
  writeFileSync(join(folder, 'known-hosts'), '');
  directories = makeDirectories();
  await openEngine();
  uri = await client.call('connections.add', { uri: host.uri({ known_hosts: join(folder, 'known-hosts') }) });
}, 120_000);

afterAll(async () => {
  client.close();
  await hosted.close();
  await host.stop();
  rmSync(folder, { recursive: true, force: true });
});

const connection = (): ConnectionInfo | undefined => hosted.engine.connections().find((each) => each.uri === uri);
const seenMs = (): number | undefined => connection()?.seenMs;
const states = (): string[] =>
  heard.flatMap((event) =>
    event.channel === 'engine' && event.event.type === 'domain-summary' ? [event.event.summary.state] : [],
  );

describe('another host', () => {
  it('is reached once its key and the password were answered', async () => {
    const { domains } = await client.call('connections.open', { uri });
    expect(domains).toEqual([]);
    expect(asked.map(({ kind }) => kind)).toEqual(['confirm', 'secret']);
  });

  it('starts a machine, whose display and serial port come through the same connection', async () => {
    const devices = "<graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/><serial type='pty'/>";
    const { uuid } = await client.call('domains.define', { uri, xml: machineXml({ name: 'far', devices }) });
    await client.call('domains.start', { uri, uuid });
    const { socketPath } = await client.call('domains.open-console', { uri, uuid, kind: 'vnc' });
    const socket = connect(socketPath);
    const [greeting] = (await once(socket, 'data')) as [Buffer];
    expect(greeting.toString()).toBe('RFB 003.008\n');
    socket.destroy();
    await client.call('domains.open-console', { uri, uuid, kind: 'serial' });
    expect(asked).toHaveLength(2);
  });

  it('is seen to be away while the cable is out, and answers again when it is in', async () => {
    await host.setLink('down');
    await until('the silence is noticed', () => seenMs() !== undefined, 30_000);
    expect(Date.now() - (seenMs() ?? 0)).toBeLessThan(30_000);
    // What was seen is there at once, however long the host takes.
    const beganMs = performance.now();
    expect(await client.call('domains.list', { uri })).toMatchObject([{ name: 'far', state: 'running' }]);
    expect(performance.now() - beganMs).toBeLessThan(200);
    await host.setLink('up');
    await until('it answers', () => seenMs() === undefined, 30_000);
    await host.daemon.run(['virsh', 'suspend', 'far']);
    await until('its events flow', () => states().includes('paused'));
    expect(asked).toHaveLength(2);
  }, 90_000);

  it('that loses every packet ends what waits for it, and is logged in to again without a question', async () => {
    heard.length = 0;
    const { uuid } = (await client.call('domains.list', { uri }))[0] ?? { uuid: '' };
    await host.setSilent(true);
    const beganMs = performance.now();
    const list = client.call('domains.list', { uri });
    await expect(client.call('domains.resume', { uri, uuid })).rejects.toMatchObject({
      data: { code: 'no-connect', message: expect.stringContaining('broke off') as string },
    });
    expect(performance.now() - beganMs).toBeLessThan(30_000);
    // From now on it is known to be away: nothing waits.
    const againMs = performance.now();
    await expect(client.call('domains.resume', { uri, uuid })).rejects.toMatchObject({ data: { code: 'no-connect' } });
    expect(performance.now() - againMs).toBeLessThan(200);
    expect(await list).toMatchObject([{ name: 'far' }]);
    await client.call('domains.list', { uri: 'qemu:///session' });
    await host.setSilent(false);
    await until('it is found again', () => seenMs() === undefined, 60_000);
    await client.call('domains.resume', { uri, uuid });
    await until('its events flow', () => states().includes('running'));
    expect(asked).toHaveLength(2);
  }, 150_000);

  it('shows its machines at a start while it is away, and is found by itself when it is back', async () => {
    client.close();
    await hosted.close();
    await host.setLink('down');
    heard.length = 0;
    asked = [];
    const beganMs = performance.now();
    await openEngine();
    await client.call('connections.add', { uri });
    const listed = (await client.call('connections.list', {})).find((each) => each.uri === uri);
    expect(listed?.seenMs).toBeGreaterThan(Date.now() - 60_000);
    expect(await client.call('connections.remembered', { uri })).toMatchObject([{ name: 'far', state: 'running' }]);
    expect(performance.now() - beganMs).toBeLessThan(5_000);
    await expect(client.call('connections.open', { uri })).rejects.toMatchObject({
      data: { code: 'no-connect', message: expect.stringContaining(host.address) as string },
    });
    await host.setLink('up');
    // Attempts that nobody asked for ask nobody; this host lets nobody in without a password.
    await until('it was tried', () => connection()?.error?.code === 'auth-failed', 60_000);
    expect(asked).toHaveLength(0);
    const { domains } = await client.call('connections.open', { uri });
    expect(domains).toMatchObject([{ name: 'far', state: 'running' }]);
    expect(asked.map(({ kind }) => kind)).toEqual(['secret']);
  }, 120_000);
});
