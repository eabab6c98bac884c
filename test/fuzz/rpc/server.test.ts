/** Clients that send mangled conversations: each loses at most its own connection, and nobody else notices. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDriver } from '../../../src-main/drivers/test/driver.ts';
import type { EngineDirectories } from '../../../src-main/engine/context.ts';
import { Engine } from '../../../src-main/engine/engine.ts';
import { silentLogger } from '../../../src-main/engine/logger.ts';
import { RpcClient } from '../../../src-main/rpc/client/rpc-client.ts';
import { encodePacket, type PacketHeader, packetStatuses, packetTypes } from '../../../src-main/rpc/framing/packet.ts';
import { remoteProgram } from '../../../src-main/rpc/protocol/programs.ts';
import { doorParts } from '../../../src-main/rpc/server/door.ts';
import { type LibvirtServer, serveLibvirt } from '../../../src-main/rpc/server/serve.ts';
import { type Below, generator, mangle, randomBytesOf } from './values.ts';

const conversations = 300;

/** Calls that open streams or change nothing that a later conversation counts on. */
const procedures = Object.values(remoteProgram.procedures).filter(({ kind }) => kind === 'call');
const types = Object.keys(packetTypes) as (keyof typeof packetTypes)[];
const statuses = Object.keys(packetStatuses) as (keyof typeof packetStatuses)[];

let folder: string;
let engine: Engine;
let server: LibvirtServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vivarium-fuzz-'));
  const directories = Object.fromEntries(
    ['config', 'state', 'data', 'runtime', 'cache'].map((name) => [name, join(folder, name)]),
  ) as Record<keyof EngineDirectories, string>;
  engine = await Engine.start({ directories, drivers: [testDriver], logger: silentLogger });
  server = await serveLibvirt(join(folder, 'sock'), doorParts(engine));
});

afterAll(async () => {
  await server.close();
  await engine.close();
  await rm(folder, { recursive: true });
});

function packet(header: Partial<PacketHeader>, payload: Buffer = Buffer.alloc(0)): Buffer {
  const { number: program, version } = remoteProgram;
  const usual = { program, version, procedure: 0, type: 'call', serial: 0, status: 'ok' } as const;
  return encodePacket({ ...usual, ...header }, (writer) => writer.bytes(payload));
}

/** An honest beginning, then calls and stream packets of any kind, some of them mangled. */
function conversation(below: Below): Buffer {
  const { authList, connectOpen } = remoteProgram.procedures;
  const name = Buffer.from('test:///default');
  const open = Buffer.concat([
    Buffer.from([0, 0, 0, 1, 0, 0, 0, name.length]),
    name,
    Buffer.alloc((4 - (name.length % 4)) % 4),
    Buffer.alloc(4),
  ]);
  const parts = [packet({ procedure: authList.number }), packet({ procedure: connectOpen.number, serial: 1 }, open)];
  for (let serial = 2; serial < 40; serial += 1) {
    const procedure = procedures[below(procedures.length)];
    if (procedure === undefined) continue;
    const isOdd = below(4) === 0;
    const header = {
      procedure: procedure.number,
      serial: below(3) === 0 ? below(serial) : serial,
      ...(isOdd
        ? { type: types[below(types.length)] ?? 'call', status: statuses[below(statuses.length)] ?? 'ok' }
        : {}),
    };
    const bytes = packet(header, randomBytesOf(procedure.args.shape, below));
    parts.push(below(5) === 0 ? mangle(bytes, below) : bytes);
  }
  return Buffer.concat(parts);
}

describe('the server', () => {
  it('survives mangled conversations, and serves an honest client all the while', async () => {
    const below = generator(13);
    const honest = new RpcClient(connect(server.path), 'the server');
    await honest.call('authList', {});
    await honest.call('connectOpen', { name: 'test:///many?n=5', flags: 0 });
    for (let count = 0; count < conversations; count += 1) {
      const socket = connect(server.path);
      socket.on('error', () => undefined);
      // Some clients read what they get, others never do.
      if (below(3) > 0) socket.resume();
      const bytes = conversation(below);
      for (let at = 0; at < bytes.length; ) {
        const size = 1 + below(below(2) === 0 ? 20 : 5000);
        socket.write(bytes.subarray(at, at + size));
        at += size;
      }
      if (count % 10 === 0) {
        const { domains } = await honest.call('connectListAllDomains', { needResults: true, flags: 0 });
        expect(domains).toHaveLength(5);
      }
      await Promise.race([once(socket, 'close'), delay(5)]);
      socket.destroy();
    }
    expect((await honest.call('connectGetType', {})).type).toBe('Test');
    honest.close();
    await expect.poll(() => server.clients, { timeout: 10_000 }).toBe(0);
  });
});
