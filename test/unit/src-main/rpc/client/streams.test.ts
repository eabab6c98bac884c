import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { createServer, type Server } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { VirError } from '../../../../../src-shared/errors.ts';
import { Engine } from '../../../../../src-main/engine/engine.ts';
import type { EngineDirectories } from '../../../../../src-main/engine/context.ts';
import { silentLogger } from '../../../../../src-main/engine/logger.ts';
import { RpcClient } from '../../../../../src-main/rpc/client/rpc-client.ts';
import { encodePacket } from '../../../../../src-main/rpc/framing/packet.ts';
import { ServerClient } from '../../../../../src-main/rpc/server/client.ts';
import { Dispatcher } from '../../../../../src-main/rpc/server/dispatch.ts';
import type { RemoteHandlers } from '../../../../../src-main/rpc/server/handler.ts';

const vol = { pool: 'p', name: 'v', key: 'k' };
const range = { vol, offset: 0n, length: 0n, flags: 0 };

/** What the server's end of the streams did. */
let received: Buffer[] = [];
let aborted = 0;
let source: Readable = Readable.from([]);
let failure: Error | undefined;
let slow = false;

const handlers: RemoteHandlers = {
  authList({ session }) {
    session.authenticated = true;
    return { types: ['none'] };
  },
  connectGetHostname: async ({ signal }) => {
    await once(signal, 'abort');
    return { hostname: 'never' };
  },
  connectGetType: () => ({ type: 'Streams' }),
  storageVolUpload({ stream }) {
    const sink = new PassThrough();
    const work = (async () => {
      for await (const piece of sink) {
        if (slow) await new Promise((resolve) => setTimeout(resolve, 1));
        received.push(piece as Buffer);
      }
      if (failure !== undefined) throw failure;
    })();
    work.catch(() => undefined);
    stream({ sink, finish: () => work, abort: () => (aborted += 1) });
  },
  storageVolDownload({ stream }) {
    stream({ source, abort: () => (aborted += 1) });
  },
  domainOpenConsole({ stream }) {
    const echo = new PassThrough();
    stream({ source: echo, sink: echo, abort: () => (aborted += 1) });
  },
};

let folder: string;
let engine: Engine;
let listener: Server;
const clients: RpcClient[] = [];

async function client(): Promise<RpcClient> {
  const made = new RpcClient(connect(join(folder, 'sock')), 'here');
  clients.push(made);
  await made.call('authList', {});
  return made;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vivarium-streams-'));
  const directories = Object.fromEntries(
    ['config', 'state', 'data', 'runtime', 'cache'].map((name) => [name, join(folder, name)]),
  ) as Record<keyof EngineDirectories, string>;
  engine = await Engine.start({ directories, drivers: [], logger: silentLogger });
  const dispatcher = new Dispatcher({ remote: handlers, qemu: {} });
  listener = createServer((socket) => new ServerClient({ socket, engine, dispatcher, name: 'client' }));
  listener.listen(join(folder, 'sock'));
  await once(listener, 'listening');
});

afterEach(() => {
  for (const made of clients.splice(0)) made.close();
  received = [];
  aborted = 0;
  failure = undefined;
  slow = false;
});

afterAll(async () => {
  listener.close();
  await engine.close();
  await rm(folder, { recursive: true });
});

describe('an upload', () => {
  it('carries every byte, and is over when the server has used them all', async () => {
    slow = true;
    const data = randomBytes(8 * 1024 * 1024 + 5);
    const { stream } = await (await client()).open('storageVolUpload', range);
    await pipeline(Readable.from([data.subarray(0, 7), data.subarray(7)]), stream, { end: false });
    await stream.finish();
    expect(Buffer.concat(received).equals(data)).toBe(true);
  });

  it('writes zeros where the client skips a hole', async () => {
    const connection = await client();
    const { stream } = await connection.open('storageVolUpload', range);
    stream.write('before');
    connection.send(
      encodePacket({ ...stream.key, type: 'streamHole', status: 'continue' }, (writer) => {
        writer.int64(700_000n);
        writer.uint32(0);
      }),
    );
    stream.write('after');
    await stream.finish();
    const written = Buffer.concat(received);
    expect([written.length, written.subarray(0, 6).toString(), written.subarray(-5).toString()]).toEqual([
      700_011,
      'before',
      'after',
    ]);
    expect(written.subarray(6, -5).every((byte) => byte === 0)).toBe(true);
  });

  it('tells the client why it failed', async () => {
    failure = new VirError({ code: 'operation-failed', domain: 'storage', message: 'the disk is full' });
    const { stream } = await (await client()).open('storageVolUpload', range);
    stream.write('x');
    await expect(stream.finish()).rejects.toMatchObject({ data: { code: 'operation-failed', domain: 'storage' } });
  });

  it('is given up when the client gives up, or is gone', async () => {
    const connection = await client();
    const { stream } = await connection.open('storageVolUpload', range);
    await stream.abort();
    expect(aborted).toBe(1);
    await connection.open('storageVolUpload', range);
    connection.close();
    await expect.poll(() => aborted).toBe(2);
  });
});

describe('a download', () => {
  it('carries every byte to its end', async () => {
    const data = randomBytes(3 * 1024 * 1024 + 1);
    source = Readable.from([data]);
    const { stream } = await (await client()).open('storageVolDownload', range);
    const pieces: Buffer[] = [];
    for await (const piece of stream) pieces.push(piece as Buffer);
    expect(Buffer.concat(pieces).equals(data)).toBe(true);
    await stream.finish();
  });

  it('waits for a reader that is slow, and the connection with it', async () => {
    let sent = 0;
    source = Readable.from(
      (function* () {
        for (; sent < 200; sent += 1) yield Buffer.alloc(256 * 1024);
      })(),
    );
    const { stream } = await (await client()).open('storageVolDownload', range);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(sent).toBeLessThan(100);
    let bytes = 0;
    for await (const piece of stream) bytes += (piece as Buffer).length;
    expect(bytes).toBe(200 * 256 * 1024);
  });

  it('fails as its source does', async () => {
    source = new Readable({ read: () => undefined });
    const { stream } = await (await client()).open('storageVolDownload', range);
    source.destroy(new VirError({ code: 'operation-failed', domain: 'storage', message: 'the disk is gone' }));
    await expect(once(stream, 'end')).rejects.toMatchObject({ message: expect.stringContaining('the disk is gone') });
  });
});

describe('a console', () => {
  it('carries bytes both ways until the client closes it', async () => {
    const { stream } = await (await client()).open('domainOpenConsole', {
      dom: { name: 'd', uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', id: 1 },
      flags: 0,
    });
    stream.write('hello');
    const [heard] = (await once(stream, 'data')) as [Buffer];
    expect(heard.toString()).toBe('hello');
    await stream.finish();
    expect(aborted).toBe(1);
  });
});

describe('a client', () => {
  it('gives up a call that takes too long, and goes on', async () => {
    const connection = await client();
    await expect(connection.call('connectGetHostname', {}, { timeoutMs: 30 })).rejects.toMatchObject({
      data: { code: 'operation-timeout' },
    });
    expect(await connection.call('connectGetType', {})).toEqual({ type: 'Streams' });
  });

  it('knows what the server does not', async () => {
    await expect((await client()).call('nodeGetInfo', {})).rejects.toMatchObject({ data: { code: 'no-support' } });
  });

  it('tells every caller when the connection ends', async () => {
    const connection = await client();
    const calls = Array.from({ length: 8 }, () => connection.call('connectGetHostname', {}));
    connection.close();
    for (const call of calls) await expect(call).rejects.toMatchObject({ data: { code: 'no-connect' } });
    await expect(connection.call('connectGetType', {})).rejects.toMatchObject({ data: { code: 'no-connect' } });
  });
});
