/** Compares two command lines: word for word, and option for option where order and spelling of parts do not matter. */

/** Splits the text of an `.args` file or of a shell command into words. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word = '';
  let isOpen = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "'") {
      const end = text.indexOf("'", at + 1);
      word += text.slice(at + 1, end);
      at = end;
      isOpen = true;
    } else if (character === '\\') {
      at += 1;
      if (text.charAt(at) !== '\n') {
        word += text.charAt(at);
        isOpen = true;
      }
    } else if (/\s/.test(character)) {
      if (isOpen) words.push(word);
      word = '';
      isOpen = false;
    } else {
      word += character;
      isOpen = true;
    }
  }
  if (isOpen) words.push(word);
  return words;
}

export interface Invocation {
  readonly environment: Readonly<Record<string, string>>;
  readonly emulator: string;
  readonly words: readonly string[];
}

export function parseInvocation(text: string): Invocation {
  const words = splitWords(text);
  const environment: Record<string, string> = {};
  while (/^[A-Za-z_][A-Za-z0-9_]*=/.test(words[0] ?? '')) {
    const [assignment = ''] = words.splice(0, 1);
    const equals = assignment.indexOf('=');
    environment[assignment.slice(0, equals)] = assignment.slice(equals + 1);
  }
  return { environment, emulator: words.shift() ?? '', words };
}

/** Words as options: `-name` with its value, or alone. */
export function optionsOf(words: readonly string[]): string[] {
  const options: string[] = [];
  for (const word of words) {
    const last = options.length - 1;
    if (word.startsWith('-') && !/^-\d/.test(word)) options.push(word);
    else if (last >= 0 && !(options[last] ?? '').includes(' ')) options[last] += ` ${word}`;
    else options.push(word);
  }
  return options;
}

/** What stands for the same thing on another host: sockets by path or by descriptor, ids of a run, secrets. */
export function mask(option: string): string {
  return (
    option
      .replace(/\b(path=[^,]*|fd=\d+)(?=,server=on)/, 'SOCKET')
      .replace(/domain-(-1|\d+)-/g, 'domain-N-')
      .replace(/"(data|iv)":"[^"]*"/g, '"$1":"…"')
      .replace(/\/dev\/fdset\/[a-z0-9-]+/g, '/dev/fdset/N')
      .replace(/"fd":"\d+"/, '"fd":"N"')
      // No TPM is emulated for a command line that is only shown.
      .replace(/^-chardev (null|socket),id=chrtpm.*$/, '-chardev TPM')
      .replace(/^(-chardev file,id=[^,]+),.*$/, '$1,FILE')
  );
}

/** Descriptors that libvirt's log daemon and others have opened are handed over by options of their own. */
const isHandover = (option: string): boolean => option.startsWith('-add-fd ');

/** An option whose parts are in one order, so that only meaning is compared. */
export function canonical(option: string): string {
  const space = option.indexOf(' ');
  if (space < 0) return option;
  const [flag, value] = [option.slice(0, space), option.slice(space + 1)];
  if (value.startsWith('{')) {
    try {
      return `${flag} ${JSON.stringify(sorted(JSON.parse(value)))}`;
    } catch {
      return option;
    }
  }
  const [first, ...rest] = value.split(/(?<!,),(?!,)/);
  return `${flag} ${[first, ...rest.sort()].join(',')}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

export interface Comparison {
  readonly isExact: boolean;
  readonly isExactMasked: boolean;
  /** Options that are on both sides, and how many there are on the longer one. */
  readonly equal: number;
  readonly total: number;
  readonly missing: readonly string[];
  readonly surplus: readonly string[];
}

export function compare(expected: readonly string[], actual: readonly string[]): Comparison {
  const wanted = optionsOf(expected).filter((option) => !isHandover(option));
  const got = optionsOf(actual);
  const left = new Map<string, { count: number; option: string }>();
  for (const option of wanted) {
    const key = canonical(mask(option));
    const entry = left.get(key);
    if (entry === undefined) left.set(key, { count: 1, option });
    else entry.count += 1;
  }
  let equal = 0;
  const surplus: string[] = [];
  for (const option of got) {
    const entry = left.get(canonical(mask(option)));
    if (entry !== undefined && entry.count > 0) {
      entry.count -= 1;
      equal += 1;
    } else surplus.push(option);
  }
  const missing = [...left.values()].flatMap(({ count, option }) => Array.from({ length: count }, () => option));
  return {
    isExact: expected.join('\0') === actual.join('\0'),
    isExactMasked: wanted.map(mask).join('\0') === got.map(mask).join('\0'),
    equal,
    total: Math.max(wanted.length, got.length),
    missing,
    surplus,
  };
}
