/** Addresses and words of packets as people read them. Nothing a guest sends reaches a terminal unescaped. */

const hexByte = (byte: number): string => byte.toString(16).padStart(2, '0');

export const hex = (bytes: Uint8Array): string => Array.from(bytes, hexByte).join('');

export const hexNumber = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;

export const macText = (bytes: Uint8Array): string => Array.from(bytes, hexByte).join(':');

export const ipv4Text = (bytes: Uint8Array): string => Array.from(bytes).join('.');

/** RFC 5952: the longest run of two or more zero groups, the first of equals, becomes `::`. */
export function ipv6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0));
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at += 1) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length += 1;
    if (length > best.length) best = { at, length };
  }
  const words = groups.map((group) => group.toString(16));
  if (best.at < 0) return words.join(':');
  return `${words.slice(0, best.at).join(':')}::${words.slice(best.at + best.length).join(':')}`;
}

/** ASCII as it is, everything else escaped; at most so many characters. */
export function printable(bytes: Uint8Array, atMost = 256): string {
  let text = '';
  for (const byte of bytes.subarray(0, atMost)) {
    if (byte === 0x5c) text += '\\\\';
    else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
    else text += `\\x${hexByte(byte)}`;
  }
  return bytes.length > atMost ? `${text}…` : text;
}

/** A word for a number of a protocol, or the number. */
export const wordOf = (words: Readonly<Record<number, string>>, value: number, kind = ''): string =>
  words[value] ?? `${kind}${kind === '' ? '' : ' '}${value}`;
