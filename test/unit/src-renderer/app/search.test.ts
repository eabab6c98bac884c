import { describe, expect, it } from 'vitest';
import { rank, score } from '../../../../src-renderer/app/commands/search.ts';

describe('searching the palette', () => {
  it('needs every word somewhere', () => {
    expect(score('force off', 'Force off web-1')).toBeDefined();
    expect(score('force on', 'Force off web-2')).toBeUndefined();
  });

  it('puts the start of the text before the start of a word before anywhere', () => {
    const found = rank('st', ['Disk test', 'Try to stop', 'Start'], (text) => text);
    expect(found).toEqual(['Start', 'Try to stop', 'Disk test']);
  });

  it('keeps the order when nothing was typed', () => {
    expect(rank('  ', ['b', 'a'], (text) => text)).toEqual(['b', 'a']);
  });
});
