/**
 * A stream of the protocol as a Node stream: data packets that carry the procedure and serial of the call that opened
 * it. Both ends use it. Flow control is the socket's: what is not read here keeps the other side from sending, what the
 * peer does not take keeps writers here waiting.
 *
 * How a stream ends (`src/remote/remote_daemon_stream.c`): an empty data packet tells that the sender has no more data;
 * the client then finishes with status OK, or aborts with ERROR at any time, and the server confirms with OK or tells
 * what went wrong.
 */
import { Duplex } from 'node:stream';
import { hyper, uint } from '../xdr/scalars.ts';
import { struct } from '../xdr/compounds.ts';
import {
  decodePayload,
  encodeHead,
  encodePacket,
  maximumStreamBytes,
  type Packet,
  type PacketHeader,
} from './packet.ts';

/** Where packets go: the socket both ends share with everything else. */
export interface PacketSink {
  /** @returns whether more can be sent at once. */
  send(...parts: readonly Buffer[]): boolean;
  /** Calls back once more can be sent, or nothing ever will. */
  onDrain(callback: () => void): void;
}

export type StreamKey = Pick<PacketHeader, 'program' | 'version' | 'procedure' | 'serial'>;

const streamHole = struct({ length: hyper, flags: uint });

/** So much may wait for a reader before the connection stops reading. */
const highWaterBytes = 1024 * 1024;
const zeros = Buffer.alloc(256 * 1024);

/** What an item that waits occupies at least, however little it carries. */
const itemBytes = 128;
const costOf = (item: Buffer | bigint): number => itemBytes + (typeof item === 'bigint' ? 0 : item.length);

export class PacketStream extends Duplex {
  readonly key: StreamKey;
  readonly #sink: PacketSink;
  readonly #onRead: () => void;
  /** What came and could not be pushed on: bytes, or the length of a hole. */
  readonly #waiting: (Buffer | bigint)[] = [];
  #waitingBytes = 0;
  #flowing = true;
  #ended = false;

  /** @param onRead called when a reader took something after `full` was true. */
  constructor(key: StreamKey, sink: PacketSink, onRead: () => void) {
    super({ allowHalfOpen: true, emitClose: true });
    this.key = key;
    this.#sink = sink;
    this.#onRead = onRead;
  }

  /** Whether so much waits to be read that the peer should stop sending. */
  get full(): boolean {
    return this.#waitingBytes >= highWaterBytes;
  }

  /** Takes a data packet or a hole in. @throws XdrError when a hole is malformed. */
  accept(packet: Packet): void {
    if (packet.type === 'streamHole') {
      const { length } = decodePayload(packet, streamHole);
      if (length > 0n) this.#wait(length);
    } else if (packet.payload.length === 0) {
      this.endOfData();
      return;
    } else {
      this.#wait(packet.payload);
    }
    this.#flow();
  }

  /** The peer sends nothing more. */
  endOfData(): void {
    this.#ended = true;
    this.#flow();
  }

  /** Tells the peer that no more data comes. */
  sendEndOfData(): void {
    this.#sink.send(encodePacket({ ...this.key, type: 'stream', status: 'continue' }));
  }

  override _read(): void {
    const wasFull = this.full;
    this.#flowing = true;
    this.#flow();
    if (wasFull && !this.full) this.#onRead();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    const parts: Buffer[] = [];
    for (let at = 0; at < chunk.length; at += maximumStreamBytes) {
      const data = chunk.subarray(at, at + maximumStreamBytes);
      parts.push(encodeHead({ ...this.key, type: 'stream', status: 'continue' }, data.length), data);
    }
    if (parts.length === 0 || this.#sink.send(...parts)) done();
    else this.#sink.onDrain(done);
  }

  #wait(item: Buffer | bigint): void {
    this.#waiting.push(item);
    this.#waitingBytes += costOf(item);
  }

  #served(item: Buffer | bigint): void {
    this.#waiting.shift();
    this.#waitingBytes -= costOf(item);
  }

  #flow(): void {
    while (this.#flowing) {
      const next = this.#waiting[0];
      if (next === undefined) break;
      if (typeof next === 'bigint') {
        const part = next < BigInt(zeros.length) ? Number(next) : zeros.length;
        if (next === BigInt(part)) this.#served(next);
        else this.#waiting[0] = next - BigInt(part);
        this.#flowing = this.push(zeros.subarray(0, part));
      } else {
        this.#served(next);
        this.#flowing = this.push(next);
      }
    }
    if (this.#ended && this.#waiting.length === 0 && !this.readableEnded && this.#flowing) {
      this.#ended = false;
      this.push(null);
    }
  }
}
