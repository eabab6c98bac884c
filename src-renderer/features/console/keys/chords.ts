/** Key chords that a desktop keeps for itself, or that a person writes down. */
export type Chord = readonly string[];

const ctrlAlt = ['ControlLeft', 'AltLeft'];

/** What the menu of keys offers, in groups. */
export const chordGroups: readonly (readonly Chord[])[] = [
  [
    [...ctrlAlt, 'Delete'],
    [...ctrlAlt, 'Backspace'],
    ['AltLeft', 'Tab'],
    ['AltLeft', 'F4'],
    ['ControlLeft', 'Escape'],
    ['MetaLeft'],
    ['PrintScreen'],
    ['AltLeft', 'PrintScreen'],
    ['Pause'],
  ],
  Array.from({ length: 12 }, (_, at) => [...ctrlAlt, `F${at + 1}`]),
];

const names: Readonly<Record<string, string>> = {
  ControlLeft: 'Ctrl',
  AltLeft: 'Alt',
  ShiftLeft: 'Shift',
  MetaLeft: 'Super',
  PrintScreen: 'PrtSc',
  Escape: 'Esc',
  Delete: 'Del',
};

export const chordText = (chord: Chord): string => chord.map((code) => names[code] ?? code).join('+');

const byName: ReadonlyMap<string, string> = new Map([
  ...Object.entries(names).map(([code, name]) => [name.toLowerCase(), code] as const),
  ['control', 'ControlLeft'],
  ['win', 'MetaLeft'],
  ['meta', 'MetaLeft'],
  ['altgr', 'AltRight'],
  ['print', 'PrintScreen'],
  ['sysrq', 'PrintScreen'],
  ['space', 'Space'],
  ['enter', 'Enter'],
  ['return', 'Enter'],
  ['up', 'ArrowUp'],
  ['down', 'ArrowDown'],
  ['left', 'ArrowLeft'],
  ['right', 'ArrowRight'],
  ['pgup', 'PageUp'],
  ['pgdn', 'PageDown'],
  ['ins', 'Insert'],
  ['menu', 'ContextMenu'],
]);

/** Reads `Ctrl+Alt+F2`; undefined when a part of it is no key. */
export function parseChord(text: string, known: readonly string[]): Chord | undefined {
  const lower = new Map(known.map((code) => [code.toLowerCase(), code]));
  const codes = text
    .split('+')
    .map((part) => part.trim().toLowerCase())
    .map((part) => byName.get(part) ?? lower.get(part) ?? lower.get(`key${part}`) ?? lower.get(`digit${part}`));
  return codes.every((code) => code !== undefined) ? codes : undefined;
}

/** Presses the keys of a chord in order, and lets them go in the opposite one after a moment. */
export async function pressChord(
  chord: Chord,
  press: (code: string, down: boolean) => void,
  holdMs = 60,
): Promise<void> {
  for (const code of chord) press(code, true);
  await new Promise((resolve) => setTimeout(resolve, holdMs));
  for (const code of chord.toReversed()) press(code, false);
}
