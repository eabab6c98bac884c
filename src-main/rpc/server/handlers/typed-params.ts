/** `virTypedParameter` lists: made from plain values, and read into them. */
import type { TypedParam } from '../../protocol/objects.ts';

export const int = (field: string, value: number): TypedParam => ({ field, value: { type: 'int', value } });
export const uint = (field: string, value: number): TypedParam => ({ field, value: { type: 'uint', value } });
export const ullong = (field: string, value: number | bigint): TypedParam => ({
  field,
  value: { type: 'ullong', value: BigInt(value) },
});
export const llong = (field: string, value: number | bigint): TypedParam => ({
  field,
  value: { type: 'llong', value: BigInt(value) },
});
export const boolean = (field: string, value: boolean): TypedParam => ({ field, value: { type: 'boolean', value } });
export const text = (field: string, value: string): TypedParam => ({ field, value: { type: 'string', value } });

/** Leaves out what is not known. */
export const known = <T>(value: T | undefined, make: (value: T) => TypedParam): readonly TypedParam[] =>
  value === undefined ? [] : [make(value)];

/** Values by name. Integers of 64 bits become numbers: none of the parameters we read is ever that large. */
export function valuesOf(params: readonly TypedParam[]): ReadonlyMap<string, number | string | boolean> {
  return new Map(
    params.map(({ field, value: { value } }) => [field, typeof value === 'bigint' ? Number(value) : value]),
  );
}

/**
 * The older calls ask twice: with `nparams` 0 how many there are, then for that many.
 * @returns what they answer
 */
export function asked(
  params: readonly TypedParam[],
  nparams: number,
): { readonly params: readonly TypedParam[]; readonly nparams: number } {
  return nparams === 0
    ? { params: [], nparams: params.length }
    : { params: params.slice(0, nparams), nparams: Math.min(nparams, params.length) };
}
