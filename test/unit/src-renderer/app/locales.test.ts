import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('../../../../src-renderer/locales/', import.meta.url);
const read = (language: string, file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`${language}/${file}`, folder), 'utf8')) as Record<string, unknown>;

function keysOf(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value as Record<string, unknown>).flatMap(([key, inner]) =>
    keysOf(inner, path === '' ? key : `${path}.${key}`),
  );
}

const placeholders = (text: string): readonly string[] => [...new Set(text.match(/\{\{\w+\}\}/g) ?? [])].sort();

describe('the translations', () => {
  const files = readdirSync(new URL('en/', folder));

  it('exist for every file', () => {
    // What the engine says about the host is English already (`src-shared/host-words.ts`).
    expect(readdirSync(new URL('de/', folder)).sort()).toEqual([...files, 'host.json'].sort());
  });

  it.each(files)('say the same things: %s', (file) => {
    const english = keysOf(read('en', file));
    const german = new Map(keysOf(read('de', file)));
    expect([...german.keys()].sort()).toEqual(english.map(([key]) => key).sort());
    for (const [key, text] of english) {
      // "One machine" need not say the number.
      if (key.endsWith('_one')) continue;
      expect({ key, holds: placeholders(german.get(key) ?? '') }).toEqual({ key, holds: placeholders(text) });
    }
  });
});
