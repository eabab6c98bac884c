/** `interfaces(5)`: the stanzas of a file, found again by their lines so that everything else stays as it was. Pure. */

export interface Stanza {
  readonly path: string;
  /** The first of its lines and the one after its last. */
  readonly from: number;
  readonly to: number;
  readonly name: string;
  readonly family: string;
  readonly method: string;
  /** Options in their order; the same word may come several times. */
  readonly options: readonly (readonly [name: string, value: string])[];
}

export interface IfupdownFile {
  readonly stanzas: readonly Stanza[];
  /** Interfaces that come up at boot, or when the device comes. */
  readonly auto: ReadonlySet<string>;
  readonly hotplug: ReadonlySet<string>;
}

const openers = /^(?:iface|auto|allow-\S+|mapping|source|source-directory|rename|template|no-auto-down|no-scripts)\b/;

export function readIfupdown(path: string, text: string): IfupdownFile {
  const auto = new Set<string>();
  const hotplug = new Set<string>();
  const stanzas: Stanza[] = [];
  let open: { stanza: Stanza; options: [string, string][] } | undefined;
  const lines = text.split('\n');
  for (const [at, logical] of logicalLines(lines)) {
    const line = logical.text.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (!openers.test(line)) {
      const [word = '', ...rest] = line.split(/\s+/);
      open?.options.push([word, rest.join(' ')]);
      if (open !== undefined) stanzas[stanzas.length - 1] = { ...open.stanza, to: logical.end, options: open.options };
      continue;
    }
    open = undefined;
    const [opener = '', ...names] = line.split(/\s+/);
    if (opener === 'auto' || opener === 'allow-auto') for (const name of names) auto.add(name);
    if (opener === 'allow-hotplug') for (const name of names) hotplug.add(name);
    const [name, family, method] = names;
    if (opener !== 'iface' || name === undefined || family === undefined || method === undefined) continue;
    open = { stanza: { path, from: at, to: logical.end, name, family, method, options: [] }, options: [] };
    stanzas.push(open.stanza);
  }
  return { stanzas, auto, hotplug };
}

/** Lines with those that they are continued by. */
function* logicalLines(lines: readonly string[]): Generator<[number, { text: string; end: number }]> {
  for (let at = 0; at < lines.length; ) {
    let end = at + 1;
    let text = lines[at] ?? '';
    while (text.endsWith('\\') && end < lines.length) text = text.slice(0, -1) + (lines[end++] ?? '');
    yield [at, { text, end }];
    at = end;
  }
}

/** The file without some of its stanzas, others in their place. */
export function replaceStanzas(text: string, gone: readonly Stanza[], instead: readonly string[]): string {
  const lines = text.split('\n');
  const first = Math.min(...gone.map(({ from }) => from));
  const kept = lines.flatMap((line, at) => {
    if (at === first) return instead;
    return gone.some(({ from, to }) => at >= from && at < to) ? [] : [line];
  });
  return kept.join('\n');
}

/** Whether what is in `interfaces.d` is read at all. */
export const readsFolder = (text: string): boolean =>
  text
    .split('\n')
    .some((line) => /^\s*source(?:-directory)?\s+(?:\/etc\/network\/)?interfaces\.d(?:\/\*)?\s*$/.test(line));
