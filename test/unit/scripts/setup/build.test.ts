import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadScript } from '../../../support/script.ts';

const { isFresh, writeStamp } = (await loadScript('setup/build.mjs')) as {
  isFresh(product: string, timeMs: number): boolean;
  writeStamp(path: string, timeMs: number): void;
};

describe('what was built', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vivarium-build-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([1_764_000_000_000, 1_764_000_000_123.456, 1_764_000_000_000.9])('is fresh for sources of %f ms', (time) => {
    const stamp = join(folder, 'out', `stamp-${time}`);
    writeStamp(stamp, time);
    expect(isFresh(stamp, time)).toBe(true);
    expect(isFresh(stamp, time + 5)).toBe(false);
  });

  it('is not fresh when it is not there', () => {
    expect(isFresh(join(folder, 'nothing'), 1)).toBe(false);
  });
});
