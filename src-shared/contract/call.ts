/**
 * The contract: what a door that is not in the engine's process may ask of it. Each call has a schema for its argument,
 * checked where it arrives, and the type of its answer. The window imports only the types.
 */
import type { z } from 'zod';
import type { ErrorData } from '../errors.ts';

declare const answerType: unique symbol;

/** One call: the schema of its single argument and, as a type only, its answer. */
export interface Call<A extends z.ZodType, R> {
  readonly argument: A;
  readonly [answerType]?: R;
}

/** `call(z.object({…})).returns<Answer>()` */
export function call<A extends z.ZodType>(argument: A): { returns<R>(): Call<A, R> } {
  return { returns: () => ({ argument }) };
}

export type ArgumentOf<C> = C extends Call<infer A, unknown> ? z.input<A> : never;
/** What a handler is given: the argument after validation. */
export type CheckedArgumentOf<C> = C extends Call<infer A, unknown> ? z.output<A> : never;
export type AnswerOf<C> = C extends Call<z.ZodType, infer R> ? R : never;

/** Every answer crosses as a value or an error: Electron would keep only a thrown error's message. */
export type Reply<R> = { readonly ok: true; readonly value: R } | { readonly ok: false; readonly error: ErrorData };
