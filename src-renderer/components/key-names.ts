/** What the keys of a shortcut are called on the user's keyboard: the same shortcut is Ctrl+N and Strg+N. */
let names: Readonly<Record<string, string>> = {};

/** The words for keys whose names differ from those shortcuts are written with. */
export function nameKeys(words: Readonly<Record<string, string>>): void {
  names = words;
}

/** `Ctrl++` is Ctrl and the plus key. */
export function splitKeys(keys: string): readonly string[] {
  return keys.endsWith('++') ? [...keys.slice(0, -2).split('+'), '+'] : keys.split('+');
}

export const keyName = (key: string): string => names[key] ?? key;

/** A shortcut as text. */
export const shownKeys = (keys: string): string => splitKeys(keys).map(keyName).join('+');
