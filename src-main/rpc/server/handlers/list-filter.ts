/** Flags of `ListAll…` calls: groups of bits, each with its test; none of a group set means all of it. */

export type FilterGroup<T> = readonly (readonly [bit: number, test: (item: T) => boolean])[];

/** The pair of bits for what is so, and for what is not. */
export const yesOrNo = <T>(bit: number, test: (item: T) => boolean): FilterGroup<T> => [
  [bit, test],
  [bit << 1, (item) => !test(item)],
];

/** Every bit of the groups. */
export const everyFlag = <T>(groups: readonly FilterGroup<T>[]): number =>
  groups.flat().reduce((flags, [bit]) => flags | bit, 0);

/** The items that the flags ask for. */
export function filterBy<T>(groups: readonly FilterGroup<T>[], items: readonly T[], flags: number): readonly T[] {
  const tests = groups
    .map((group) => group.filter(([bit]) => (flags & bit) !== 0).map(([, test]) => test))
    .filter((wanted) => wanted.length > 0);
  if (tests.length === 0) return items;
  return items.filter((item) => tests.every((wanted) => wanted.some((test) => test(item))));
}
