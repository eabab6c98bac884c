import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const source = fileURLToPath(new URL('../../../../src-main/host/compile-cache.ts', import.meta.url));

// Newer versions of Node keep it themselves, in files of their own.
describe.skipIf('enableCompileCache' in module)('keepCompiled', () => {
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vivarium-code-'));
    await build({
      entryPoints: [source],
      outfile: join(folder, 'keep.cjs'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
    });
    writeFileSync(
      join(folder, 'start.cjs'),
      `require('./keep.cjs').keepCompiled(__dirname, __dirname + '/kept'); require('./part-abcd1234.cjs');`,
    );
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const say = (words: string): void =>
    writeFileSync(
      join(folder, 'part-abcd1234.cjs'),
      `const { sep } = require('node:path'); console.log('${words}' + sep)`,
    );
  const run = (): string => execFileSync(process.execPath, [join(folder, 'start.cjs')], { encoding: 'utf8' }).trim();
  const kept = (): string => {
    const names = readdirSync(join(folder, 'kept'));
    expect(names).toEqual([expect.stringMatching(/^part\.cjs-/)]);
    return join(folder, 'kept', names[0] ?? '');
  };

  test('runs the same from what was kept', () => {
    say('hello');
    expect(run()).toBe('hello/');
    const first = readFileSync(kept());
    expect(run()).toBe('hello/');
    expect(readFileSync(kept()).equals(first)).toBe(true);
  });

  test('runs what the file says when it has changed, even to something as long', () => {
    say('hello');
    run();
    say('world');
    expect(run()).toBe('world/');
    expect(run()).toBe('world/');
  });

  test('runs without what was kept when that is damaged, and mends it', () => {
    say('hello');
    run();
    writeFileSync(kept(), 'torn');
    expect(run()).toBe('hello/');
    expect(readFileSync(kept()).length).toBeGreaterThan(100);
  });
});
