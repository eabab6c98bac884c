import { describe, expect, it } from 'vitest';
import { isTyping, normaliseShortcut, shortcutOf } from '../../../../src-renderer/app/commands/shortcut.ts';

const press = (key: string, modifiers = ''): Parameters<typeof shortcutOf>[0] => ({
  key,
  ctrlKey: modifiers.includes('c'),
  altKey: modifiers.includes('a'),
  shiftKey: modifiers.includes('s'),
  metaKey: modifiers.includes('m'),
});

describe('a key press as a shortcut', () => {
  it('writes letters large, whatever Caps Lock says', () => {
    expect(shortcutOf(press('k', 'c'))).toBe('Ctrl+K');
    expect(shortcutOf(press('K', 'c'))).toBe('Ctrl+K');
    expect(shortcutOf(press('S', 'cs'))).toBe('Ctrl+Shift+S');
  });

  it('leaves out the Shift that only makes the character', () => {
    expect(shortcutOf(press('?', 's'))).toBe('?');
    expect(shortcutOf(press('Delete', 's'))).toBe('Shift+Delete');
  });

  it('is nothing for a modifier alone', () => {
    for (const key of ['Control', 'Shift', 'Alt', 'Meta', 'Dead']) expect(shortcutOf(press(key))).toBeUndefined();
  });

  it('names keys that have no character', () => {
    expect(shortcutOf(press(' ', 'c'))).toBe('Ctrl+Space');
    expect(shortcutOf(press('ArrowUp', 'a'))).toBe('Alt+Up');
  });
});

describe('a shortcut as text', () => {
  it('has one form', () => {
    expect(normaliseShortcut('shift+ctrl+s')).toBe('Ctrl+Shift+S');
    expect(normaliseShortcut('Ctrl++')).toBe('Ctrl++');
  });

  it('refuses what is none', () => {
    expect(normaliseShortcut('')).toBeUndefined();
    expect(normaliseShortcut('Hyper+K')).toBeUndefined();
  });

  it('tells what could be typing', () => {
    expect(isTyping('?')).toBe(true);
    expect(isTyping('Delete')).toBe(true);
    expect(isTyping('F2')).toBe(false);
    expect(isTyping('Ctrl+K')).toBe(false);
  });
});
