import type { Ring } from './ring.ts';

/** The graph's heights in half pixels, NaN where there is none. Two equal lists are the same picture. */
export function sparklineLevels(ring: Ring | undefined, max: number, height: number): readonly number[] {
  if (ring === undefined) return [];
  const levels: number[] = [];
  for (let index = 0; index < ring.length; index += 1) {
    const share = Math.max(0, Math.min(1, ring.at(index) / max));
    levels.push(Math.round(share * height * 2) / 2);
  }
  return levels;
}
