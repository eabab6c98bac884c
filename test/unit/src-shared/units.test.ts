import { describe, expect, it } from 'vitest';
import { bytesPerUnit, largestUnit, toBytes } from '../../../src-shared/units.ts';

describe('units', () => {
  it('count in 1024 unless they end in B alone', () => {
    expect(['b', 'K', 'kib', 'KB', 'MiB', 'E'].map(bytesPerUnit)).toEqual([1, 1024, 1024, 1000, 1024 ** 2, 1024 ** 6]);
    expect(['', 'x', 'kilo', 'iB'].map(bytesPerUnit)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('scale exactly or not at all', () => {
    expect(toBytes(2, 'GiB')).toBe(2 * 1024 ** 3);
    expect(toBytes(9_007_199_254_740_991, 'KB')).toBeUndefined();
  });

  it('find the largest that divides', () => {
    expect(largestUnit(48 * 1024 ** 2)).toEqual({ amount: 48, unit: 'MiB' });
    expect(largestUnit(1025)).toEqual({ amount: 1025, unit: 'B' });
    expect(largestUnit(0)).toEqual({ amount: 0, unit: 'B' });
  });
});
