import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const sources = ['compile-cache', 'v8-flags'].map((name) =>
  fileURLToPath(new URL(`../../../../src-main/host/${name}.ts`, import.meta.url)),
);

// Newer versions of Node keep it themselves, in files of their own.
describe.skipIf('enableCompileCache' in module)('keepCompiled', () => {
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vivarium-code-'));
    await build({
      stdin: { contents: sources.map((path) => `export * from '${path}';`).join('\n'), resolveDir: folder },
      outfile: join(folder, 'keep.cjs'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
    });
    writeFileSync(
      join(folder, 'start.cjs'),
      `const { keepCompiled, setFlag } = require('./keep.cjs');
keepCompiled(__dirname, __dirname + '/kept');
require('./part-abcd1234.cjs');
setFlag({ set: '--semi-space-growth-factor=1', unset: '--semi-space-growth-factor=2' });`,
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

  test('takes up what was kept, whatever flags were set', () => {
    say('hello');
    run();
    const { mtimeMs, ino } = statSync(kept());
    run();
    expect(statSync(kept())).toMatchObject({ mtimeMs, ino });
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
