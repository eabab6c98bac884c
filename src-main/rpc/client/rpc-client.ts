/**
 * The client's end of the protocol over any byte stream: calls with time limits, streams, events, and pings that find
 * out when the other side is gone.
 */
import type { Duplex } from 'node:stream';
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import { decodePayload, encodePacket, type Packet } from '../framing/packet.ts';
import { PacketReader, ProtocolError } from '../framing/packet-reader.ts';
import type { PacketSink } from '../framing/packet-stream.ts';
import { Keepalive } from '../keepalive.ts';
import { remoteError } from '../protocol/objects.ts';
import type { ArgsOf, Procedure, RetOf } from '../protocol/procedure.ts';
import {
  type Program,
  qemuProgram,
  remoteProgram,
  type QemuProcedures,
  type RemoteProcedures,
} from '../protocol/programs.ts';
import { ClientStream } from './client-stream.ts';
import type { SecurityLayer } from '../sasl/mechanism.ts';
import { fromRemoteError, linkError } from './errors.ts';

/** libvirtd reads nothing more, no ping either, once five calls of a client are under way: one less leaves it listening. */
const callsInFlight = 4;
/** What only looks is answered at once, and may wait at the server behind others of its kind. */
const looksInFlight = 32;
const keepaliveIntervalMs = 5_000;
const keepaliveCount = 6;
export const defaultTimeoutMs = 30_000;

export interface CallOptions {
  /** 30 s unless told. */
  readonly timeoutMs?: number;
  /** The server has the answer at hand: many such calls may be on their way together. */
  readonly quick?: boolean;
}

/** Calls that wait their turn, and how many of their kind are under way. */
interface Lane {
  readonly most: number;
  readonly queue: (() => void)[];
  inFlight: number;
}

interface Pending {
  readonly program: Program;
  readonly procedure: number;
  readonly resolve: (packet: Packet) => void;
  readonly reject: (error: unknown) => void;
}

export class RpcClient implements PacketSink {
  /** What the server tells by itself. */
  onEvent: (packet: Packet) => void = () => undefined;
  /** The server has not answered a ping in time, or is heard of again. */
  onQuiet: (isQuiet: boolean) => void = () => undefined;
  readonly #link: Duplex;
  readonly #name: string;
  readonly #reader = new PacketReader();
  readonly #pending = new Map<number, Pending>();
  readonly #streams = new Map<number, ClientStream>();
  readonly #works: Lane = { most: callsInFlight, queue: [], inFlight: 0 };
  readonly #looks: Lane = { most: looksInFlight, queue: [], inFlight: 0 };
  readonly #keepalive: Keepalive;
  readonly #closed: Promise<Error>;
  #tellClosed: (error: Error) => void = () => undefined;
  #layer: SecurityLayer | undefined;
  #error: Error | undefined;
  #serial = 0;

  /** @param name of the server, for messages. */
  constructor(link: Duplex, name: string) {
    this.#link = link;
    this.#name = name;
    this.#closed = new Promise((resolve) => {
      this.#tellClosed = resolve;
    });
    this.#keepalive = new Keepalive({
      intervalMs: keepaliveIntervalMs,
      count: keepaliveCount,
      send: (packet) => this.send(packet),
      onDead: () => this.#end(linkError(say`'${name}' does not answer any more.`)),
      onQuiet: (isQuiet) => this.onQuiet(isQuiet),
    });
    link.on('data', (piece: Buffer) => {
      this.#keepalive.heard();
      this.#take(piece);
      this.#pump();
    });
    link.on('error', (error) => {
      this.#end(
        error instanceof VirError ? error : linkError(say`The connection to '${name}' failed.`, say`${error.message}.`),
      );
    });
    link.on('close', () => this.#end(linkError(say`'${name}' has closed the connection.`)));
    // Whoever made the connection may have waited for something on it.
    link.resume();
  }

  /** Why the connection ended, once it did. */
  get closed(): Promise<Error> {
    return this.#closed;
  }

  /** When the server was heard of last. */
  get heardMs(): number {
    return this.#keepalive.heardMs;
  }

  get isClosed(): boolean {
    return this.#error !== undefined;
  }

  /** From here on everything goes through a layer that both sides have agreed upon. @throws VirError `no-connect` */
  secure(layer: SecurityLayer): void {
    // What came already was protected by nothing, and may be anybody's.
    if (this.#reader.buffered > 0) throw linkError(say`'${this.#name}' does not speak the protocol.`);
    this.#layer = layer;
  }

  /** Begins to ping; only after the server has said that it can. */
  startKeepalive(): void {
    this.#keepalive.start();
  }

  /** @throws VirError what the server answered, `operation-timeout`, or `no-connect` when the connection ended. */
  async call<N extends keyof RemoteProcedures & string>(
    name: N,
    args: ArgsOf<RemoteProcedures[N]>,
    options?: CallOptions,
  ): Promise<RetOf<RemoteProcedures[N]>> {
    return (await this.#call(remoteProgram, name, args, options)).value as RetOf<RemoteProcedures[N]>;
  }

  /** A call of what only QEMU has. */
  async callQemu<N extends keyof QemuProcedures & string>(
    name: N,
    args: ArgsOf<QemuProcedures[N]>,
    options?: CallOptions,
  ): Promise<RetOf<QemuProcedures[N]>> {
    return (await this.#call(qemuProgram, name, args, options)).value as RetOf<QemuProcedures[N]>;
  }

  /** A call that opens a stream. */
  async open<N extends keyof RemoteProcedures & string>(
    name: N,
    args: ArgsOf<RemoteProcedures[N]>,
    options?: CallOptions,
  ): Promise<{ readonly result: RetOf<RemoteProcedures[N]>; readonly stream: ClientStream }> {
    const { value, stream } = await this.#call(remoteProgram, name, args, options, true);
    if (stream === undefined) throw new TypeError(`${name} opened no stream`);
    return { result: value as RetOf<RemoteProcedures[N]>, stream };
  }

  close(): void {
    this.#end(linkError(say`The connection to '${this.#name}' was closed.`));
  }

  send(...parts: readonly Buffer[]): boolean {
    if (this.#error !== undefined) return true;
    let more = true;
    for (const part of parts) more = this.#link.write(this.#layer?.wrap(part) ?? part);
    return more;
  }

  onDrain(callback: () => void): void {
    if (this.#error !== undefined) {
      callback();
      return;
    }
    const settle = (): void => {
      this.#link.off('drain', settle);
      this.#link.off('close', settle);
      callback();
    };
    this.#link.on('drain', settle);
    this.#link.on('close', settle);
  }

  async #call(
    program: Program,
    name: string,
    args: unknown,
    { timeoutMs = defaultTimeoutMs, quick = false }: CallOptions = {},
    opensStream = false,
  ): Promise<{ readonly value: unknown; readonly stream: ClientStream | undefined }> {
    const procedure = program.procedures[name];
    if (procedure === undefined) throw new TypeError(`there is no procedure '${name}'`);
    const serial = this.#serial;
    this.#serial = (this.#serial + 1) >>> 0;
    const key = { program: program.number, version: program.version, procedure: procedure.number, serial };
    const packet = encodePacket({ ...key, type: 'call', status: 'ok' }, (writer) => procedure.args.write(writer, args));
    let stream: ClientStream | undefined;
    if (opensStream) {
      // The first data may come with the answer.
      stream = new ClientStream(
        key,
        this,
        () => this.#pump(),
        () => this.#streams.delete(serial),
      );
      this.#streams.set(serial, stream);
    }
    try {
      const lane = quick ? this.#looks : this.#works;
      const reply = await this.#exchange(program, procedure, packet, serial, name, timeoutMs, lane);
      if (reply.status === 'error') throw fromRemoteError(decodePayload(reply, remoteError), name);
      return { value: decodePayload(reply, procedure.ret), stream };
    } catch (error) {
      this.#streams.delete(serial);
      throw error;
    }
  }

  async #exchange(
    program: Program,
    procedure: Procedure,
    packet: Buffer,
    serial: number,
    name: string,
    timeoutMs: number,
    lane: Lane,
  ): Promise<Packet> {
    let timer: NodeJS.Timeout | undefined;
    let givenUp = false;
    const reply = new Promise<Packet>((resolve, reject) => {
      timer = setTimeout(() => reject(tooSlow(this.#name, name, timeoutMs)), timeoutMs);
      const start = (): void => {
        if (givenUp) return;
        if (this.#error !== undefined) {
          reject(this.#error);
          return;
        }
        lane.inFlight += 1;
        this.#pending.set(serial, { program, procedure: procedure.number, resolve, reject });
        this.send(packet);
      };
      if (this.#error !== undefined || lane.inFlight < lane.most) start();
      else lane.queue.push(start);
    });
    try {
      return await reply;
    } finally {
      clearTimeout(timer);
      givenUp = true;
      if (this.#pending.delete(serial)) lane.inFlight -= 1;
      while (lane.inFlight < lane.most && lane.queue.length > 0) lane.queue.shift()?.();
    }
  }

  #take(piece: Buffer): void {
    const layer = this.#layer;
    if (layer === undefined) {
      this.#reader.push(piece);
      return;
    }
    try {
      for (const plain of layer.unwrap(piece)) this.#reader.push(plain);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      this.#end(linkError(say`The connection to '${this.#name}' failed.`, say`${cause}.`));
    }
  }

  #pump(): void {
    try {
      while (this.#error === undefined && !this.#full()) {
        const packet = this.#reader.next();
        if (packet === undefined) break;
        this.#accept(packet);
      }
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      this.#end(linkError(say`'${this.#name}' does not speak the protocol.`, say`${cause}.`));
      return;
    }
    if (this.#full()) this.#link.pause();
    else this.#link.resume();
  }

  #full(): boolean {
    for (const stream of this.#streams.values()) if (stream.full) return true;
    return false;
  }

  #accept(packet: Packet): void {
    if (this.#keepalive.accept(packet)) return;
    switch (packet.type) {
      case 'reply':
      case 'replyWithFds': {
        const pending = this.#pending.get(packet.serial);
        // Late for a call that was given up.
        if (pending === undefined) return;
        if (pending.program.number !== packet.program || pending.procedure !== packet.procedure) {
          throw new ProtocolError(`the answer to call ${packet.serial} is that of another procedure`);
        }
        pending.resolve(packet);
        return;
      }
      case 'stream':
      case 'streamHole':
        this.#acceptStream(packet);
        return;
      case 'message':
        this.onEvent(packet);
        return;
      case 'call':
      case 'callWithFds':
        throw new ProtocolError('a server does not call');
    }
  }

  #acceptStream(packet: Packet): void {
    const stream = this.#streams.get(packet.serial);
    if (stream === undefined) return;
    if (packet.status === 'continue' || packet.type === 'streamHole') stream.accept(packet);
    else stream.acceptStatus(packet, (failed) => fromRemoteError(decodePayload(failed, remoteError), 'stream'));
  }

  #end(error: Error): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    this.#keepalive.stop();
    this.#link.destroy();
    for (const pending of [...this.#pending.values()]) pending.reject(error);
    for (const { queue } of [this.#works, this.#looks]) for (const start of queue.splice(0)) start();
    for (const stream of [...this.#streams.values()]) stream.fail(error);
    this.#tellClosed(error);
  }
}

function tooSlow(server: string, procedure: string, timeoutMs: number): VirError {
  return new VirError({
    code: 'operation-timeout',
    domain: 'remote',
    message: say`'${server}' did not answer within ${timeoutMs / 1000} s.`,
    cause: say`The call was ${procedure}; it may still take effect.`,
  });
}
