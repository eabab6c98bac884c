/** Bytes to values, in the byte order of who wrote them. Pure; every length is checked before it is believed. */
import {
  alignmentOf,
  DBusFormatError,
  type DBusType,
  type DBusValue,
  isObjectPath,
  maxDepth,
  parseSignature,
  Variant,
} from './values.ts';

const maxArrayBytes = 64 * 1024 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class Reader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  #at: number;

  constructor(bytes: Buffer, littleEndian: boolean, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#littleEndian = littleEndian;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  align(to: number): void {
    const padding = (to - (this.#at % to)) % to;
    if (this.#take(padding).some((byte) => byte !== 0)) throw new DBusFormatError('padding is not zero');
  }

  value(type: DBusType, depth = 0): DBusValue {
    // Signatures can't nest deeper; variants in variants could.
    if (depth > 2 * maxDepth) throw new DBusFormatError('values nest too deeply');
    switch (type.kind) {
      case 'basic':
        return this.#basic(type.code);
      case 'variant': {
        const signature = this.#signature();
        const [inner, ...rest] = parseSignature(signature);
        if (inner === undefined || rest.length > 0) throw new DBusFormatError(`a variant has the type '${signature}'`);
        return new Variant(signature, this.value(inner, depth + 1));
      }
      case 'struct':
        this.align(8);
        return type.fields.map((field) => this.value(field, depth + 1));
      case 'dictionary': {
        const entries = new Map<DBusValue, DBusValue>();
        this.#each(8, () => {
          this.align(8);
          const key = this.value(type.key, depth + 1);
          entries.set(key, this.value(type.value, depth + 1));
        });
        return entries;
      }
      case 'array': {
        if (type.of.kind === 'basic' && type.of.code === 'y') {
          return Uint8Array.from(this.#take(this.#arrayLength()));
        }
        const items: DBusValue[] = [];
        this.#each(alignmentOf(type.of), () => items.push(this.value(type.of, depth + 1)));
        return items;
      }
    }
  }

  uint32(): number {
    this.align(4);
    return this.#view.getUint32(this.#skip(4), this.#littleEndian);
  }

  #basic(code: string): DBusValue {
    const little = this.#littleEndian;
    switch (code) {
      case 'y':
        return this.#view.getUint8(this.#skip(1));
      case 'b': {
        const value = this.uint32();
        if (value > 1) throw new DBusFormatError(`${value} is no boolean`);
        return value === 1;
      }
      case 'n':
        this.align(2);
        return this.#view.getInt16(this.#skip(2), little);
      case 'q':
        this.align(2);
        return this.#view.getUint16(this.#skip(2), little);
      case 'i':
        this.align(4);
        return this.#view.getInt32(this.#skip(4), little);
      case 'u':
        return this.uint32();
      case 'x':
        this.align(8);
        return this.#view.getBigInt64(this.#skip(8), little);
      case 't':
        this.align(8);
        return this.#view.getBigUint64(this.#skip(8), little);
      case 'd':
        this.align(8);
        return this.#view.getFloat64(this.#skip(8), little);
      case 'g':
        return this.#signature();
      default: {
        const text = this.#text(this.uint32());
        if (code === 'o' && !isObjectPath(text)) throw new DBusFormatError('an object path is none');
        return text;
      }
    }
  }

  #signature(): string {
    return this.#text(this.#view.getUint8(this.#skip(1)));
  }

  #text(length: number): string {
    const bytes = this.#take(length);
    if (this.#take(1)[0] !== 0) throw new DBusFormatError('a string does not end with zero');
    if (bytes.includes(0)) throw new DBusFormatError('a string has a zero inside');
    try {
      return utf8.decode(bytes);
    } catch (thrown) {
      throw new DBusFormatError('a string is not UTF-8', { cause: thrown });
    }
  }

  #arrayLength(): number {
    const length = this.uint32();
    if (length > maxArrayBytes) throw new DBusFormatError(`an array of ${length} bytes is too long`);
    return length;
  }

  #each(alignment: number, read: () => void): void {
    const length = this.#arrayLength();
    this.align(alignment);
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new DBusFormatError('an array ends after its message');
    while (this.#at < end) read();
    if (this.#at !== end) throw new DBusFormatError('an array ends inside of an element');
  }

  #take(count: number): Buffer {
    const at = this.#skip(count);
    return this.#bytes.subarray(at, at + count);
  }

  #skip(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) throw new DBusFormatError('a message ends too early');
    this.#at = at + count;
    return at;
  }
}

/** @throws DBusFormatError when the bytes are not of the signature's types, or more than them. */
export function decodeBody(signature: string, bytes: Buffer, littleEndian = true): readonly DBusValue[] {
  const reader = new Reader(bytes, littleEndian);
  const values = parseSignature(signature).map((type) => reader.value(type));
  if (reader.at !== bytes.length) throw new DBusFormatError('a body is longer than its signature says');
  return values;
}
