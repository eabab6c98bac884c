/**
 * The types a text or attribute can have. A value type is one place for reading, writing, the words of the error and
 * the completions.
 */
export interface ValueType<T> {
  /** What was expected, to end the sentence "… is not": "a whole number", "one of on, off". */
  readonly expected: string;
  /** The value, or `undefined` when the text is not one. */
  readonly parse: (text: string) => T | undefined;
  readonly format: (value: T) => string;
  /** The complete list of accepted words, for enumerations: completion and forms. */
  readonly words?: readonly string[];
}

/** Any text, exactly as it stands. */
export const string: ValueType<string> = { expected: 'a text', parse: (text) => text, format: (value) => value };

/** Text with at least one character. */
export const nonEmpty: ValueType<string> = {
  expected: 'a text that is not empty',
  parse: (text) => (text === '' ? undefined : text),
  format: (value) => value,
};

/** One of the given words. */
export function oneOf<const W extends readonly string[]>(...words: W): ValueType<W[number]> {
  const known = new Set<string>(words);
  return {
    expected: `one of ${words.join(', ')}`,
    parse: (text) => (known.has(text) ? text : undefined),
    format: (value) => value,
    words,
  };
}

const truth = (yes: string, no: string): ValueType<boolean> => ({
  expected: `${yes} or ${no}`,
  parse: (text) => (text === yes ? true : text === no ? false : undefined),
  format: (value) => (value ? yes : no),
  words: [yes, no],
});

export const yesNo = truth('yes', 'no');
export const onOff = truth('on', 'off');

/** A whole number ≥ 0 that JavaScript holds exactly; decimal, or hexadecimal with 0x. */
export const unsigned: ValueType<number> = {
  expected: 'a whole number that is not negative',
  parse: (text) => {
    const trimmed = text.trim();
    if (!/^(?:\+?\d+|0[xX][0-9a-fA-F]+)$/.test(trimmed)) return undefined;
    const value = Number(trimmed);
    return Number.isSafeInteger(value) ? value : undefined;
  },
  format: String,
};

/** A whole number, negative allowed. */
export const integer: ValueType<number> = {
  expected: 'a whole number',
  parse: (text) => {
    const trimmed = text.trim();
    if (!/^[+-]?\d+$/.test(trimmed)) return undefined;
    const value = Number(trimmed);
    return Number.isSafeInteger(value) ? value : undefined;
  },
  format: String,
};

/** A 64-bit unsigned number, exact. */
export const unsigned64: ValueType<bigint> = {
  expected: 'a whole number below 2⁶⁴',
  parse: (text) => {
    const trimmed = text.trim();
    if (!/^(?:\d+|0[xX][0-9a-fA-F]+)$/.test(trimmed)) return undefined;
    const value = BigInt(trimmed);
    return value < 1n << 64n ? value : undefined;
  },
  format: String,
};

/** A number written by libvirt in hexadecimal of at least `digits` digits, as in PCI addresses: `0x1f`. */
export function hexadecimal(digits: number, maximum: number): ValueType<number> {
  return {
    expected: `a number from 0 to 0x${maximum.toString(16)}`,
    parse: (text) => {
      const value = unsigned.parse(text);
      return value !== undefined && value <= maximum ? value : undefined;
    },
    format: (value) => `0x${value.toString(16).padStart(digits, '0')}`,
  };
}

/** A UUID in any of the spellings libvirt accepts (dashes optional), normalised to lower case with dashes. */
export const uuid: ValueType<string> = {
  expected: 'a UUID',
  parse: (text) => {
    const bare = text.trim().toLowerCase().replaceAll('-', '');
    if (!/^[0-9a-f]{32}$/.test(bare)) return undefined;
    return [bare.slice(0, 8), bare.slice(8, 12), bare.slice(12, 16), bare.slice(16, 20), bare.slice(20)].join('-');
  },
  format: (value) => value,
};

/** A MAC address, normalised to lower case with two digits a byte. */
export const macAddress: ValueType<string> = {
  expected: 'a MAC address such as 52:54:00:12:34:56',
  parse: (text) => {
    const parts = text.trim().toLowerCase().split(':');
    if (parts.length !== 6 || !parts.every((part) => /^[0-9a-f]{1,2}$/.test(part))) return undefined;
    return parts.map((part) => part.padStart(2, '0')).join(':');
  },
  format: (value) => value,
};
