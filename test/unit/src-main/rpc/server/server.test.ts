import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { testDriver } from '../../../../../src-main/drivers/test/driver.ts';
import type { EngineDirectories } from '../../../../../src-main/engine/context.ts';
import { Engine } from '../../../../../src-main/engine/engine.ts';
import { jsonLogger } from '../../../../../src-main/engine/logger.ts';
import {
  decodePayload,
  encodePacket,
  type Packet,
  type PacketHeader,
} from '../../../../../src-main/rpc/framing/packet.ts';
import { PacketReader } from '../../../../../src-main/rpc/framing/packet-reader.ts';
import { remoteError } from '../../../../../src-main/rpc/protocol/objects.ts';
import type { ArgsOf } from '../../../../../src-main/rpc/protocol/procedure.ts';
import {
  keepaliveProgram,
  remoteProgram,
  type RemoteProcedures,
} from '../../../../../src-main/rpc/protocol/programs.ts';
import { doorParts } from '../../../../../src-main/rpc/server/door.ts';
import { type LibvirtServer, serveLibvirt } from '../../../../../src-main/rpc/server/serve.ts';

const { procedures } = remoteProgram;

/** A client that says exactly what it is told to say. */
class RawClient {
  readonly socket: Socket;
  readonly #reader = new PacketReader();
  readonly #packets: Packet[] = [];
  #waiting: (() => void) | undefined;

  constructor(path: string) {
    this.socket = connect(path);
    this.socket.on('error', () => undefined);
    this.socket.on('data', (piece) => {
      this.#reader.push(piece);
      for (let next = this.#reader.next(); next !== undefined; next = this.#reader.next()) this.#packets.push(next);
      this.#waiting?.();
    });
  }

  call<N extends keyof RemoteProcedures>(name: N, args: ArgsOf<RemoteProcedures[N]>, serial = 0): void {
    const procedure = procedures[name];
    this.send({ procedure: procedure.number, serial }, (writer) => procedure.args.write(writer, args as never));
  }

  send(header: Partial<PacketHeader>, payload?: Parameters<typeof encodePacket>[1]): void {
    const { number: program, version } = remoteProgram;
    const usual = { program, version, procedure: 0, type: 'call', serial: 0, status: 'ok' } as const;
    this.socket.write(encodePacket({ ...usual, ...header }, payload));
  }

  async next(): Promise<Packet> {
    for (;;) {
      const packet = this.#packets.shift();
      if (packet !== undefined) return packet;
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }

  async error(): Promise<string> {
    const packet = await this.next();
    expect(packet.status).toBe('error');
    const { code, domain, message = '' } = decodePayload(packet, remoteError);
    return `${code}/${domain} ${message}`;
  }

  /** Says what every client says first. */
  async open(uri: string, flags = 0): Promise<void> {
    this.call('authList', {});
    this.call('connectOpen', { name: uri, flags }, 1);
    for (let count = 0; count < 2; count += 1) expect((await this.next()).status).toBe('ok');
  }
}

let folder: string;
let engine: Engine;
let server: LibvirtServer;
const problems: string[] = [];
const clients: RawClient[] = [];

function client(): RawClient {
  const made = new RawClient(server.path);
  clients.push(made);
  return made;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vivarium-rpc-'));
  const directories = Object.fromEntries(
    ['config', 'state', 'data', 'runtime', 'cache'].map((name) => [name, join(folder, name)]),
  ) as Record<keyof EngineDirectories, string>;
  const logger = jsonLogger((line) => problems.push(line), 'warn');
  engine = await Engine.start({ directories, drivers: [testDriver], logger });
  server = await serveLibvirt(join(folder, 'libvirt-sock'), doorParts(engine));
});

afterEach(() => {
  for (const made of clients.splice(0)) made.socket.destroy();
  problems.length = 0;
});

afterAll(async () => {
  await server.close();
  await engine.close();
  await rm(folder, { recursive: true });
});

describe('the server', () => {
  it('wants to be asked for authentication first', async () => {
    const asking = client();
    asking.call('connectOpen', { name: 'test:///default', flags: 0 });
    expect(await asking.error()).toBe('39/7 authentication required');
    await asking.open('test:///default');
  });

  it('says of what it does not know what clients look for', async () => {
    const asking = client();
    asking.call('authList', {});
    await asking.next();
    asking.send({ procedure: 9999, serial: 7 });
    const packet = await asking.next();
    expect(packet).toMatchObject({ type: 'reply', serial: 7, procedure: 9999, status: 'error' });
    expect(decodePayload(packet, remoteError)).toMatchObject({
      code: 39,
      domain: 7,
      message: 'unknown procedure: 9999',
    });
    asking.send({ program: 1, serial: 8 });
    expect(await asking.error()).toBe('39/7 Cannot find program 1 version 1');
  });

  it('answers malformed arguments with the field that is wrong, and goes on', async () => {
    const asking = client();
    await asking.open('test:///default');
    asking.send({ procedure: procedures.domainLookupByName.number, serial: 2 }, (writer) => writer.uint32(1000));
    expect(await asking.error()).toContain('name: 1000 are announced');
    asking.call('domainLookupByName', { name: 'test' }, 3);
    expect(decodePayload(await asking.next(), procedures.domainLookupByName.ret).dom.name).toBe('test');
  });

  it('closes the connection of a client that breaks the framing, logs why, and serves the others', async () => {
    const good = client();
    await good.open('test:///default');
    const bad = client();
    const closed = once(bad.socket, 'close');
    bad.socket.write(Buffer.from('ffffffff', 'hex'));
    await closed;
    expect(problems.join()).toContain('larger than');
    good.call('connectGetType', {}, 2);
    expect(decodePayload(await good.next(), procedures.connectGetType.ret)).toEqual({ type: 'Test' });
  });

  it('answers pings while calls take their time', async () => {
    const asking = client();
    await asking.open('test:///default?delay=500');
    const dom = { name: 'test', uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', id: 1 };
    for (let serial = 10; serial < 20; serial += 1) asking.call('domainManagedSave', { dom, flags: 0 }, serial);
    const { number: program, version } = keepaliveProgram;
    asking.send({ program, version, procedure: 1, type: 'message' });
    expect(await asking.next()).toMatchObject({ program, procedure: 2, type: 'message', serial: 0 });
    const beganMs = performance.now();
    expect((await asking.next()).program).toBe(remoteProgram.number);
    expect(performance.now() - beganMs).toBeGreaterThan(300);
  });

  it('forbids changes to a client that opened read-only', async () => {
    const asking = client();
    await asking.open('test:///default', 1 | 2 | 4);
    const dom = { name: 'test', uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', id: 1 };
    asking.call('domainDestroy', { dom }, 2);
    expect(await asking.error()).toContain('29/0 operation forbidden: read only access prevents');
    asking.call('domainGetXmlDesc', { dom, flags: 1 }, 3);
    expect(await asking.error()).toContain('read only access prevents');
    asking.call('domainGetXmlDesc', { dom, flags: 0 }, 4);
    expect((await asking.next()).status).toBe('ok');
  });

  it('tells events by callback id, by the old way, and only of the domain asked for', async () => {
    const listening = client();
    await listening.open('test:///default');
    const dom = { name: 'test', uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', id: 1 };
    const other = { ...dom, uuid: '00000000-0000-4000-8000-000000000000' };
    listening.call('connectDomainEventCallbackRegisterAny', { eventID: 0 }, 2);
    listening.call('connectDomainEventCallbackRegisterAny', { eventID: 0, dom: other }, 3);
    listening.call('connectDomainEventRegister', {}, 4);
    for (let count = 0; count < 3; count += 1) await listening.next();
    const connection = await engine.open('test:///default');
    await connection.domains.suspend?.(dom.uuid);
    const told = [await listening.next(), await listening.next()];
    expect(told.map(({ procedure, type, serial }) => [procedure, type, serial])).toEqual([
      [318, 'message', 1],
      [107, 'message', 1],
    ]);
    const [modern] = told;
    if (modern === undefined) throw new Error('nothing was told');
    expect(decodePayload(modern, procedures.domainEventCallbackLifecycle.args)).toEqual({
      callbackID: 0,
      msg: { dom, event: 3, detail: 0 },
    });
    await connection.domains.resume?.(dom.uuid);
  });

  it('lets go of what a client held when it disappears', async () => {
    const leaving = client();
    await leaving.open('test:///many?n=3');
    expect(engine.connected('test:///many?n=3')).toBeDefined();
    leaving.socket.destroy();
    await expect.poll(() => engine.connected('test:///many?n=3')).toBeUndefined();
    expect(problems).toEqual([]);
  });
});
