import { describe, expect, it } from 'vitest';
import { Ring } from '../../../../src-renderer/components/ring.ts';
import { sparklineLevels } from '../../../../src-renderer/components/sparkline-levels.ts';

describe('the last values of a series', () => {
  it('are kept oldest first, the oldest lost', () => {
    const ring = new Ring(3);
    for (const value of [1, 2, 3, 4]) ring.push(value);
    expect([0, 1, 2].map((index) => ring.at(index))).toEqual([2, 3, 4]);
    expect(ring.last).toBe(4);
    expect(ring.at(3)).toBeNaN();
  });

  it('have a gap where nothing was measured', () => {
    const ring = new Ring(3);
    ring.push(1);
    ring.push(undefined);
    expect(ring.length).toBe(2);
    expect(ring.last).toBeNaN();
  });
});

describe('a small graph', () => {
  it('is the same picture while a value only wavers', () => {
    const ring = new Ring(4);
    for (const value of [0.01, 0.012, 0.009, 0.011]) ring.push(value);
    const before = sparklineLevels(ring, 1, 16);
    ring.push(0.013);
    expect(sparklineLevels(ring, 1, 16)).toEqual(before);
  });

  it('never leaves its box', () => {
    const ring = new Ring(2);
    ring.push(7);
    ring.push(-1);
    expect(sparklineLevels(ring, 1, 16)).toEqual([16, 0]);
  });
});
