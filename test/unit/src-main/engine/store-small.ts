/** What a store is tried with: definitions of a line, and a list of changes. */

const uuids: Readonly<Record<string, string>> = {
  web: '11111111-2222-3333-4444-555555555501',
  shop: '11111111-2222-3333-4444-555555555502',
};

export const uuidOf = (name: string): string => uuids[name] ?? '';

export const smallText = (name: string, version: number): string =>
  `<d name='${name}' uuid='${uuidOf(name)}'>${version} ${'x'.repeat(100)}</d>\n`;

export interface Small {
  readonly name: string;
  readonly uuid: string;
  readonly version: number;
}

/** Throws for what is not whole. */
export function readSmall(xml: string): Small {
  const [, name = '', uuid = '', version] = /^<d name='(\w+)' uuid='(.+)'>(\d+) x+<\/d>\n$/.exec(xml) ?? [];
  if (version === undefined) throw new Error('It is not whole.');
  return { name, uuid, version: Number(version) };
}

/** Changes, one after the other; without a version it is removed. 'settled': everything is flushed. */
export const answers: readonly { readonly name: string; readonly version?: number }[] = [
  { name: 'web', version: 1 },
  { name: 'web', version: 2 },
  { name: 'shop', version: 3 },
  { name: 'web' },
  { name: 'settled' },
  { name: 'web', version: 4 },
  { name: 'shop', version: 5 },
  { name: 'shop' },
];

/** What there is after so many of them. */
export function stateAfter(count: number): Readonly<Record<string, number>> {
  const state = new Map<string, number>();
  for (const { name, version } of answers.slice(0, count)) {
    if (version === undefined) state.delete(name);
    else state.set(name, version);
  }
  return Object.fromEntries([...state].sort());
}
