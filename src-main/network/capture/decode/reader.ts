/** Bytes of a packet, read forward. What a guest sends is whatever it likes: every read is checked. */

/** The packet ends before what it promised; what was understood until there stands. */
export class Truncated extends Error {
  override readonly name = 'Truncated';
}

export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #at: number;

  /** Of `bytes`, from `begin` up to but not including `end`. */
  constructor(bytes: Uint8Array, begin = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = Math.max(0, Math.min(end, bytes.length));
    this.#at = Math.min(begin, this.#end);
  }

  /** Where the next byte is, counted from the packet's first. */
  get offset(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  bytes(count: number): Uint8Array {
    const at = this.#take(count);
    return this.#bytes.subarray(at, at + count);
  }

  /** Everything that is left, or so much of it. */
  rest(atMost = this.remaining): Uint8Array {
    return this.bytes(Math.max(0, Math.min(atMost, this.remaining)));
  }

  skip(count: number): void {
    this.#take(count);
  }

  /** The next byte, without taking it; undefined at the end. */
  peek(ahead = 0): number | undefined {
    const at = this.#at + ahead;
    return at < this.#end ? this.#bytes[at] : undefined;
  }

  /** A reader of the next `count` bytes, or of as many as there are; this one goes on behind them. */
  part(count: number): Reader {
    const length = Math.max(0, Math.min(count, this.remaining));
    const part = new Reader(this.#bytes, this.#at, this.#at + length);
    this.#at += length;
    return part;
  }

  /** A reader of the same bytes that stands elsewhere (a name in DNS points back). */
  from(begin: number): Reader {
    return new Reader(this.#bytes, begin, this.#end);
  }

  #take(count: number): number {
    if (count < 0 || count > this.remaining) throw new Truncated(`${count} bytes at ${this.#at}`);
    const at = this.#at;
    this.#at += count;
    return at;
  }
}
