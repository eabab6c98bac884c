/**
 * One client of the server. Calls are answered as they are done, several at a time; pings, streams and events do not
 * wait for them. Nothing a client does or leaves undone makes it hold much memory: beyond a few calls, a full stream or
 * replies that it does not read, its socket is not read either.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { LibvirtClient } from '../../../src-shared/contract/libvirt-clients.ts';
import { VirError } from '../../../src-shared/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { encodePacket, maximumPacketBytes, type Packet } from '../framing/packet.ts';
import { PacketReader, ProtocolError } from '../framing/packet-reader.ts';
import type { PacketSink } from '../framing/packet-stream.ts';
import { Keepalive } from '../keepalive.ts';
import type { SecurityLayer } from '../sasl/mechanism.ts';
import { Authentication } from './authentication.ts';
import type { ConnectedClients } from './connected-clients.ts';
import { passDescriptor } from './descriptors.ts';
import type { Dispatcher } from './dispatch.ts';
import type { CallContext, StreamParts } from './handler.ts';
import type { Proof } from './proof.ts';
import { errorPacket } from './replies.ts';
import { ServerStreams } from './server-streams.ts';
import { Session } from './session.ts';
import { Subscriptions } from './subscriptions.ts';

/** libvirtd's own limit. */
const callsInFlight = 5;
/** Calls that were read and wait: enough that a ping behind them is still seen. */
const callsWaiting = 20;
/** While so much waits to be sent, nothing new is read. */
const backlogBytes = 8 * 1024 * 1024;
/** A client that lets so much pile up (events, which can't be held back) is cut off. */
const mostBacklogBytes = 64 * 1024 * 1024;
const keepaliveIntervalMs = 5_000;
const keepaliveCount = 5;
/** Of a client that has proven nothing: the longest step of SASL, four bytes a byte, and what is around it. */
const unprovenPacketBytes = 320 * 1024;
/** Whoever types a password has so long. */
const proofTimeoutMs = 6 * 60_000;

/** How a client came, and what it has to prove. */
export interface ClientWay {
  readonly way: LibvirtClient['way'];
  readonly address?: string;
  /** The name in its certificate. */
  readonly certificate?: string;
  readonly proof?: Proof;
  readonly clients: ConnectedClients;
}

export interface ClientOptions {
  readonly socket: Duplex;
  readonly engine: Engine;
  readonly dispatcher: Dispatcher;
  readonly name: string;
  readonly entrance?: ClientWay;
}

export class ServerClient implements PacketSink {
  readonly #socket: Duplex;
  readonly #engine: Engine;
  readonly #dispatcher: Dispatcher;
  readonly #name: string;
  readonly #reader = new PacketReader();
  readonly #session: Session;
  readonly #streams: ServerStreams;
  readonly #keepalive: Keepalive;
  readonly #gone = new AbortController();
  readonly #waiting: Packet[] = [];
  readonly #entrance: ClientWay | undefined;
  readonly #leave: () => void;
  #layer: SecurityLayer | undefined;
  #proofTimer: NodeJS.Timeout | undefined;
  #inFlight = 0;

  constructor({ socket, engine, dispatcher, name, entrance }: ClientOptions) {
    this.#socket = socket;
    this.#engine = engine;
    this.#dispatcher = dispatcher;
    this.#name = name;
    this.#keepalive = new Keepalive({
      intervalMs: keepaliveIntervalMs,
      count: keepaliveCount,
      send: (packet) => this.send(packet),
      onDead: () => this.#drop(new ProtocolError('it answers no pings')),
    });
    this.#streams = new ServerStreams(this, () => this.#pump(), engine.logger);
    const subscriptions = new Subscriptions((packet) => this.send(packet));
    this.#session = new Session(engine, subscriptions, {
      startKeepalive: () => this.#keepalive.start(),
      admitted: (layer) => this.#admitted(layer),
      turnAway: () => socket.end(),
      changed: () => this.#entrance?.clients.tell(),
    });
    this.#entrance = entrance;
    if (entrance?.proof !== undefined) this.#askForProof(entrance.proof);
    this.#leave = this.#register(entrance?.clients);
    socket.on('data', (piece: Buffer) => {
      this.#keepalive.heard();
      this.#take(piece);
      this.#pump();
    });
    socket.on('drain', () => this.#pump());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A client that ends without a word is none to talk about.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') this.#log('a client was dropped', error);
    });
    socket.on('close', () => this.#end());
  }

  send(...parts: readonly Buffer[]): boolean {
    const socket = this.#socket;
    if (socket.destroyed) return true;
    if (parts.length > 1) socket.cork();
    let more = true;
    for (const part of parts) more = socket.write(this.#layer?.wrap(part) ?? part);
    if (parts.length > 1) socket.uncork();
    if (socket.writableLength > mostBacklogBytes) this.#drop(new ProtocolError('it does not read what it is sent'));
    return more;
  }

  onDrain(callback: () => void): void {
    const socket = this.#socket;
    if (socket.destroyed) {
      callback();
      return;
    }
    const settle = (): void => {
      socket.off('drain', settle);
      socket.off('close', settle);
      callback();
    };
    socket.on('drain', settle);
    socket.on('close', settle);
  }

  /** Takes packets as long as the client has room for what they may cause. */
  #pump(): void {
    try {
      while (!this.#socket.destroyed && !this.#mustWait()) {
        const packet = this.#reader.next();
        if (packet === undefined) break;
        this.#accept(packet);
      }
    } catch (error) {
      this.#drop(error);
      return;
    }
    if (this.#mustWait()) this.#socket.pause();
    else this.#socket.resume();
  }

  #mustWait(): boolean {
    return this.#waiting.length >= callsWaiting || this.#streams.full || this.#socket.writableLength > backlogBytes;
  }

  #accept(packet: Packet): void {
    if (this.#keepalive.accept(packet)) return;
    switch (packet.type) {
      case 'call':
      case 'callWithFds':
        if (this.#inFlight < callsInFlight) this.#start(packet);
        else this.#waiting.push(packet);
        return;
      case 'stream':
      case 'streamHole':
        this.#streams.accept(packet);
        return;
      case 'reply':
      case 'replyWithFds':
      case 'message':
        // The server calls nothing, so nobody waits for these.
        return;
    }
  }

  #start(packet: Packet): void {
    this.#inFlight += 1;
    this.#answer(packet)
      .catch((error: unknown) => this.#drop(error))
      .finally(() => {
        this.#inFlight -= 1;
        const next = this.#waiting.shift();
        if (next !== undefined) this.#start(next);
        this.#pump();
      });
  }

  async #answer(packet: Packet): Promise<void> {
    let opened: StreamParts | undefined;
    let given: Socket | undefined;
    const after: (() => void)[] = [];
    const context = this.#context(
      (parts) => {
        opened = parts;
      },
      (action) => after.push(action),
      (socket) => {
        given = socket;
      },
    );
    let reply: Buffer;
    try {
      reply = await this.#dispatcher.answer(packet, context);
      if (opened !== undefined) this.#streams.check();
    } catch (error) {
      opened?.abort();
      given?.destroy();
      if (!(error instanceof VirError)) this.#log(`procedure ${packet.procedure} failed`, error);
      this.send(errorPacket(packet, error));
      for (const action of after) action();
      return;
    }
    if (this.#socket.destroyed) {
      opened?.abort();
      given?.destroy();
      return;
    }
    if (given === undefined) this.send(reply);
    else await this.#give(packet, given);
    for (const action of after) action();
    if (opened !== undefined) this.#streams.start(packet, opened);
  }

  /** Answers with nothing but a descriptor. What else there is to send waits: nothing may come between the two. */
  async #give(packet: Packet, given: Socket): Promise<void> {
    const socket = this.#socket;
    if (!(socket instanceof Socket)) throw new Error('descriptors need a socket of this host');
    const flushed = async (bytes: Buffer): Promise<void> =>
      await new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error instanceof Error ? reject(error) : resolve()));
      });
    const oneDescriptor = encodePacket({ ...packet, type: 'replyWithFds', status: 'ok' }, (writer) => writer.uint32(1));
    try {
      while (socket.writableLength > 0) await flushed(Buffer.alloc(0));
      const written = flushed(oneDescriptor);
      socket.cork();
      await written;
      await passDescriptor(socket, given);
    } finally {
      given.destroy();
      socket.uncork();
    }
  }

  #context(
    stream: CallContext['stream'],
    afterReply: CallContext['afterReply'],
    give: NonNullable<CallContext['give']>,
  ): CallContext {
    const session = this.#session;
    return {
      // Only who is on this host can be given any.
      ...(this.#entrance?.way === 'unix' ? { give } : {}),
      session,
      signal: this.#gone.signal,
      afterReply,
      stream,
      get connection() {
        return session.connection;
      },
      get domains() {
        return session.connection.domains;
      },
      get storage() {
        const { storage } = session.connection;
        if (storage !== undefined) return storage;
        throw new VirError({ code: 'no-support', domain: 'storage', message: 'This connection has no storage.' });
      },
      requireWrite(what) {
        if (!session.readOnly) return;
        throw new VirError({
          code: 'operation-denied',
          domain: 'none',
          message: `read only access prevents ${what}`,
        });
      },
    };
  }

  #askForProof(proof: Proof): void {
    const { logger } = this.#engine;
    const peer = this.#entrance?.address ?? this.#name;
    this.#session.authentication = new Authentication({ proof, peer, logger, signal: this.#gone.signal });
    this.#reader.maximumBytes = unprovenPacketBytes;
    const giveUp = (): void => this.#drop(new ProtocolError('it does not prove who it is'));
    this.#proofTimer = setTimeout(giveUp, proofTimeoutMs).unref();
  }

  #admitted(layer: SecurityLayer | undefined): void {
    const { user } = this.#session;
    clearTimeout(this.#proofTimer);
    // Whatever came on the heels of the proof was protected by nothing, and may be anybody's.
    if (layer !== undefined && (this.#reader.buffered > 0 || this.#waiting.length > 0)) {
      this.#drop(new ProtocolError('it went on before the connection was protected'));
      return;
    }
    this.#layer = layer;
    this.#reader.maximumBytes = maximumPacketBytes;
    this.#engine.logger.log('info', 'a client has proven who it is', { client: this.#name, user });
    this.#entrance?.clients.tell();
  }

  #register(clients: ConnectedClients | undefined): () => void {
    if (clients === undefined) return () => undefined;
    const { way, address, certificate, proof } = this.#entrance ?? { way: 'unix' };
    const session = this.#session;
    const fixed = {
      id: clients.nextId(),
      way,
      ...(address === undefined ? {} : { address }),
      ...(certificate === undefined ? {} : { certificate }),
      sinceMs: Date.now(),
    };
    return clients.add({
      get info() {
        const { user, readOnly, authenticated } = session;
        const isAuthenticated = authenticated || proof === undefined;
        return { ...fixed, readOnly, isAuthenticated, ...(user === undefined ? {} : { user }) };
      },
      disconnect: (reason) => this.#drop(new ProtocolError(reason)),
    });
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
      this.#drop(error);
    }
  }

  #drop(error: unknown): void {
    this.#socket.destroy(error instanceof Error ? error : new Error(String(error)));
  }

  #end(): void {
    this.#leave();
    clearTimeout(this.#proofTimer);
    this.#keepalive.stop();
    this.#waiting.length = 0;
    this.#gone.abort(new VirError({ code: 'operation-aborted', domain: 'rpc', message: 'The client is gone.' }));
    this.#streams.abortAll();
    this.#session.close().catch((error: unknown) => this.#log('what a client left could not be cleared', error));
  }

  #log(what: string, error: unknown): void {
    this.#engine.logger.log('warn', what, { client: this.#name, error });
  }
}
