/** The kernel's packet filter as `nft` prints it: as JSON to be evaluated, and as text to be shown. Pure. */

/** A table's family; `inet` tables see both kinds of packets. */
export type TableFamily = 'inet' | 'ip' | 'ip6' | 'bridge' | 'netdev' | 'arp';

export interface Rule {
  readonly handle: number;
  /** Statements, as nft's JSON has them. */
  readonly expressions: readonly unknown[];
  /** As nft prints it. */
  readonly line: string;
}

export interface Chain {
  readonly family: TableFamily;
  readonly table: string;
  readonly name: string;
  readonly rules: readonly Rule[];
  /** Present for chains that packets enter by themselves. */
  readonly base?: BaseChain;
}

export interface BaseChain {
  readonly type: string;
  readonly hook: string;
  readonly priority: number;
  readonly policy: 'accept' | 'drop';
  /** For chains of one device. */
  readonly devices: readonly string[];
  /** `type filter hook forward priority filter; policy drop;` */
  readonly line: string;
}

export interface Ruleset {
  readonly chains: readonly Chain[];
  /** Elements of sets and maps by `family table name`. */
  readonly sets: ReadonlyMap<string, readonly unknown[]>;
  /** Whether some rule writes packets' marks, so that nobody knows them. */
  readonly setsMarks: boolean;
}

export const setKey = (family: string, table: string, name: string): string => `${family} ${table} ${name}`;

const emptyRuleset: Ruleset = { chains: [], sets: new Map(), setsMarks: false };

/**
 * @param json what `nft -j list ruleset` prints
 * @param text what `nft -a list ruleset` prints, from which rules get their lines
 */
export function readRuleset(json: string, text: string): Ruleset {
  if (json.trim() === '') return emptyRuleset;
  const { nftables } = JSON.parse(json) as { readonly nftables?: readonly Readonly<Record<string, unknown>>[] };
  const lines = readLines(text);
  const chains = new Map<string, Chain & { rules: Rule[] }>();
  const sets = new Map<string, readonly unknown[]>();
  for (const item of nftables ?? []) {
    const chain = item['chain'] as JsonChain | undefined;
    if (chain !== undefined) chains.set(keyOf(chain.family, chain.table, chain.name), toChain(chain, lines));
    const set = (item['set'] ?? item['map']) as JsonSet | undefined;
    if (set !== undefined) sets.set(setKey(set.family, set.table, set.name), set.elem ?? []);
  }
  for (const item of nftables ?? []) {
    const rule = item['rule'] as JsonRule | undefined;
    if (rule === undefined) continue;
    const key = keyOf(rule.family, rule.table, rule.chain);
    const expressions = rule.expr ?? [];
    const line = lines.get(`${key} ${rule.handle}`) ?? JSON.stringify(expressions);
    chains.get(key)?.rules.push({ handle: rule.handle, expressions, line });
  }
  return { chains: [...chains.values()], sets, setsMarks: /"mangle":\s*\{\s*"key":\s*\{\s*"meta"/.test(json) };
}

interface JsonChain {
  readonly family: TableFamily;
  readonly table: string;
  readonly name: string;
  readonly type?: string;
  readonly hook?: string;
  readonly prio?: number;
  readonly policy?: string;
  readonly dev?: string | readonly string[];
}

interface JsonRule {
  readonly family: TableFamily;
  readonly table: string;
  readonly chain: string;
  readonly handle: number;
  readonly expr?: readonly unknown[];
}

interface JsonSet {
  readonly family: TableFamily;
  readonly table: string;
  readonly name: string;
  readonly elem?: readonly unknown[];
}

const keyOf = (family: string, table: string, chain: string): string => `${family} ${table} ${chain}`;

function toChain(chain: JsonChain, lines: ReadonlyMap<string, string>): Chain & { rules: Rule[] } {
  const { family, table, name, type, hook, prio = 0, policy, dev } = chain;
  const rules: Rule[] = [];
  if (type === undefined || hook === undefined) return { family, table, name, rules };
  const line =
    lines.get(`${keyOf(family, table, name)} type`) ?? `type ${type} hook ${hook}; policy ${policy ?? 'accept'};`;
  const devices = dev === undefined ? [] : typeof dev === 'string' ? [dev] : dev;
  const base = { type, hook, priority: prio, policy: policy === 'drop' ? 'drop' : 'accept', devices, line } as const;
  return { family, table, name, rules, base };
}

/** Lines by `family table chain handle`; a chain's own by `… type`. */
function readLines(text: string): ReadonlyMap<string, string> {
  const lines = new Map<string, string>();
  let table = '';
  let chain: string | undefined;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    const opened = /^table (\S+) (\S+) \{/.exec(line);
    if (opened !== null) [table, chain] = [`${opened[1] ?? ''} ${opened[2] ?? ''}`, undefined];
    const inner = /^(chain|set|map|flowtable|counter|ct \w+) "?([^"\s]+)"? \{/.exec(line);
    if (inner !== null) chain = inner[1] === 'chain' ? inner[2] : undefined;
    else if (chain !== undefined) {
      const place = `${table} ${chain}`;
      if (line.startsWith('type ')) lines.set(`${place} type`, line);
      const [, statement, handle] = /^(.*) # handle (\d+)$/.exec(line) ?? [];
      if (statement !== undefined && handle !== undefined) lines.set(`${place} ${handle}`, statement.trim());
    }
  }
  return lines;
}
