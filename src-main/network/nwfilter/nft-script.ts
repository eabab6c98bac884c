/**
 * Filters of interfaces as one nftables transaction. They stand in a table of the bridge family that is ours alone, so
 * that a change is whole or not at all, nobody else's rules are touched, and what removes it needs to know only names.
 * Each interface has chains of its own, found by verdict maps; sub-chains of filters are nameless and go with them.
 *
 * Like upstream, two layers one after the other: Ethernet's fields first, then IP with connections. What one layer lets
 * through still has to pass the other. Unlike upstream's, the second needs no bridge-netfilter, whose switch would send
 * every bridge's packets through the host's own firewall, and it also sees what the host itself sends to the guest. Pure.
 */
import { concerns, chainMatch, isEthernet, isOf, sortRules } from './commands.ts';
import { ethernetRules, type Side } from './ebtables.ts';
import type { RuleInstance } from './instances.ts';
import { ipRules } from './iptables.ts';
import { ethernetStatement, ipStatement } from './nft-words.ts';

/** The rules of one interface. */
export interface PortRules {
  readonly link: string;
  readonly rules: readonly RuleInstance[];
}

/** What a kernel may lack of the bridge family. */
export interface BridgeFeatures {
  readonly reject: boolean;
}

/** The kernel tracks connections before -150, and hands packets to bridge-netfilter at 0. */
const hooks = [
  { name: 'sent_ethernet', hook: 'prerouting', priority: -300, device: 'iifname' },
  { name: 'sent_ip', hook: 'prerouting', priority: -150, device: 'iifname' },
  { name: 'received_ethernet', hook: 'postrouting', priority: 0, device: 'oifname' },
  { name: 'received_ip', hook: 'postrouting', priority: 10, device: 'oifname' },
] as const;
type Hook = (typeof hooks)[number]['name'];

/** The table without interfaces; what is there already stays, and what was taken out of it comes back. */
export const filterTableScript = (table: string): string =>
  [
    `table bridge ${table} {`,
    ...hooks.map(({ name }) => `  map ${name}_ports { type ifname : verdict; }`),
    ...hooks.map(
      ({ name, hook, priority }) => `  chain ${name} { type filter hook ${hook} priority ${priority}; policy accept; }`,
    ),
    '}',
    ...hooks.flatMap(({ name, device }) => [
      `flush chain bridge ${table} ${name}`,
      `add rule bridge ${table} ${name} ${device} vmap @${name}_ports`,
    ]),
    '',
  ].join('\n');

/** Removes the table when it is there. */
export const removeFilterTableScript = (table: string): string =>
  `table bridge ${table} { }\ndelete table bridge ${table}\n`;

/** Names in nftables are words; an interface may be called almost anything. */
const chainName = (link: string, hook: Hook): string =>
  `port_${link.replaceAll(/[^a-zA-Z0-9]/gu, (sign) => `_${Buffer.from(sign).toString('hex')}_`)}_${hook}`;

/** Puts rules in the place of whatever the interfaces had: all of them, or nothing is changed. */
export const filterScript = (table: string, ports: readonly PortRules[], features: BridgeFeatures): string =>
  [filterTableScript(table), ...ports.map((port) => portScript(table, port, features))].join('');

function portScript(table: string, { link, rules }: PortRules, features: BridgeFeatures): string {
  const sorted = sortRules(rules);
  const chains: readonly (readonly [Hook, readonly string[]])[] = [
    ['sent_ethernet', ethernetLines(sorted, 'J')],
    ['sent_ip', ipLines(sorted, 'FJ', features)],
    ['received_ethernet', ethernetLines(sorted, 'P')],
    ['received_ip', ipLines(sorted, 'FP', features)],
  ];
  const used = chains.filter(([, lines]) => lines.length > 0);
  const blocks = used.map(([hook, lines]) => `  chain ${chainName(link, hook)} {\n${indent(lines, '    ')}  }\n`);
  return [
    removal(table, link),
    ...(blocks.length === 0 ? [] : [`table bridge ${table} {\n${blocks.join('')}}\n`]),
    ...used.map(
      ([hook]) => `add element bridge ${table} ${hook}_ports { "${link}" : jump ${chainName(link, hook)} }\n`,
    ),
  ].join('');
}

/** Removes an interface's rules, whether or not they are there. */
export const removeFilterScript = (table: string, link: string): string =>
  `${filterTableScript(table)}${removal(table, link)}`;

/** Adding what may be missing first makes deleting it right in every case. */
const removal = (table: string, link: string): string =>
  hooks
    .map(({ name }) => {
      const chain = chainName(link, name);
      const map = `${name}_ports`;
      return [
        `add chain bridge ${table} ${chain}`,
        `add element bridge ${table} ${map} { "${link}" : jump ${chain} }`,
        `delete element bridge ${table} ${map} { "${link}" }`,
        `delete chain bridge ${table} ${chain}`,
        '',
      ].join('\n');
    })
    .join('');

const indent = (lines: readonly string[], by: string): string =>
  lines.map((text) => `${by}${text.replaceAll('\n', `\n${by}`)}\n`).join('');

/** The root chain with the others in their places: a chain comes before rules of its priority. */
function ethernetLines(sorted: readonly RuleInstance[], side: Side): readonly string[] {
  const rules = sorted.filter((rule) => isEthernet(rule) && concerns(rule, side));
  const root = rules.filter(({ chain }) => chain === 'root').map((rule) => ({ at: rule.priority, lines: lines(rule) }));
  const names = new Map(rules.map(({ chain, chainPriority }) => [chain, chainPriority]));
  const chains = [...names]
    .filter(([name]) => chainMatch(name) !== undefined)
    .map(([name, at]) => ({ at, lines: [subChain(name, rules)] }));
  return [...chains, ...root].sort((left, right) => left.at - right.at).flatMap((entry) => entry.lines);

  function lines(rule: RuleInstance): readonly string[] {
    return ethernetRules(rule)
      .filter((each) => each.side === side)
      .map(({ matches, target }) => line(ethernetStatement(matches), target.toLowerCase()));
  }

  function subChain(name: string, all: readonly RuleInstance[]): string {
    const inside = all.filter(({ chain }) => chain === name).flatMap(lines);
    return line(ethernetStatement(chainMatch(name) ?? []), `jump {\n${indent(inside, '  ')}}`);
  }
}

/** What the guest sends passes one chain here, whether it is for the host or for others: upstream's two are alike. */
function ipLines(sorted: readonly RuleInstance[], chain: 'FJ' | 'FP', { reject }: BridgeFeatures): readonly string[] {
  return (['iptables', 'ip6tables'] as const).flatMap((layer) =>
    sorted
      .filter((rule) => isOf(rule, layer))
      .flatMap(ipRules)
      .filter((rule) => rule.chain === chain)
      .map(({ matches, target }) => {
        const verdict = target.toLowerCase();
        // Nobody can be told on the way to the guest any more.
        const possible = verdict === 'reject' && (!reject || chain === 'FP') ? 'drop' : verdict;
        return line(ipStatement(matches, layer === 'iptables' ? 'ipv4' : 'ipv6'), possible);
      }),
  );
}

const line = (statement: string, verdict: string): string => (statement === '' ? verdict : `${statement} ${verdict}`);
