/**
 * Cuts a byte stream into packets. It is given bytes as they come, in pieces of any size, and asked for packets; it
 * holds no more than one packet and what came with it, and allocates nothing for bytes that were only announced.
 */
import { decodeHeader, maximumPacketBytes, type Packet, smallestPacketBytes } from './packet.ts';

/** The peer does not follow the protocol: its connection can't be used any more. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

const maximumDescriptors = 32;

export class PacketReader {
  /** Longer packets end the connection. */
  maximumBytes = maximumPacketBytes;
  /** Pieces that were not taken yet; the first one from `#start` on. */
  #pieces: Buffer[] = [];
  #start = 0;
  #available = 0;
  /** Placeholder bytes of passed descriptors, which follow a packet and are not counted in its length. */
  #skip = 0;

  /** Bytes that wait to be taken. */
  get buffered(): number {
    return this.#available;
  }

  push(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#available += piece.length;
  }

  /**
   * The next packet, or `undefined` until more bytes came.
   * @throws ProtocolError
   */
  next(): Packet | undefined {
    if (this.#skip > 0) this.#discard();
    if (this.#skip > 0 || this.#available < 4) return undefined;
    const length = this.#peekLength();
    if (length < smallestPacketBytes) throw new ProtocolError(`a packet of ${length} bytes has no room for its header`);
    if (length > this.maximumBytes) {
      throw new ProtocolError(`a packet of ${length} bytes is larger than the ${this.maximumBytes} allowed`);
    }
    if (this.#available < length) return undefined;
    const bytes = this.#take(length);
    const header = decodeHeader(bytes, 4);
    if (header === undefined) throw new ProtocolError('a packet has a type or a status that does not exist');
    const payload = bytes.subarray(smallestPacketBytes);
    if (header.type !== 'callWithFds' && header.type !== 'replyWithFds') return { ...header, payload };
    return { ...header, payload: this.#afterDescriptors(payload) };
  }

  /** Node can't receive descriptors; the kernel closes them. Their placeholders are skipped. */
  #afterDescriptors(payload: Buffer): Buffer {
    const count = payload.length < 4 ? Number.POSITIVE_INFINITY : payload.readUInt32BE(0);
    if (count > maximumDescriptors) {
      throw new ProtocolError(`a packet comes with more than ${maximumDescriptors} descriptors`);
    }
    this.#skip = count;
    return payload.subarray(4);
  }

  #discard(): void {
    const count = Math.min(this.#skip, this.#available);
    if (count === 0) return;
    this.#take(count);
    this.#skip -= count;
  }

  #peekLength(): number {
    const first = this.#pieces[0];
    if (first !== undefined && first.length - this.#start >= 4) return first.readUInt32BE(this.#start);
    this.#join();
    return this.#pieces[0]?.readUInt32BE(0) ?? 0;
  }

  #take(count: number): Buffer {
    const first = this.#pieces[0];
    if (first === undefined || first.length - this.#start < count) this.#join();
    const whole = this.#pieces[0] ?? Buffer.alloc(0);
    const taken = whole.subarray(this.#start, this.#start + count);
    this.#start += count;
    this.#available -= count;
    if (this.#start === whole.length) {
      this.#pieces.shift();
      this.#start = 0;
    }
    return taken;
  }

  #join(): void {
    const [first, ...rest] = this.#pieces;
    if (first === undefined) return;
    this.#pieces = [Buffer.concat([first.subarray(this.#start), ...rest])];
    this.#start = 0;
  }
}
