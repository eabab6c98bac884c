/** A disk that is full, for real: a tmpfs of 16 MiB that only the child process sees. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorData } from '../../../src-shared/errors.ts';

interface Outcome {
  readonly name: string;
  readonly error?: ErrorData;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

const scenarios = fileURLToPath(new URL('./full-disk-scenarios.ts', import.meta.url));
let root: string;
let outcomes: ReadonlyMap<string, Outcome>;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'vivarium-full-'));
  const small = join(root, 'small');
  const roomy = join(root, 'roomy');
  mkdirSync(small);
  mkdirSync(roomy);
  const isolate = process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--user', '--map-root-user'];
  // The other folder is one too, so that the host's own disk has no part in the timing.
  const script =
    'mount -t tmpfs -o size=16m tmpfs "$1" && mount -t tmpfs tmpfs "$2" && exec "$0" --import tsx "$3" "$1" "$2"';
  const output = execFileSync('unshare', [...isolate, 'sh', '-c', script, process.execPath, small, roomy, scenarios], {
    encoding: 'utf8',
    timeout: 60_000,
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
  });
  const lines = output.trim().split('\n');
  outcomes = new Map(lines.map((line) => JSON.parse(line) as Outcome).map((outcome) => [outcome.name, outcome]));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function outcome(name: string): Outcome & { readonly error: ErrorData } {
  const found = outcomes.get(name);
  if (found?.error === undefined) throw new Error(`${name}: ${JSON.stringify(found)}`);
  return { ...found, error: found.error };
}

describe('when the disk has no room', () => {
  it.each(['known-too-large', 'preallocate'])('%s: is refused before it begins, with how much is missing', (name) => {
    const { error, before, after } = outcome(name);
    expect(error.code).toBe('system-error');
    expect(error.cause).toMatch(/^\d[\d.]* MiB of free space are missing\.$/);
    expect(after).toEqual(before);
  });

  it.each(['fills-while-copying', 'fills-while-converting'])('%s: leaves nothing half-made', (name) => {
    const { error, after } = outcome(name);
    expect(error.cause).toBe('The disk became full.');
    expect(error.message).toContain("'c'");
    expect(after).toEqual(['hog']);
  });

  it('upload: is refused when its length is known, and told when it is not', () => {
    expect(outcome('upload-known').error.cause).toContain('missing');
    expect(outcome('upload-unknown').error.cause).toBe('The disk became full.');
  });
});
