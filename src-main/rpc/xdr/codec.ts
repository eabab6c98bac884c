/**
 * A description of an XDR type from which everything else comes: how it is written and read, its TypeScript type
 * (`ValueOf`), and its shape, which tests compare with the protocol's own definition.
 */
import type { XdrReader } from './reader.ts';
import type { XdrWriter } from './writer.ts';

export interface Codec<T> {
  /** @throws XdrError when the value does not fit. */
  write(writer: XdrWriter, value: T): void;
  /** @throws XdrError when the bytes are not such a value. */
  read(reader: XdrReader): T;
  /** The fewest bytes such a value takes: what a list of them must at least have left. */
  readonly minimumBytes: number;
  readonly shape: Shape;
}

/** The TypeScript type a codec carries. */
export type ValueOf<C> = C extends Codec<infer T> ? T : never;

/** What a codec is, as data. */
export type Shape =
  | { readonly kind: 'int' | 'uint' | 'hyper' | 'uhyper' | 'double' }
  | { readonly kind: 'string'; readonly maximum: number }
  | { readonly kind: 'opaque' | 'chars'; readonly length: number }
  | { readonly kind: 'opaque-list' | 'chars-list'; readonly maximum: number }
  | { readonly kind: 'list'; readonly of: Shape; readonly maximum: number }
  | { readonly kind: 'optional'; readonly of: Shape }
  | { readonly kind: 'struct'; readonly fields: readonly (readonly [name: string, shape: Shape])[] }
  | { readonly kind: 'union'; readonly arms: readonly (readonly [tag: number, shape: Shape])[] };
