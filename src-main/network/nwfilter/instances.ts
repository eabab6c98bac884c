/**
 * A filter and what it refers to, as a flat list of rules in which every variable has a value: one instance for each
 * combination of values, as upstream makes them. Pure.
 */
import { VirError } from '../../../src-shared/errors.ts';
import { normaliseNwfilter } from '../../../src-shared/model/nwfilter-normalise.ts';
import type { FilterProtocol, FilterRule, Nwfilter } from '../../../src-shared/model/nwfilter.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';

/** Values of variables: `IP`, `PORT` … A variable may have several. */
export type Variables = Readonly<Record<string, readonly string[]>>;

/** One attribute of a rule's protocol. */
export interface Item {
  readonly text: string;
  /** Written as it was given: it is the value of a variable. */
  readonly isGiven: boolean;
  /** What does not have this value matches. */
  readonly not: boolean;
}

export interface RuleInstance {
  readonly chain: string;
  readonly chainPriority: number;
  readonly priority: number;
  readonly action: FilterRule['action'];
  readonly direction: FilterRule['direction'];
  /** Answers are recognised by the state of their connection. */
  readonly matchesState: boolean;
  /** Absent for a rule about everything. */
  readonly protocol: FilterProtocol | undefined;
  /** For each combination of the variables' values: the attributes. */
  readonly combinations: readonly ReadonlyMap<string, Item>[];
}

/** @throws VirError for a filter, or a variable, that is not there, and for a filter that refers to itself. */
export function instantiate(
  filter: Nwfilter,
  variables: Variables,
  findFilter: (name: string) => Nwfilter | undefined,
  path: readonly string[] = [],
): RuleInstance[] {
  if (path.includes(filter.name)) throw filterError(say`The filter '${filter.name}' refers to itself.`);
  const { chain, priority: chainPriority = 0, entries } = normaliseNwfilter(filter);
  return entries.flatMap((entry): RuleInstance[] => {
    if (entry.element === 'rule') return [instance(entry.value, chain, chainPriority, variables)];
    const { filter: name, parameter } = entry.value;
    const referred = findFilter(name);
    if (referred === undefined)
      throw filterError(say`The filter '${filter.name}' refers to '${name}', which does not exist.`);
    return instantiate(referred, withGiven(parameter, variables), findFilter, [...path, filter.name]);
  });
}

/** The variables, or their elements, that the filter and those it refers to need and nobody gives a value. */
export function missingVariables(
  filter: Nwfilter,
  variables: Variables,
  findFilter: (name: string) => Nwfilter | undefined,
  path: readonly string[] = [],
): readonly string[] {
  if (path.includes(filter.name)) return [];
  const missing = normaliseNwfilter(filter).entries.flatMap((entry): readonly string[] => {
    if (entry.element === 'rule')
      return variablesOf(entry.value)
        .filter((text) => !isAvailable(text, variables))
        .map((text) => text.slice(1));
    const referred = findFilter(entry.value.filter);
    if (referred === undefined) return [];
    return missingVariables(referred, withGiven(entry.value.parameter, variables), findFilter, [...path, filter.name]);
  });
  return [...new Set(missing)];
}

function variablesOf(rule: FilterRule): readonly string[] {
  return Object.values(rule).flatMap((matches) =>
    Array.isArray(matches)
      ? matches.flatMap((match: Readonly<Record<string, unknown>>) =>
          Object.values(match).filter((text): text is string => typeof text === 'string' && reference.test(text)),
        )
      : [],
  );
}

function isAvailable(text: string, variables: Variables): boolean {
  const [, name = '', at, number] = reference.exec(text) ?? [];
  const values = variables[name] ?? [];
  return number === undefined || at === '@' ? values.length > 0 : values[Number(number)] !== undefined;
}

/** What the interface says counts more than what a reference says. */
function withGiven(
  parameters: readonly { readonly name: string; readonly value: string }[],
  variables: Variables,
): Variables {
  const given: Record<string, string[]> = {};
  for (const { name, value } of parameters) given[name] = [...(given[name] ?? []), value];
  return { ...given, ...variables };
}

const filterError = (message: Sentence): VirError => new VirError({ code: 'no-nwfilter', domain: 'nwfilter', message });

const notProtocols = new Set(['action', 'direction', 'priority', 'statematch', '_extra']);

function instance(rule: FilterRule, chain: string, chainPriority: number, variables: Variables): RuleInstance {
  const { action, direction, priority, statematch } = rule;
  // A rule is about one protocol: the first that is named.
  const [found] = Object.entries(rule).filter(
    ([name, matches]) => !notProtocols.has(name) && Array.isArray(matches) && matches.length > 0,
  );
  const protocol = found?.[0] as FilterProtocol | undefined;
  const items = new Map<string, Item>();
  for (const match of (found?.[1] ?? []) as readonly Readonly<Record<string, unknown>>[]) {
    const not = match['match'] === 'no';
    for (const [name, text] of Object.entries(match)) {
      if (name !== 'match' && typeof text === 'string') items.set(name, { text, not, isGiven: false });
    }
  }
  return {
    ...{ chain, chainPriority, priority, action, direction, protocol },
    matchesState: statematch !== false,
    combinations: combine(items, variables),
  };
}

/** Variables whose values are taken in parallel: all with one iterator, or one value of one variable. */
interface Iterator {
  readonly names: string[];
  readonly first: number;
  readonly last: number;
}

const reference = /^\$([a-zA-Z0-9_]+)(?:\[(@?)(\d+)\])?$/;

function combine(items: ReadonlyMap<string, Item>, variables: Variables): ReadonlyMap<string, Item>[] {
  const iterators = new Map<string, Iterator>();
  const users = new Map<string, { readonly iterator: string; readonly name: string }>();
  for (const [attribute, { text }] of items) {
    const match = reference.exec(text);
    if (match === null) continue;
    const [, name = '', at, number] = match;
    const values = variables[name];
    if (values === undefined || values.length === 0) throw filterError(say`The variable '${name}' has no value.`);
    const isOne = number !== undefined && at !== '@';
    const iterator = isOne ? `${name}[${number}]` : `@${number ?? 0}`;
    const range = isOne ? { first: Number(number), last: Number(number) } : { first: 0, last: values.length - 1 };
    const known = iterators.get(iterator);
    if (known !== undefined && known.last !== range.last) {
      throw filterError(
        say`The variables '${known.names.join("', '")}' and '${name}' need as many values, to be taken together.`,
      );
    }
    if (values[range.last] === undefined)
      throw filterError(say`The variable '${name}' has no value number ${range.last}.`);
    iterators.set(iterator, { ...range, names: [...(known?.names ?? []), name] });
    users.set(attribute, { iterator, name });
  }
  // The first iterator runs fastest; `@0` is always the first.
  const order = [...iterators.keys()].sort((left, right) => Number(right === '@0') - Number(left === '@0'));
  let places: ReadonlyMap<string, number>[] = [new Map()];
  for (const key of order.reverse()) {
    const iterator = iterators.get(key);
    if (iterator !== undefined)
      places = places.flatMap((rest) => steps(iterator, variables).map((at) => new Map([...rest, [key, at]])));
  }
  return places.map(
    (at) =>
      new Map(
        [...items].map(([attribute, item]) => {
          const user = users.get(attribute);
          if (user === undefined) return [attribute, item];
          const text = variables[user.name]?.[at.get(user.iterator) ?? 0] ?? '';
          return [attribute, { ...item, text, isGiven: true }];
        }),
      ),
  );
}

/** The places an iterator goes through; one whose values were all there before is left out. */
function steps({ names, first, last }: Iterator, variables: Variables): number[] {
  const at = (place: number): string => names.map((name) => variables[name]?.[place] ?? '').join('\0');
  const places = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return places.filter(
    (place) => first === last || !places.some((earlier) => earlier < place && at(earlier) === at(place)),
  );
}
