/** D-Bus's types: signatures taken apart, and the values that stand for them here. */

/** A value that carries its own type: `v`. */
export class Variant {
  readonly signature: string;
  readonly value: DBusValue;

  constructor(signature: string, value: DBusValue) {
    this.signature = signature;
    this.value = value;
  }
}

/**
 * 64-bit integers are bigints, `ay` is bytes, other arrays and structs are arrays, dictionaries are maps. File
 * descriptors are not carried.
 */
export type DBusValue =
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Variant
  | readonly DBusValue[]
  | ReadonlyMap<DBusValue, DBusValue>;

export type BasicCode = 'y' | 'b' | 'n' | 'q' | 'i' | 'u' | 'x' | 't' | 'd' | 's' | 'o' | 'g';

export type DBusType =
  | { readonly kind: 'basic'; readonly code: BasicCode }
  | { readonly kind: 'variant' }
  | { readonly kind: 'array'; readonly of: DBusType }
  | { readonly kind: 'dictionary'; readonly key: DBusType; readonly value: DBusType }
  | { readonly kind: 'struct'; readonly fields: readonly DBusType[] };

/** Bytes that are not what the specification allows. */
export class DBusFormatError extends Error {
  override readonly name = 'DBusFormatError';
}

const basicCodes = 'ybnqiuxtdsog';
const isBasic = (code: string): code is BasicCode => code.length === 1 && basicCodes.includes(code);

/** As deep as the specification lets containers nest. */
export const maxDepth = 32;

/** The complete types of a signature. @throws DBusFormatError */
export function parseSignature(text: string): readonly DBusType[] {
  if (text.length > 255) throw new DBusFormatError('a signature has more than 255 characters');
  let at = 0;
  const bad = (why: string): DBusFormatError => new DBusFormatError(`the signature '${text}' ${why} at ${at}`);

  const until = (end: string, depth: number): DBusType[] => {
    const types: DBusType[] = [];
    while (text[at] !== end) types.push(one(depth));
    at += 1;
    return types;
  };
  const dictionary = (depth: number): DBusType => {
    at += 1;
    const [key, value, ...rest] = until('}', depth + 1);
    if (key?.kind !== 'basic' || value === undefined || rest.length > 0) throw bad('has no dictionary entry');
    return { kind: 'dictionary', key, value };
  };
  const one = (depth: number): DBusType => {
    const code = text[at];
    if (code === undefined) throw bad('ends too early');
    if (depth > maxDepth) throw bad('nests too deeply');
    if (code === 'a' && text[at + 1] === '{') {
      at += 1;
      return dictionary(depth + 1);
    }
    at += 1;
    if (isBasic(code)) return { kind: 'basic', code };
    if (code === 'v') return { kind: 'variant' };
    if (code === 'a') return { kind: 'array', of: one(depth + 1) };
    if (code !== '(') throw bad('has an unknown type');
    const fields = until(')', depth + 1);
    if (fields.length === 0) throw bad('has an empty struct');
    return { kind: 'struct', fields };
  };

  const types: DBusType[] = [];
  while (at < text.length) types.push(one(0));
  return types;
}

/** Where a value of the type may begin: at a multiple of this many bytes. */
export function alignmentOf(type: DBusType): 1 | 2 | 4 | 8 {
  switch (type.kind) {
    case 'variant':
      return 1;
    case 'array':
    case 'dictionary':
      return 4;
    case 'struct':
      return 8;
    case 'basic':
      return basicAlignment[type.code];
  }
}

const basicAlignment = { y: 1, g: 1, n: 2, q: 2, b: 4, i: 4, u: 4, s: 4, o: 4, x: 8, t: 8, d: 8 } as const;

const pathPattern = /^\/(?:[A-Za-z0-9_]+(?:\/[A-Za-z0-9_]+)*)?$/;
export const isObjectPath = (text: string): boolean => pathPattern.test(text);
