import { XdrError } from './error.ts';
import { paddingOf } from './writer.ts';

/** Takes XDR values off a message, never beyond its end. */
export class XdrReader {
  readonly #bytes: Buffer;
  #position: number;

  constructor(bytes: Buffer, position = 0) {
    this.#bytes = bytes;
    this.#position = position;
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8));
  }

  uint64(): bigint {
    return this.#bytes.readBigUInt64BE(this.#take(8));
  }

  float64(): number {
    return this.#bytes.readDoubleBE(this.#take(8));
  }

  /** So many bytes, their padding skipped. They are a view of the message. */
  bytes(length: number): Buffer {
    const at = this.#take(length + paddingOf(length));
    return this.#bytes.subarray(at, at + length);
  }

  /** A string with its length. */
  text(maximumBytes: number): string {
    const length = this.count(maximumBytes, 1);
    const at = this.#take(length + paddingOf(length));
    return this.#bytes.toString('utf8', at, at + length);
  }

  /** A length that announces items of at least so many bytes each: it must fit its limit and what is left. */
  count(maximum: number, itemBytes: number): number {
    const count = this.uint32();
    if (count > maximum) throw new XdrError(`${count} are more than the ${maximum} allowed`);
    if (count * itemBytes > this.remaining) throw new XdrError(`${count} are announced, but the message ends before`);
    return count;
  }

  /** The rest of the message, as a view. */
  rest(): Buffer {
    const rest = this.#bytes.subarray(this.#position);
    this.#position = this.#bytes.length;
    return rest;
  }

  /** @throws XdrError when bytes are left over. */
  end(): void {
    if (this.remaining > 0) throw new XdrError(`${this.remaining} bytes are left over`);
  }

  #take(count: number): number {
    const at = this.#position;
    if (at + count > this.#bytes.length) throw new XdrError('the message ends before');
    this.#position = at + count;
    return at;
  }
}
