/** Shortcuts as text (`Ctrl+Shift+S`, `F2`, `?`) and as key events. */

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly metaKey: boolean;
}

const names: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  Escape: 'Esc',
};

const modifierKeys = new Set(['Control', 'Alt', 'Shift', 'Meta', 'AltGraph']);

/**
 * The text of a key press; undefined for a modifier alone. A character that needs Shift to be typed (`?`) is written
 * without it, since keyboards differ in where it is.
 */
export function shortcutOf(press: KeyPress): string | undefined {
  if (modifierKeys.has(press.key) || press.key === 'Dead' || press.key === 'Unidentified') return undefined;
  const single = press.key.length === 1;
  const letter = single && press.key.toLowerCase() !== press.key.toUpperCase();
  const key = names[press.key] ?? (letter ? press.key.toUpperCase() : press.key);
  const shift = press.shiftKey && (!single || letter || press.key === ' ');
  return [press.ctrlKey && 'Ctrl', press.altKey && 'Alt', press.metaKey && 'Meta', shift && 'Shift', key]
    .filter((part) => part !== false)
    .join('+');
}

/** The same text for `Shift+Ctrl+s`, `Ctrl+Shift+S`; undefined when it is not a shortcut. */
export function normaliseShortcut(text: string): string | undefined {
  const parts = text.endsWith('++') ? [...text.slice(0, -2).split('+'), '+'] : text.split('+');
  const key = parts.at(-1)?.trim();
  if (key === undefined || key === '') return undefined;
  const has = (name: string): boolean => parts.slice(0, -1).some((part) => part.trim().toLowerCase() === name);
  const known = parts
    .slice(0, -1)
    .every((part) => ['ctrl', 'alt', 'meta', 'shift'].includes(part.trim().toLowerCase()));
  if (!known) return undefined;
  const named = key.length === 1 ? key.toUpperCase() : key;
  return [has('ctrl') && 'Ctrl', has('alt') && 'Alt', has('meta') && 'Meta', has('shift') && 'Shift', named]
    .filter((part) => part !== false)
    .join('+');
}

/** Whether it could also be typing or moving in a field. */
export function isTyping(shortcut: string): boolean {
  if (shortcut.startsWith('Ctrl+') || shortcut.startsWith('Alt+') || shortcut.startsWith('Meta+')) return false;
  return !/^F\d+$/.test(shortcut);
}
