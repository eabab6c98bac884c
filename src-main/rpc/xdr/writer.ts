import { XdrError } from './error.ts';

const initialBytes = 256;
/** Longer strings are quicker to write as a whole. */
const shortText = 48;

/** Where the bytes of a UUID begin in its text, and where its dashes are. */
const uuidDigits = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
const uuidDashes = [8, 13, 18, 23] as const;

/** -1 for what is no hexadecimal digit. */
const digits = Int8Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? -1 : digit;
});
const digitOf = (code: number): number => digits[code] ?? -1;

/** Appends XDR values to one buffer that grows. Everything is big-endian and padded to four bytes (RFC 4506). */
export class XdrWriter {
  #bytes = Buffer.allocUnsafe(initialBytes);
  #view = viewOf(this.#bytes);
  #length = 0;
  readonly #maximum: number;

  /** @param maximumBytes writing more than this is an error. */
  constructor(maximumBytes: number) {
    this.#maximum = maximumBytes;
  }

  get length(): number {
    return this.#length;
  }

  int32(value: number): void {
    const at = this.#take(4);
    this.#view.setInt32(at, value);
  }

  uint32(value: number): void {
    const at = this.#take(4);
    this.#view.setUint32(at, value);
  }

  int64(value: bigint): void {
    const at = this.#take(8);
    this.#view.setBigInt64(at, value);
  }

  uint64(value: bigint): void {
    const at = this.#take(8);
    this.#view.setBigUint64(at, value);
  }

  float64(value: number): void {
    const at = this.#take(8);
    this.#view.setFloat64(at, value);
  }

  /** Bytes and their padding, without a length. */
  bytes(value: Uint8Array): void {
    const at = this.#take(value.length + paddingOf(value.length));
    this.#bytes.set(value, at);
    this.#bytes.fill(0, at + value.length, this.#length);
  }

  /** A string with its length. */
  text(value: string, maximumBytes: number): void {
    if (value.length <= shortText && value.length <= maximumBytes && this.#shortAscii(value)) return;
    const length = Buffer.byteLength(value);
    if (length > maximumBytes) throw new XdrError(`${length} bytes are more than the ${maximumBytes} allowed`);
    const at = this.#take(4 + length + paddingOf(length));
    this.#view.setUint32(at, length);
    this.#bytes.write(value, at + 4, length, 'utf8');
    this.#bytes.fill(0, at + 4 + length, this.#length);
  }

  /** The bytes of a UUID in its usual form, without a length. @returns false, and writes nothing, when it is none. */
  uuid(value: string): boolean {
    if (value.length !== 36) return false;
    const at = this.#take(16);
    let valid = 0;
    for (let index = 0; index < 16; index++) {
      const from = uuidDigits[index] ?? 0;
      const byte = (digitOf(value.charCodeAt(from)) << 4) | digitOf(value.charCodeAt(from + 1));
      valid |= byte;
      this.#bytes[at + index] = byte;
    }
    for (const dash of uuidDashes) if (value.charCodeAt(dash) !== 45) valid = -1;
    if (valid < 0) this.#length = at;
    return valid >= 0;
  }

  /** Names and the like, which lists are full of, at a quarter of the cost. @returns false when it is not ASCII. */
  #shortAscii(value: string): boolean {
    const { length } = value;
    const at = this.#take(4 + length + paddingOf(length));
    this.#view.setUint32(at, length);
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code > 127) {
        this.#length = at;
        return false;
      }
      this.#bytes[at + 4 + index] = code;
    }
    for (let end = at + 4 + length; end < this.#length; end++) this.#bytes[end] = 0;
    return true;
  }

  /** Overwrites what was written as an unsigned integer at `offset`. */
  patchUint32(offset: number, value: number): void {
    this.#view.setUint32(offset, value);
  }

  /** What was written. The writer must not be used afterwards. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #take(count: number): number {
    const at = this.#length;
    const needed = at + count;
    if (needed > this.#maximum) throw new XdrError(`the message would be larger than ${this.#maximum} bytes`);
    if (needed > this.#bytes.length) this.#grow(needed);
    this.#length = needed;
    return at;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.max(needed, Math.min(this.#bytes.length * 2, this.#maximum)));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}

/** How many zero bytes follow so many bytes. */
export function paddingOf(length: number): number {
  return (4 - (length & 3)) & 3;
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
