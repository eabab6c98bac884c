import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { windowState } from '../../../../src-main/window/window-state.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-window-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const initial = { width: 1280, height: 800, maximized: false };

test('remembers sizes and the theme', async () => {
  const large = { width: 1900, height: 1000, maximized: true };
  await windowState(folder).remember({ main: large, dark: true });
  expect(windowState(folder).size('main')).toEqual(large);
  expect(windowState(folder).dark).toBe(true);
  expect(JSON.parse(readFileSync(join(folder, 'window.json'), 'utf8'))).toEqual({ main: large, dark: true });
});

test.each([
  '',
  '{"main":',
  'null',
  '[]',
  '{"main":null}',
  '{"main":{"width":10,"height":800,"maximized":false}}',
  '{"main":{"width":1e9,"height":800,"maximized":false}}',
  '{"main":{"width":"1280","height":800,"maximized":false}}',
  '{"main":{"width":1280.5,"height":800,"maximized":false}}',
])('a file with %j is as good as none', (text) => {
  writeFileSync(join(folder, 'window.json'), text);
  expect(windowState(folder).size('main')).toEqual(initial);
});
