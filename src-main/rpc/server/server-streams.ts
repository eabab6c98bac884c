/** The streams a client has open, from the server's side. */
import { finished, pipeline } from 'node:stream/promises';
import type { Logger } from '../../engine/logger.ts';
import { encodePacket, type Packet } from '../framing/packet.ts';
import { type PacketSink, PacketStream, type StreamKey } from '../framing/packet-stream.ts';
import { rpcError } from './errors.ts';
import type { StreamParts } from './handler.ts';
import { errorPacket } from './replies.ts';

/** A client that opens more than this at once is mistaken. */
const mostStreams = 64;

interface OpenStream {
  readonly stream: PacketStream;
  readonly parts: StreamParts;
  /** The client has finished or aborted, or has been told of a failure: only the end remains. */
  ending: boolean;
}

export class ServerStreams {
  readonly #open = new Map<string, OpenStream>();
  readonly #sink: PacketSink;
  readonly #onRead: () => void;
  readonly #logger: Logger;

  /** @param onRead a stream that was full is not any more. */
  constructor(sink: PacketSink, onRead: () => void, logger: Logger) {
    this.#sink = sink;
    this.#onRead = onRead;
    this.#logger = logger;
  }

  /** Whether something must be read out of a stream before more may come in. */
  get full(): boolean {
    for (const { stream } of this.#open.values()) if (stream.full) return true;
    return false;
  }

  /** @throws VirError when the client has too many. */
  check(): void {
    if (this.#open.size >= mostStreams) throw rpcError(`more than ${mostStreams} streams are open`);
  }

  start(key: StreamKey, parts: StreamParts): void {
    const stream = new PacketStream(key, this.#sink, this.#onRead);
    const open: OpenStream = { stream, parts, ending: false };
    // Ends are seen by the pipelines; without this, one that nobody reads would bring the engine down.
    stream.on('error', () => undefined);
    this.#open.set(nameOf(key), open);
    if (parts.source !== undefined) this.#send(open, parts.source);
    if (parts.sink !== undefined) this.#receive(open, parts.sink);
    else stream.resume();
  }

  /** A packet of some stream. Packets of streams that are over may still come and mean nothing. */
  accept(packet: Packet): void {
    const open = this.#open.get(nameOf(packet));
    if (open === undefined || open.ending) return;
    if (packet.type === 'streamHole' || packet.status === 'continue') {
      try {
        open.stream.accept(packet);
      } catch (error) {
        this.#fail(open, error);
      }
    } else if (packet.status === 'ok') {
      open.ending = true;
      this.#finish(open).catch((error: unknown) => {
        open.ending = false;
        this.#fail(open, error);
      });
    } else {
      this.#close(open);
      this.#confirm(open.stream.key);
    }
  }

  /** The client is gone. */
  abortAll(): void {
    for (const open of [...this.#open.values()]) this.#close(open);
  }

  #send(open: OpenStream, source: NonNullable<StreamParts['source']>): void {
    pipeline(source, open.stream, { end: false }).then(
      () => {
        if (!open.ending && this.#open.has(nameOf(open.stream.key))) open.stream.sendEndOfData();
      },
      (error: unknown) => this.#fail(open, error),
    );
  }

  #receive(open: OpenStream, sink: NonNullable<StreamParts['sink']>): void {
    pipeline(open.stream, sink).catch((error: unknown) => this.#fail(open, error));
  }

  /** Everything the client sent must be used before it is told that all went well. */
  async #finish(open: OpenStream): Promise<void> {
    const { stream, parts } = open;
    if (parts.finish !== undefined && parts.sink !== undefined) {
      stream.endOfData();
      await finished(parts.sink, { readable: false });
    }
    await parts.finish?.();
    if (parts.finish === undefined) parts.abort();
    if (!this.#open.delete(nameOf(stream.key))) return;
    stream.destroy();
    this.#confirm(stream.key);
  }

  #fail(open: OpenStream, error: unknown): void {
    if (open.ending || !this.#open.has(nameOf(open.stream.key))) return;
    this.#logger.log('debug', 'a stream of a client failed', { error });
    this.#sink.send(errorPacket({ ...open.stream.key, type: 'stream', status: 'error' }, error));
    this.#close(open);
  }

  #close(open: OpenStream): void {
    const wasFull = open.stream.full;
    open.ending = true;
    this.#open.delete(nameOf(open.stream.key));
    open.parts.abort();
    open.stream.destroy();
    // What is left of it need not be read; what comes after it must be.
    if (wasFull) queueMicrotask(this.#onRead);
  }

  #confirm(key: StreamKey): void {
    this.#sink.send(encodePacket({ ...key, type: 'stream', status: 'ok' }));
  }
}

function nameOf({ program, procedure, serial }: StreamKey): string {
  return `${program}/${procedure}/${serial}`;
}
