/** A stream that a call opened, from the client's side. */
import { encodePacket, type Packet } from '../framing/packet.ts';
import { type PacketSink, PacketStream, type StreamKey } from '../framing/packet-stream.ts';

/**
 * Reads and writes what the server's end carries. `finish` or `abort` ends it; until then the server keeps what it
 * belongs to.
 */
export class ClientStream extends PacketStream {
  readonly #packets: PacketSink;
  readonly #onOver: () => void;
  #confirmed: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #over = false;

  constructor(key: StreamKey, packets: PacketSink, onRead: () => void, onOver: () => void) {
    super(key, packets, onRead);
    this.#packets = packets;
    this.#onOver = onOver;
    // Whoever reads or writes sees it there; a failure between the two is not a crash.
    this.on('error', () => undefined);
  }

  /** Everything was sent, or received: resolves when the server says that all went well. */
  async finish(): Promise<void> {
    await this.#end('ok');
  }

  /** Gives up. */
  async abort(): Promise<void> {
    try {
      await this.#end('error');
    } finally {
      this.destroy();
    }
  }

  /** A packet of this stream that is not data. */
  acceptStatus(packet: Packet, error: (packet: Packet) => Error): void {
    if (packet.status === 'ok') this.#settle(undefined);
    else this.fail(error(packet));
  }

  /** The server told of a failure, or is gone. */
  fail(error: Error): void {
    this.#settle(error);
    this.destroy(error);
  }

  async #end(status: 'ok' | 'error'): Promise<void> {
    if (this.#over) return;
    const confirmed = new Promise<void>((resolve, reject) => {
      this.#confirmed = { resolve, reject };
    });
    this.#packets.send(encodePacket({ ...this.key, type: 'stream', status }));
    await confirmed;
  }

  #settle(error: Error | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#onOver();
    if (error === undefined) {
      this.endOfData();
      this.#confirmed?.resolve();
    } else this.#confirmed?.reject(error);
  }
}
