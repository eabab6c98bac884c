/** Numbers, strings and bytes. */
import type { Codec } from './codec.ts';
import { XdrError } from './error.ts';

const maximumStringBytes = 4 * 1024 * 1024;

/** A signed integer of 32 bits. XDR widens `char` and `short` to it too. */
export const int: Codec<number> = {
  write(writer, value) {
    if (value !== (value | 0)) throw new XdrError(`${value} is not a signed integer of 32 bits`);
    writer.int32(value);
  },
  read: (reader) => reader.int32(),
  minimumBytes: 4,
  shape: { kind: 'int' },
};

/** An unsigned integer of 32 bits. */
export const uint: Codec<number> = {
  write(writer, value) {
    if (value !== value >>> 0) throw new XdrError(`${value} is not an unsigned integer of 32 bits`);
    writer.uint32(value);
  },
  read: (reader) => reader.uint32(),
  minimumBytes: 4,
  shape: { kind: 'uint' },
};

/** A signed integer of 64 bits, exact. */
export const hyper: Codec<bigint> = {
  write(writer, value) {
    if (value !== BigInt.asIntN(64, value)) throw new XdrError(`${value} is not a signed integer of 64 bits`);
    writer.int64(value);
  },
  read: (reader) => reader.int64(),
  minimumBytes: 8,
  shape: { kind: 'hyper' },
};

/** An unsigned integer of 64 bits, exact. */
export const uhyper: Codec<bigint> = {
  write(writer, value) {
    if (value !== BigInt.asUintN(64, value)) throw new XdrError(`${value} is not an unsigned integer of 64 bits`);
    writer.uint64(value);
  },
  read: (reader) => reader.uint64(),
  minimumBytes: 8,
  shape: { kind: 'uhyper' },
};

export const double: Codec<number> = {
  write: (writer, value) => writer.float64(value),
  read: (reader) => reader.float64(),
  minimumBytes: 8,
  shape: { kind: 'double' },
};

/** Yes or no in an `int`: anything but zero is yes, as in C. */
export const flag: Codec<boolean> = {
  write: (writer, value) => writer.int32(value ? 1 : 0),
  read: (reader) => reader.int32() !== 0,
  minimumBytes: 4,
  shape: { kind: 'int' },
};

/** UTF-8 with its length; the protocol's limit for every string is 4 MiB. */
export const string: Codec<string> = {
  write: (writer, value) => writer.text(value, maximumStringBytes),
  read: (reader) => reader.text(maximumStringBytes),
  minimumBytes: 4,
  shape: { kind: 'string', maximum: maximumStringBytes },
};

/** One of a few named integers. */
export function enumeration<const E extends Readonly<Record<string, number>>>(values: E): Codec<keyof E & string> {
  const names = new Map(Object.entries(values).map(([name, value]) => [value, name as keyof E & string]));
  return {
    write(writer, name) {
      const value = values[name];
      if (value === undefined) throw new XdrError(`'${name}' is not one of ${[...names.values()].join(', ')}`);
      writer.int32(value);
    },
    read(reader) {
      const value = reader.int32();
      const name = names.get(value);
      if (name === undefined) throw new XdrError(`${value} is none of ${[...names.keys()].join(', ')}`);
      return name;
    },
    minimumBytes: 4,
    shape: { kind: 'int' },
  };
}

/** Bytes with their length. */
export function opaque(maximum: number): Codec<Uint8Array> {
  return {
    write(writer, value) {
      if (value.length > maximum) throw new XdrError(`${value.length} bytes are more than the ${maximum} allowed`);
      writer.uint32(value.length);
      writer.bytes(value);
    },
    read: (reader) => reader.bytes(reader.count(maximum, 1)),
    minimumBytes: 4,
    shape: { kind: 'opaque-list', maximum },
  };
}

const uuidBytes = 16;
const uuidForm = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** Sixteen bytes, as text with dashes on our side. */
export const uuid: Codec<string> = {
  write(writer, value) {
    if (writer.uuid(value)) return;
    if (!uuidForm.test(value)) throw new XdrError(`'${value}' is not a UUID`);
    writer.bytes(Buffer.from(value.replaceAll('-', ''), 'hex'));
  },
  read(reader) {
    const hex = reader.bytes(uuidBytes).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  },
  minimumBytes: uuidBytes,
  shape: { kind: 'opaque', length: uuidBytes },
};

/** `char[N]`: text that ends at the first NUL. Unlike `opaque`, XDR spends four bytes on each character. */
export function charText(length: number): Codec<string> {
  return {
    write(writer, value) {
      const bytes = Buffer.from(value);
      if (bytes.length >= length) throw new XdrError(`${bytes.length} bytes are more than the ${length - 1} allowed`);
      for (let index = 0; index < length; index++) writer.int32(signed(bytes[index] ?? 0));
    },
    read(reader) {
      const bytes = Buffer.alloc(length);
      for (let index = 0; index < length; index++) bytes[index] = reader.int32() & 0xff;
      const end = bytes.indexOf(0);
      return bytes.toString('utf8', 0, end < 0 ? length : end);
    },
    minimumBytes: 4 * length,
    shape: { kind: 'chars', length },
  };
}

/** `char<N>`: bytes with their count, four bytes on the wire for each. */
export function chars(maximum: number): Codec<Uint8Array> {
  return {
    write(writer, value) {
      if (value.length > maximum) throw new XdrError(`${value.length} are more than the ${maximum} allowed`);
      writer.uint32(value.length);
      for (const byte of value) writer.int32(signed(byte));
    },
    read(reader) {
      const bytes = new Uint8Array(reader.count(maximum, 4));
      for (let index = 0; index < bytes.length; index++) bytes[index] = reader.int32() & 0xff;
      return bytes;
    },
    minimumBytes: 4,
    shape: { kind: 'chars-list', maximum },
  };
}

/** `char` is signed where libvirt runs. */
function signed(byte: number): number {
  return (byte << 24) >> 24;
}
