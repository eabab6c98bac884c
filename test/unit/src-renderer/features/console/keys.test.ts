import { describe, expect, test } from 'vitest';
import { chordText, parseChord } from '../../../../../src-renderer/features/console/keys/chords.ts';
import { GuestKeyboard, type KeyPress } from '../../../../../src-renderer/features/console/keys/guest-keyboard.ts';
import { guestKey, knownCodes } from '../../../../../src-renderer/features/console/keys/keymap.ts';
import { typeText } from '../../../../../src-renderer/features/console/keys/type-text.ts';
import { strokeOf, untypable } from '../../../../../src-renderer/features/console/keys/us-layout.ts';
import { wireScanCode } from '../../../../../src-renderer/features/console/keys/scan-code.ts';

describe('keys', () => {
  test('of a PC keyboard all have a scan code', () => {
    const codes = ['ShiftLeft', 'ShiftRight', 'ControlLeft', 'ControlRight', 'AltLeft', 'AltRight', 'MetaLeft', 'KeyA'];
    for (const code of [...codes, 'Digit0', 'F12', 'PrintScreen', 'NumpadEnter', 'ContextMenu', 'IntlBackslash']) {
      expect(guestKey(code), code).toBeDefined();
    }
    expect(guestKey('ShiftLeft')?.scanCode).toBe(0x2a);
    expect(knownCodes.length).toBeGreaterThan(110);
  });

  test('go over SPICE as a keyboard sends them', () => {
    expect(wireScanCode(0x1e, true)).toBe(0x1e);
    expect(wireScanCode(0x1e, false)).toBe(0x9e);
    expect(wireScanCode(0xe048, true)).toBe(0x48e0);
    expect(wireScanCode(0xe048, false)).toBe(0xc8e0);
  });
});

describe('the guest’s keyboard', () => {
  const record = (): { sent: string[]; released: () => number; keys: GuestKeyboard } => {
    const sent: string[] = [];
    let released = 0;
    const press = ({ code, down }: KeyPress): void => void sent.push(`${down ? '+' : '-'}${code}`);
    const keys = new GuestKeyboard({ press, release: () => (released += 1) });
    return { sent, released: () => released, keys };
  };
  const event = (type: 'keydown' | 'keyup', code: string) => ({ type, code, key: 'x', getModifierState: () => false });

  test('comes back at Ctrl+Alt alone, with every key let go', () => {
    const { sent, released, keys } = record();
    keys.handle(event('keydown', 'ControlLeft'));
    keys.handle(event('keydown', 'AltLeft'));
    keys.handle(event('keyup', 'AltLeft'));
    expect(released()).toBe(1);
    expect(sent).toEqual(['+ControlLeft', '+AltLeft', '-ControlLeft', '-AltLeft']);
  });

  test('stays the guest’s at Ctrl+Alt with another key', () => {
    const { released, keys } = record();
    for (const code of ['ControlLeft', 'AltLeft', 'KeyT']) keys.handle(event('keydown', code));
    for (const code of ['KeyT', 'AltLeft', 'ControlLeft']) keys.handle(event('keyup', code));
    expect(released()).toBe(0);
  });

  test('does not tell the guest of a key that was pressed elsewhere', () => {
    const { sent, keys } = record();
    keys.handle(event('keyup', 'Enter'));
    expect(sent).toEqual([]);
  });
});

describe('text', () => {
  test('is typed with shift held where it is needed', async () => {
    const sent: string[] = [];
    const press = (code: string, down: boolean): void => void sent.push(`${down ? '+' : '-'}${code}`);
    const signal = new AbortController().signal;
    expect(await typeText('aB\r\n', { press, signal, onProgress: () => undefined, intervalMs: 0 })).toBe(3);
    expect(sent).toEqual(['+KeyA', '-KeyA', '+ShiftLeft', '+KeyB', '-KeyB', '-ShiftLeft', '+Enter', '-Enter']);
  });

  test('stops when it is told to, with shift let go', async () => {
    const sent: string[] = [];
    const controller = new AbortController();
    const press = (code: string, down: boolean): void => void sent.push(`${down ? '+' : '-'}${code}`);
    const onProgress = (): void => controller.abort();
    expect(await typeText('ABC', { press, signal: controller.signal, onProgress, intervalMs: 0 })).toBe(1);
    expect(sent.at(-1)).toBe('-ShiftLeft');
  });

  test('names what a US keyboard has no key for', () => {
    expect(untypable('grüße, ü')).toEqual(['ü', 'ß']);
    expect(strokeOf('?')).toEqual({ code: 'Slash', shift: true });
  });
});

describe('a chord', () => {
  test('is read as people write it', () => {
    expect(parseChord('ctrl + Alt+f2', knownCodes)).toEqual(['ControlLeft', 'AltLeft', 'F2']);
    expect(parseChord('Super+e', knownCodes)).toEqual(['MetaLeft', 'KeyE']);
    expect(parseChord('Ctrl+Nothing', knownCodes)).toBeUndefined();
  });

  test('is written as keyboards label it', () => {
    expect(chordText(['ControlLeft', 'AltLeft', 'Delete'])).toBe('Ctrl+Alt+Del');
  });
});
