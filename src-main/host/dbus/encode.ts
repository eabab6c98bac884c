/** Values to bytes, little-endian. Pure. */
import {
  alignmentOf,
  DBusFormatError,
  type DBusType,
  type DBusValue,
  isObjectPath,
  parseSignature,
  Variant,
} from './values.ts';

export class Writer {
  #bytes = Buffer.alloc(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  align(to: number): void {
    const padding = (to - (this.#length % to)) % to;
    this.#grow(padding);
    this.#bytes.fill(0, this.#length, this.#length + padding);
    this.#length += padding;
  }

  /** Room of so many bytes at the end, as a buffer to write into. */
  take(count: number): Buffer {
    this.#grow(count);
    const part = this.#bytes.subarray(this.#length, this.#length + count);
    this.#length += count;
    return part;
  }

  uint32(value: number): void {
    this.align(4);
    this.take(4).writeUInt32LE(value);
  }

  patchUint32(at: number, value: number): void {
    this.#bytes.writeUInt32LE(value, at);
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#length + count));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** @throws DBusFormatError when the values are not of the signature's types. */
export function encodeBody(signature: string, values: readonly DBusValue[]): Buffer {
  const types = parseSignature(signature);
  if (types.length !== values.length) throw new DBusFormatError(`'${signature}' needs ${types.length} values`);
  const writer = new Writer();
  for (const [place, type] of types.entries()) encode(writer, type, values[place]);
  return writer.bytes();
}

export function encode(writer: Writer, type: DBusType, value: DBusValue | undefined): void {
  switch (type.kind) {
    case 'basic':
      return encodeBasic(writer, type.code, value);
    case 'variant': {
      if (!(value instanceof Variant)) throw mismatch('v', value);
      const [inner, ...rest] = parseSignature(value.signature);
      if (inner === undefined || rest.length > 0) throw mismatch('v', value.signature);
      encodeBasic(writer, 'g', value.signature);
      return encode(writer, inner, value.value);
    }
    case 'struct': {
      if (!Array.isArray(value) || value.length !== type.fields.length) throw mismatch('struct', value);
      const fields = value as readonly DBusValue[];
      writer.align(8);
      for (const [place, field] of type.fields.entries()) encode(writer, field, fields[place]);
      return;
    }
    case 'array':
      return encodeArray(writer, type.of, value);
    case 'dictionary':
      if (!(value instanceof Map)) throw mismatch('dictionary', value);
      return withLength(writer, 8, () => {
        for (const [key, item] of value as ReadonlyMap<DBusValue, DBusValue>) {
          writer.align(8);
          encode(writer, type.key, key);
          encode(writer, type.value, item);
        }
      });
  }
}

function encodeArray(writer: Writer, of: DBusType, value: DBusValue | undefined): void {
  if (value instanceof Uint8Array && of.kind === 'basic' && of.code === 'y') {
    writer.uint32(value.length);
    writer.take(value.length).set(value);
    return;
  }
  if (!Array.isArray(value)) throw mismatch('array', value);
  const items = value as readonly DBusValue[];
  withLength(writer, alignmentOf(of), () => {
    for (const item of items) encode(writer, of, item);
  });
}

/** The length counts from the first element, not from the padding before it. */
function withLength(writer: Writer, alignment: number, work: () => void): void {
  writer.uint32(0);
  const at = writer.length - 4;
  writer.align(alignment);
  const start = writer.length;
  work();
  writer.patchUint32(at, writer.length - start);
}

function encodeBasic(writer: Writer, code: string, value: DBusValue | undefined): void {
  switch (code) {
    case 'y':
      writer.take(1).writeUInt8(number(code, value));
      return;
    case 'b':
      if (typeof value !== 'boolean') throw mismatch(code, value);
      writer.uint32(value ? 1 : 0);
      return;
    case 'n':
      writer.align(2);
      writer.take(2).writeInt16LE(number(code, value));
      return;
    case 'q':
      writer.align(2);
      writer.take(2).writeUInt16LE(number(code, value));
      return;
    case 'i':
      writer.align(4);
      writer.take(4).writeInt32LE(number(code, value));
      return;
    case 'u':
      writer.uint32(number(code, value));
      return;
    case 'x':
      if (typeof value !== 'bigint') throw mismatch(code, value);
      writer.align(8);
      writer.take(8).writeBigInt64LE(value);
      return;
    case 't':
      if (typeof value !== 'bigint') throw mismatch(code, value);
      writer.align(8);
      writer.take(8).writeBigUInt64LE(value);
      return;
    case 'd':
      writer.align(8);
      writer.take(8).writeDoubleLE(number(code, value));
      return;
    case 'g': {
      const text = string(code, value);
      const bytes = Buffer.from(text, 'latin1');
      if (bytes.length > 255) throw mismatch(code, value);
      writer.take(1).writeUInt8(bytes.length);
      writer.take(bytes.length).set(bytes);
      writer.take(1).writeUInt8(0);
      return;
    }
    default: {
      const text = string(code, value);
      if (code === 'o' && !isObjectPath(text)) throw mismatch(code, value);
      const bytes = Buffer.from(text);
      writer.uint32(bytes.length);
      writer.take(bytes.length).set(bytes);
      writer.take(1).writeUInt8(0);
    }
  }
}

function number(code: string, value: DBusValue | undefined): number {
  if (typeof value !== 'number') throw mismatch(code, value);
  return value;
}

function string(code: string, value: DBusValue | undefined): string {
  // The bus ends the connection of who sends it.
  if (typeof value !== 'string' || value.includes('\0')) throw mismatch(code, value);
  return value;
}

const mismatch = (code: string, value: unknown): DBusFormatError =>
  new DBusFormatError(`a value of type ${typeof value} is not a D-Bus '${code}'`);
