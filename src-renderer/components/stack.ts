/** Series laid on each other: each is drawn from the sum of those below it. Pure. */
export type Values = readonly (number | null)[];

/** Sums from the first to the last; a gap counts as nothing, and is one only where every series has it. */
export function stacked(series: readonly Values[]): readonly Values[] {
  const length = Math.max(0, ...series.map((each) => each.length));
  const sums = new Array<number>(length).fill(0);
  const empty = Array.from({ length }, (_, index) => series.every((each) => (each[index] ?? null) === null));
  return series.map((each) =>
    Array.from({ length }, (_, index) => {
      sums[index] = (sums[index] ?? 0) + (each[index] ?? 0);
      return empty[index] === true ? null : (sums[index] ?? 0);
    }),
  );
}
