/** Which machines get a colour of their own, and which are added up as the others. Pure. */
import type { Values } from '../../components/stack.ts';

export interface Contribution<M> {
  readonly machine: M;
  readonly values: Values;
}

export interface Shares<M> {
  /** The largest, largest first. */
  readonly top: readonly Contribution<M>[];
  readonly others: { readonly count: number; readonly values: Values } | undefined;
}

const total = (values: Values): number => values.reduce<number>((sum, value) => sum + (value ?? 0), 0);

export function shares<M>(all: readonly Contribution<M>[], atMost: number): Shares<M> {
  const ordered = all
    .map((each) => ({ each, total: total(each.values) }))
    .sort((a, b) => b.total - a.total)
    .map(({ each }) => each);
  const rest = ordered.length > atMost ? ordered.slice(atMost - 1) : [];
  const top = ordered.slice(0, ordered.length - rest.length);
  if (rest.length === 0) return { top, others: undefined };
  const length = Math.max(...rest.map((each) => each.values.length));
  const values = Array.from({ length }, (_, index) => {
    const present = rest.map((each) => each.values[index] ?? null).filter((value) => value !== null);
    return present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0);
  });
  return { top, others: { count: rest.length, values } };
}
