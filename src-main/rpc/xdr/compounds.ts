/** Lists, optional values, structures and unions. */
import type { Codec, ValueOf } from './codec.ts';
import { within, XdrError } from './error.ts';

export type Fields = Readonly<Record<string, Codec<unknown>>>;

type OptionalKeys<F extends Fields> = { [K in keyof F]: undefined extends ValueOf<F[K]> ? K : never }[keyof F];

/** The object that a structure's fields describe; what is optional on the wire may be left out. */
export type StructOf<F extends Fields> = { [K in Exclude<keyof F, OptionalKeys<F>>]: ValueOf<F[K]> } & {
  [K in OptionalKeys<F>]?: ValueOf<F[K]>;
};

/** The fields one after the other, in the order they are written down. */
export function struct<F extends Fields>(fields: F): Codec<StructOf<F>> {
  const entries = Object.entries(fields);
  return {
    write(writer, value) {
      for (const [name, codec] of entries) {
        try {
          codec.write(writer, (value as Record<string, unknown>)[name]);
        } catch (error) {
          throw within(error, name);
        }
      }
    },
    read(reader) {
      const value: Record<string, unknown> = {};
      for (const [name, codec] of entries) {
        try {
          value[name] = codec.read(reader);
        } catch (error) {
          throw within(error, name);
        }
      }
      return value as StructOf<F>;
    },
    minimumBytes: entries.reduce((sum, [, codec]) => sum + codec.minimumBytes, 0),
    shape: { kind: 'struct', fields: entries.map(([name, codec]) => [name, codec.shape]) },
  };
}

/** A count and so many items. A list whose items could not fit into the rest of the message is refused before any is read. */
export function list<T>(item: Codec<T>, maximum: number): Codec<readonly T[]> {
  return {
    write(writer, items) {
      if (items.length > maximum) throw new XdrError(`${items.length} are more than the ${maximum} allowed`);
      writer.uint32(items.length);
      items.forEach((value, index) => {
        try {
          item.write(writer, value);
        } catch (error) {
          throw within(error, `[${index}]`);
        }
      });
    },
    read(reader) {
      const count = reader.count(maximum, item.minimumBytes);
      const items: T[] = [];
      for (let index = 0; index < count; index++) {
        try {
          items.push(item.read(reader));
        } catch (error) {
          throw within(error, `[${index}]`);
        }
      }
      return items;
    },
    minimumBytes: 4,
    shape: { kind: 'list', of: item.shape, maximum },
  };
}

/**
 * A pointer that may be NULL: a flag, and the value when it is set. Whatever is not zero sets it, as for the decoder
 * that libvirtd uses; digitalocean's client for Go sends more than a one.
 */
export function optional<T>(codec: Codec<T>): Codec<T | undefined> {
  return {
    write(writer, value) {
      writer.uint32(value === undefined ? 0 : 1);
      if (value !== undefined) codec.write(writer, value);
    },
    read(reader) {
      return reader.uint32() === 0 ? undefined : codec.read(reader);
    },
    minimumBytes: 4,
    shape: { kind: 'optional', of: codec.shape },
  };
}

type Arms = Readonly<Record<string, readonly [tag: number, codec: Codec<unknown>]>>;

/** The value of a union, told apart by `type`. */
export type UnionOf<A extends Arms> = {
  [K in keyof A & string]: { readonly type: K; readonly value: ValueOf<A[K][1]> };
}[keyof A & string];

/** A number that tells which of several types follows. */
export function union<const A extends Arms>(arms: A): Codec<UnionOf<A>> {
  const entries = Object.entries(arms);
  const byTag = new Map(entries.map(([type, [tag, codec]]) => [tag, { type, codec }]));
  return {
    write(writer, value) {
      const arm = arms[value.type];
      if (arm === undefined) throw new XdrError(`'${value.type}' is not a type of this union`);
      writer.int32(arm[0]);
      arm[1].write(writer, value.value);
    },
    read(reader) {
      const tag = reader.int32();
      const arm = byTag.get(tag);
      if (arm === undefined) throw new XdrError(`there is no type ${tag} in this union`);
      return { type: arm.type, value: arm.codec.read(reader) } as UnionOf<A>;
    },
    minimumBytes: 4 + Math.min(...entries.map(([, [, codec]]) => codec.minimumBytes)),
    shape: { kind: 'union', arms: entries.map(([, [tag, codec]]) => [tag, codec.shape]) },
  };
}
