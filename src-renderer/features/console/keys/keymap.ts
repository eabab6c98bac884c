/** Keys by the names the DOM has for their places (`KeyboardEvent.code`), as guests are told of them. */
import { set1KeyCodes } from '../../../../src-shared/keycodes.ts';

export interface GuestKey {
  /** Scan code of a PC keyboard, set 1; extended ones as 0xe0xx. */
  readonly scanCode: number;
  /** X's name of the key on a US keyboard without modifiers, for servers that don't take scan codes. */
  readonly keysym: number;
}

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map(
  (letter) => [`Key${letter}`, letter, letter.toLowerCase().charCodeAt(0)] as const,
);
const digits = [...'0123456789'].map((digit) => [`Digit${digit}`, digit, digit.charCodeAt(0)] as const);
const functions = Array.from({ length: 12 }, (_, at) => [`F${at + 1}`, `F${at + 1}`, 0xffbe + at] as const);

/** The DOM's name, the Linux name without `KEY_`, the keysym. */
const table: readonly (readonly [code: string, linux: string, keysym: number])[] = [
  ...letters,
  ...digits,
  ...functions,
  ['Escape', 'ESC', 0xff1b],
  ['Minus', 'MINUS', 0x2d],
  ['Equal', 'EQUAL', 0x3d],
  ['Backspace', 'BACKSPACE', 0xff08],
  ['Tab', 'TAB', 0xff09],
  ['BracketLeft', 'LEFTBRACE', 0x5b],
  ['BracketRight', 'RIGHTBRACE', 0x5d],
  ['Enter', 'ENTER', 0xff0d],
  ['ControlLeft', 'LEFTCTRL', 0xffe3],
  ['Semicolon', 'SEMICOLON', 0x3b],
  ['Quote', 'APOSTROPHE', 0x27],
  ['Backquote', 'GRAVE', 0x60],
  ['ShiftLeft', 'LEFTSHIFT', 0xffe1],
  ['Backslash', 'BACKSLASH', 0x5c],
  ['Comma', 'COMMA', 0x2c],
  ['Period', 'DOT', 0x2e],
  ['Slash', 'SLASH', 0x2f],
  ['ShiftRight', 'RIGHTSHIFT', 0xffe2],
  ['NumpadMultiply', 'KPASTERISK', 0xffaa],
  ['AltLeft', 'LEFTALT', 0xffe9],
  ['Space', 'SPACE', 0x20],
  ['CapsLock', 'CAPSLOCK', 0xffe5],
  ['NumLock', 'NUMLOCK', 0xff7f],
  ['ScrollLock', 'SCROLLLOCK', 0xff14],
  ['Numpad0', 'KP0', 0xffb0],
  ['Numpad1', 'KP1', 0xffb1],
  ['Numpad2', 'KP2', 0xffb2],
  ['Numpad3', 'KP3', 0xffb3],
  ['Numpad4', 'KP4', 0xffb4],
  ['Numpad5', 'KP5', 0xffb5],
  ['Numpad6', 'KP6', 0xffb6],
  ['Numpad7', 'KP7', 0xffb7],
  ['Numpad8', 'KP8', 0xffb8],
  ['Numpad9', 'KP9', 0xffb9],
  ['NumpadSubtract', 'KPMINUS', 0xffad],
  ['NumpadAdd', 'KPPLUS', 0xffab],
  ['NumpadDecimal', 'KPDOT', 0xffae],
  ['NumpadEnter', 'KPENTER', 0xff8d],
  ['NumpadDivide', 'KPSLASH', 0xffaf],
  ['NumpadEqual', 'KPEQUAL', 0xffbd],
  ['NumpadComma', 'KPCOMMA', 0xffac],
  ['IntlBackslash', '102ND', 0x3c],
  ['IntlRo', 'RO', 0x5c],
  ['IntlYen', 'YEN', 0xa5],
  ['Convert', 'HENKAN', 0xff23],
  ['NonConvert', 'MUHENKAN', 0xff22],
  ['KanaMode', 'KATAKANAHIRAGANA', 0xff27],
  ['Lang1', 'HANGEUL', 0xff31],
  ['Lang2', 'HANJA', 0xff34],
  ['ControlRight', 'RIGHTCTRL', 0xffe4],
  ['PrintScreen', 'SYSRQ', 0xff61],
  ['AltRight', 'RIGHTALT', 0xfe03],
  ['Home', 'HOME', 0xff50],
  ['ArrowUp', 'UP', 0xff52],
  ['PageUp', 'PAGEUP', 0xff55],
  ['ArrowLeft', 'LEFT', 0xff51],
  ['ArrowRight', 'RIGHT', 0xff53],
  ['End', 'END', 0xff57],
  ['ArrowDown', 'DOWN', 0xff54],
  ['PageDown', 'PAGEDOWN', 0xff56],
  ['Insert', 'INSERT', 0xff63],
  ['Delete', 'DELETE', 0xffff],
  ['Pause', 'PAUSE', 0xff13],
  ['MetaLeft', 'LEFTMETA', 0xffeb],
  ['MetaRight', 'RIGHTMETA', 0xffec],
  ['ContextMenu', 'COMPOSE', 0xff67],
  ['AudioVolumeMute', 'MUTE', 0x1008ff12],
  ['AudioVolumeDown', 'VOLUMEDOWN', 0x1008ff11],
  ['AudioVolumeUp', 'VOLUMEUP', 0x1008ff13],
];

const keys: ReadonlyMap<string, GuestKey> = new Map(
  table.flatMap(([code, linux, keysym]) => {
    const scanCode = set1KeyCodes[`KEY_${linux}`];
    return scanCode === undefined ? [] : [[code, { scanCode, keysym }] as const];
  }),
);

/** Undefined for a key that no PC keyboard has. */
export function guestKey(code: string): GuestKey | undefined {
  return keys.get(code);
}

export const knownCodes: readonly string[] = [...keys.keys()];
