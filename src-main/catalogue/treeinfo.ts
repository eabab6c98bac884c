/** `.treeinfo`, the file by which install trees of Fedora, Red Hat and others say what they are. */
import type { TreeFacts } from './osinfo/identify.ts';

/** The `[general]` section of an INI file; undefined when there is none. */
export function parseTreeinfo(text: string): TreeFacts | undefined {
  const values = new Map<string, string>();
  let isGeneral = false;
  let found = false;
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[([^\]]*)\]/.exec(line)?.[1];
    if (section !== undefined) {
      isGeneral = section.trim().toLowerCase() === 'general';
      found ||= isGeneral;
      continue;
    }
    const pair = /^\s*([A-Za-z_]+)\s*[=:]\s*(.*?)\s*$/.exec(line);
    if (isGeneral && pair?.[1] !== undefined) values.set(pair[1].toLowerCase(), pair[2] ?? '');
  }
  if (!found) return undefined;
  const facts: { -readonly [K in keyof TreeFacts]: TreeFacts[K] } = {};
  for (const key of ['arch', 'family', 'variant', 'version'] as const) {
    const value = values.get(key);
    if (value !== undefined && value !== '') facts[key] = value;
  }
  return facts;
}
