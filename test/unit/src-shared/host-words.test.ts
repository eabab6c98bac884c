import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hostWords, tell } from '../../../src-shared/host-words.ts';

const german = JSON.parse(
  readFileSync(new URL('../../../src-renderer/locales/de/host.json', import.meta.url), 'utf8'),
) as Record<string, string>;
const placeholders = (text: string): readonly string[] => [...new Set(text.match(/\{\{\w+\}\}/g) ?? [])].sort();

describe('what is said about changes of the host', () => {
  it('names what it is about, whatever characters that has', () => {
    expect(tell('zoneSet', { link: 'virbr$&', zone: '{{link}}' })).toEqual({
      sentence: "Put virbr$& into firewalld's zone '{{link}}'.",
      words: { key: 'zoneSet', values: { link: 'virbr$&', zone: '{{link}}' } },
    });
    expect(tell('noIpFix', {}).words).toEqual({ key: 'noIpFix' });
  });

  it('is said in German too, with everything it names', () => {
    expect(Object.keys(german).sort()).toEqual(Object.keys(hostWords).sort());
    for (const [key, text] of Object.entries(hostWords)) {
      expect({ key, holds: placeholders(german[key] ?? '') }).toEqual({ key, holds: placeholders(text) });
    }
  });
});
