import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatKiB,
  formatPercent,
  formatRelative,
} from '../../../../src-renderer/app/format.ts';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1536, '1.5 KiB'],
    [2 * 1024 ** 3, '2 GiB'],
    [1024 ** 2 - 1, '1 MiB'],
    [512 * 1024 ** 2, '512 MiB'],
    [123.4 * 1024 ** 2, '123 MiB'],
  ])('%d bytes', (bytes, text) => {
    expect(plain(formatBytes(bytes))).toBe(text);
  });

  it('counts KiB as KiB', () => {
    expect(plain(formatKiB(2_097_152))).toBe('2 GiB');
  });
});

describe('spans', () => {
  it.each([
    [0, '0 s'],
    [45_000, '45 s'],
    [12 * 60_000 + 30_000, '12 min'],
    [3 * 3_600_000 + 5 * 60_000, '3 h 5 min'],
    [4 * 86_400_000 + 2 * 3_600_000 + 60_000, '4 d 2 h'],
    [86_400_000, '1 d'],
    [-5, '0 s'],
  ])('%d ms', (ms, text) => {
    expect(plain(formatDuration(ms))).toBe(text);
  });

  it('says how long ago, in the largest unit', () => {
    expect(formatRelative(0, 3 * 60_000)).toBe('3 minutes ago');
    expect(formatRelative(5 * 86_400_000, 0)).toBe('in 5 days');
  });
});

it('shares are whole per cents', () => {
  expect(plain(formatPercent(0.314))).toBe('31 %');
});
