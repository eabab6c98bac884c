/** Where the characters are on a US keyboard: how text is typed into a guest that has no agent to paste it. */
export interface KeyStroke {
  readonly code: string;
  readonly shift: boolean;
}

const rows: readonly (readonly [code: string, plain: string, shifted: string])[] = [
  ['Backquote', '`', '~'],
  ['Digit1', '1', '!'],
  ['Digit2', '2', '@'],
  ['Digit3', '3', '#'],
  ['Digit4', '4', '$'],
  ['Digit5', '5', '%'],
  ['Digit6', '6', '^'],
  ['Digit7', '7', '&'],
  ['Digit8', '8', '*'],
  ['Digit9', '9', '('],
  ['Digit0', '0', ')'],
  ['Minus', '-', '_'],
  ['Equal', '=', '+'],
  ['BracketLeft', '[', '{'],
  ['BracketRight', ']', '}'],
  ['Backslash', '\\', '|'],
  ['Semicolon', ';', ':'],
  ['Quote', "'", '"'],
  ['Comma', ',', '<'],
  ['Period', '.', '>'],
  ['Slash', '/', '?'],
];

const strokes = new Map<string, KeyStroke>([
  [' ', { code: 'Space', shift: false }],
  ['\n', { code: 'Enter', shift: false }],
  ['\t', { code: 'Tab', shift: false }],
]);
for (const [code, plain, shifted] of rows) {
  strokes.set(plain, { code, shift: false });
  strokes.set(shifted, { code, shift: true });
}
for (const letter of 'abcdefghijklmnopqrstuvwxyz') {
  const code = `Key${letter.toUpperCase()}`;
  strokes.set(letter, { code, shift: false });
  strokes.set(letter.toUpperCase(), { code, shift: true });
}

export function strokeOf(character: string): KeyStroke | undefined {
  return strokes.get(character);
}

/** The characters of a text that a US keyboard can't type, each once. */
export function untypable(text: string): readonly string[] {
  const missing = [...normalised(text)].filter((character) => !strokes.has(character));
  return [...new Set(missing)];
}

/** Line ends as one Enter each. */
export const normalised = (text: string): string => text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
