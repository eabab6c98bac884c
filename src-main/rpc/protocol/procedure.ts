/** How procedures are described: number, what goes and what comes back, and what else is known of them. */
import type { Codec } from '../xdr/codec.ts';
import { type Fields, type StructOf, struct } from '../xdr/compounds.ts';

/** One procedure of a program. `A` is what the caller sends, `R` what is answered. */
export interface Procedure<A = unknown, R = unknown> {
  readonly number: number;
  /** An event is sent by the server by itself; nobody calls it. */
  readonly kind: 'call' | 'event';
  readonly args: Codec<A>;
  readonly ret: Codec<R>;
  /** `high`: libvirt answers it even while every worker waits for a hypervisor. */
  readonly priority: 'low' | 'high';
  /** The call opens a stream; seen from the client. */
  readonly stream?: 'upload' | 'download';
}

interface Options {
  readonly priority?: 'high';
  readonly stream?: 'upload' | 'download';
}

export const high: Options = { priority: 'high' };

type Nothing = Record<never, never>;

/** A procedure that clients call. */
export function call<A extends Fields = Nothing, R extends Fields = Nothing>(
  number: number,
  args?: A,
  ret?: R,
  options: Options = {},
): Procedure<StructOf<A>, StructOf<R>> {
  return {
    number,
    kind: 'call',
    args: struct(args ?? ({} as A)),
    ret: struct(ret ?? ({} as R)),
    priority: options.priority ?? 'low',
    ...(options.stream === undefined ? {} : { stream: options.stream }),
  };
}

/** A message that the server sends. */
export function event<A extends Fields>(number: number, fields: A): Procedure<StructOf<A>, Nothing> {
  return { number, kind: 'event', args: struct(fields), ret: struct({}), priority: 'low' };
}

/** What an object of procedures sends and answers, by the procedure's name. */
export type ArgsOf<P> = P extends Procedure<infer A, unknown> ? A : never;
export type RetOf<P> = P extends Procedure<unknown, infer R> ? R : never;
