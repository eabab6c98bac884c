import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createContractServer } from '../../../../src-main/ipc/dispatch.ts';
import { Emitter } from '../../../../src-main/engine/events.ts';
import { silentLogger } from '../../../../src-main/engine/logger.ts';
import { connectSocket } from '../../../../src-main/ipc/socket-client.ts';
import { serveSocket, type SocketServer } from '../../../../src-main/ipc/socket-server.ts';
import type { ContractEvent } from '../../../../src-shared/contract/index.ts';
import { defaultSettings } from '../../../../src-shared/contract/default-settings.ts';
import { once } from 'node:events';

let folder: string;
let server: SocketServer;
let events: Emitter<ContractEvent>;
let released: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viv-'));
  events = new Emitter<ContractEvent>();
  released = 0;
  const contract = createContractServer(
    {
      'settings.get': () => defaultSettings,
      'domains.xml': ({ uuid }) => 'x'.repeat(300_000) + uuid,
      'stats.watch': (_argument, client) => {
        client.onDisconnect('stats', () => {
          released += 1;
        });
      },
    },
    events,
    silentLogger,
  );
  server = await serveSocket(join(folder, 's'), contract, silentLogger);
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

describe('the engine socket', () => {
  test('carries calls, large answers and errors', async () => {
    const client = await connectSocket(server.path);
    expect(await client.call('settings.get', {})).toEqual(defaultSettings);
    const uuid = '6695eb01-f6a4-8304-79aa-97f2502e193f';
    const answers = await Promise.all(
      [1, 2, 3].map(() => client.call('domains.xml', { uri: 'test:///default', uuid })),
    );
    expect(answers.map((answer) => answer.length)).toEqual([300_036, 300_036, 300_036]);
    await expect(client.call('domains.suspend', { uri: 'test:///default', uuid })).rejects.toMatchObject({
      data: { code: 'no-support' },
    });
    client.close();
  });

  test('announces events to those who subscribed, in order', async () => {
    const client = await connectSocket(server.path);
    const seen: string[] = [];
    const two = new Promise<void>((resolve) => {
      client.subscribe((event) => {
        if (event.channel === 'command') seen.push(event.command);
        if (seen.length === 2) resolve();
      });
    });
    await client.call('settings.get', {});
    events.emit({ channel: 'command', command: 'one' });
    events.emit({ channel: 'command', command: 'two' });
    await two;
    expect(seen).toEqual(['one', 'two']);
    client.close();
  });

  test('releases what a client held when its connection breaks', async () => {
    const client = await connectSocket(server.path);
    await client.call('stats.watch', { uri: 'test:///default', pace: 'fine' });
    client.close();
    await client.closed;
    await expect.poll(() => released).toBe(1);
  });

  test('drops a peer that does not speak the protocol and goes on serving others', async () => {
    const rude = connect(server.path);
    rude.on('error', () => undefined);
    rude.resume();
    rude.write('hello\n');
    await once(rude, 'close');
    const client = await connectSocket(server.path);
    expect(await client.call('settings.get', {})).toEqual(defaultSettings);
    client.close();
  });

  test('a call in flight fails with the reason when the engine goes away', async () => {
    const client = await connectSocket(server.path);
    await server.close();
    await client.closed;
    await expect(client.call('settings.get', {})).rejects.toMatchObject({ data: { code: 'no-connect' } });
    server = await serveSocket(join(folder, 't'), createContractServer({}, events, silentLogger), silentLogger);
  });

  test('says that nobody listens', async () => {
    await expect(connectSocket(join(folder, 'nobody'))).rejects.toMatchObject({
      data: { code: 'no-connect', cause: expect.stringContaining('ENOENT') },
    });
  });
});
