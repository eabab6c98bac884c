import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { silentLogger } from '../../../../../src-main/engine/logger.ts';
import type { Packet } from '../../../../../src-main/rpc/framing/packet.ts';
import { ServerStreams } from '../../../../../src-main/rpc/server/server-streams.ts';

it('a stream that fails while it is full lets what comes after it be read', async () => {
  const key = { program: 1, version: 1, procedure: 208, serial: 7 };
  let reads = 0;
  const streams = new ServerStreams(
    { send: () => true, onDrain: (callback) => callback() },
    () => {
      reads += 1;
    },
    silentLogger,
  );
  let fail: (error: Error) => void = () => undefined;
  const sink = new Writable({
    write: (_chunk, _encoding, done) => {
      fail = done;
    },
  });
  streams.start(key, { sink, abort: () => sink.destroy() });
  const packet: Packet = { ...key, type: 'stream', status: 'continue', payload: Buffer.alloc(256 * 1024) };
  for (let sent = 0; sent < 40 && !streams.full; sent += 1) {
    streams.accept(packet);
    await turn();
  }
  expect(streams.full).toBe(true);
  reads = 0;
  fail(new Error('no room'));
  for (let turns = 0; turns < 20 && reads === 0; turns += 1) await turn();
  expect(streams.full).toBe(false);
  expect(reads).toBeGreaterThan(0);
});
