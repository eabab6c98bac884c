import { bytesPerUnit } from '../units.ts';
import { parseUuid } from '../uuid.ts';

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

/**
 * A whole number ≥ 0 that JavaScript holds exactly; decimal, or hexadecimal with 0x. Above 2⁵³ that is every multiple
 * of a large enough power of two, which is what sizes in bytes are.
 */
export const unsigned: ValueType<number> = {
  expected: 'a whole number that is not negative',
  parse: (text) => {
    const trimmed = text.trim();
    if (!/^(?:\+?\d+|0[xX][0-9a-fA-F]+)$/.test(trimmed)) return undefined;
    const value = Number(trimmed);
    if (Number.isSafeInteger(value)) return value;
    return value < 2 ** 64 && BigInt(value) === BigInt(trimmed.replace('+', '')) ? value : undefined;
  },
  format: (value) => (Number.isSafeInteger(value) ? String(value) : BigInt(value).toString()),
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
    // The length first: reading a number of millions of digits takes minutes.
    if (trimmed.length > 32 || !/^(?:\d+|0[xX][0-9a-fA-F]+)$/.test(trimmed)) return undefined;
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

/** A number written in octal, as file modes are: `0755`. */
export function octal(digits: number, maximum: number): ValueType<number> {
  return {
    expected: `an octal number up to 0${maximum.toString(8)}`,
    parse: (text) => {
      if (!/^[0-7]+$/.test(text)) return undefined;
      const value = Number.parseInt(text, 8);
      return value <= maximum ? value : undefined;
    },
    format: (value) => value.toString(8).padStart(digits, '0'),
  };
}

/** A file's permission bits, written as libvirt does with one leading zero: `0755`. */
export const fileMode: ValueType<number> = { ...octal(1, 0o7777), format: (value) => `0${value.toString(8)}` };

/** A UUID in any of the spellings libvirt accepts (dashes optional), normalised to lower case with dashes. */
export const uuid: ValueType<string> = {
  expected: 'a UUID',
  parse: parseUuid,
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

/** A unit of size; any spelling libvirt knows, the usual ones offered. */
export const sizeUnit: ValueType<string> = {
  expected: 'a unit such as KiB, MiB or GiB',
  parse: (text) => (bytesPerUnit(text) === undefined ? undefined : text),
  format: (value) => value,
  words: ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'KB', 'MB', 'GB', 'TB'],
};

/** The largest id a set may name: far above any host's CPUs or NUMA nodes, low enough to bound a hostile range. */
const largestMember = 16_383;
/** Characters that every id spelled out one by one would take. */
const longestSet = 6 * (largestMember + 1);

/** A set of ids such as CPUs, written as ranges: `0-3,^2,8`. In the model: the ids in ascending order. */
export const idSet: ValueType<number[]> = {
  expected: 'a list of numbers and ranges such as 0-3,8',
  parse: (text) => {
    if (text.length > longestSet) return undefined;
    const ranges: { readonly first: number; readonly last: number; readonly isMember: 0 | 1 }[] = [];
    let highest = 0;
    for (const part of text.trim().split(',')) {
      const match = /^\s*(\^?)(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(part);
      if (match === null) return undefined;
      const first = Number(match[2]);
      const last = match[3] === undefined ? first : Number(match[3]);
      if (last < first || last > largestMember || (match[1] === '^' && match[3] !== undefined)) return undefined;
      ranges.push({ first, last, isMember: match[1] === '^' ? 0 : 1 });
      if (last > highest) highest = last;
    }
    // Filled range by range: however often a hostile text repeats a range, that is quick.
    const members = new Uint8Array(highest + 1);
    for (const { first, last, isMember } of ranges) members.fill(isMember, first, last + 1);
    const ids: number[] = [];
    for (let id = 0; id <= highest; id += 1) if (members[id] === 1) ids.push(id);
    return ids.length === 0 ? undefined : ids;
  },
  format: (ids) => {
    const ranges: string[] = [];
    for (let at = 0; at < ids.length; ) {
      let end = at;
      while (ids[end + 1] === (ids[end] ?? 0) + 1) end += 1;
      ranges.push(end === at ? String(ids[at]) : `${ids[at]}-${ids[end]}`);
      at = end + 1;
    }
    return ranges.join(',');
  },
};
