/**
 * Rules as one nftables transaction a network. They stand in a table of our own, which nobody else's flush or reload
 * touches. Each network has its own chains, found by the name of its bridge in verdict maps, so that it is added,
 * replaced and removed whole without knowing what else is there. Pure.
 *
 * A verdict "accept" ends only our own chains: another table may still drop the packet. What the host's own services
 * get is therefore not ours to allow; rules for `input` and `output` have no counterpart here.
 */
import type { Chain, FirewallRule, Match, PortRange, Verdict } from './rules.ts';

/** Where our chains are hooked in. */
const base = `
  map cross { type ifname : verdict; }
  map to_guests { type ifname : verdict; }
  map from_guests { type ifname : verdict; }
  map translated { type ifname : verdict; }
  chain forward { type filter hook forward priority filter; policy accept; }
  chain postrouting { type nat hook postrouting priority srcnat; policy accept; }
`;

const lookups = [
  ['forward', 'oifname vmap @cross'],
  ['forward', 'oifname vmap @to_guests'],
  ['forward', 'iifname vmap @from_guests'],
  ['postrouting', 'iifname vmap @translated'],
] as const;

const parts = [
  { chain: 'forward-cross', suffix: 'cross', map: 'cross' },
  { chain: 'forward-in', suffix: 'in', map: 'to_guests' },
  { chain: 'forward-out', suffix: 'out', map: 'from_guests' },
  { chain: 'nat', suffix: 'nat', map: 'translated' },
] as const satisfies readonly { readonly chain: Chain; readonly suffix: string; readonly map: string }[];

/** The table without networks; what is there already stays, and what was taken out of it comes back. */
export const tableScript = (table: string): string =>
  [
    `table inet ${table} {${base}}`,
    ...['forward', 'postrouting'].map((chain) => `flush chain inet ${table} ${chain}`),
    ...lookups.map(([chain, rule]) => `add rule inet ${table} ${chain} ${rule}`),
    '',
  ].join('\n');

/** Removes the table when it is there. */
export const removeTableScript = (table: string): string => `table inet ${table} { }\ndelete table inet ${table}\n`;

/** Names in nftables are words of letters, digits and `_/\.`; a bridge may be called almost anything. */
const chainName = (bridge: string, suffix: string): string =>
  `net_${[...Buffer.from(bridge)].map((byte) => (/[a-zA-Z0-9]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `_${byte.toString(16).padStart(2, '0')}`)).join('')}_${suffix}`;

/** Puts the network's rules in the place of whatever it had. */
export const networkScript = (table: string, bridge: string, rules: readonly FirewallRule[]): string =>
  tableScript(table) + removal(table, bridge) + chains(table, bridge, rules, 'add');

/** Puts rules into the table for a network that has none there. */
export const newNetworkScript = (table: string, bridge: string, rules: readonly FirewallRule[]): string =>
  chains(table, bridge, rules, 'create');

function chains(table: string, bridge: string, rules: readonly FirewallRule[], verb: 'add' | 'create'): string {
  const blocks = parts.map(({ chain, suffix, map }) => {
    // Each upstream rule goes before the earlier ones, so the last counts first.
    const lines = rules
      .filter((rule) => rule.chain === chain)
      .map(ruleText)
      .reverse();
    return { name: chainName(bridge, suffix), map, lines };
  });
  const used = blocks.filter(({ lines }) => lines.length > 0);
  return [
    ...used.map(({ name }) => `${verb} chain inet ${table} ${name}\n`),
    ...used.flatMap(({ name, lines }) => lines.map((text) => `add rule inet ${table} ${name} ${text}\n`)),
    ...used.map(({ name, map }) => `${verb} element inet ${table} ${map} { "${bridge}" : jump ${name} }\n`),
  ].join('');
}

/** Removes the network's rules, whether or not they are there. */
export const removeNetworkScript = (table: string, bridge: string): string =>
  `${tableScript(table)}${removal(table, bridge)}`;

/** Adding what may be missing first makes deleting it right in every case. */
const removal = (table: string, bridge: string): string =>
  parts
    .map(({ suffix, map }) => {
      const name = chainName(bridge, suffix);
      const element = `element inet ${table} ${map} { "${bridge}" : jump ${name} }`;
      return [
        `add chain inet ${table} ${name}`,
        `add ${element}`,
        `delete element inet ${table} ${map} { "${bridge}" }`,
        `delete chain inet ${table} ${name}`,
        '',
      ].join('\n');
    })
    .join('');

/** A rule as nft takes it, without the place where it goes. */
export function ruleText({ family, matches, verdict }: FirewallRule): string {
  const layer = family === 'ipv4' ? 'ip' : 'ip6';
  const [protocol] = matches.flatMap((match) => (match.match === 'protocol' ? [match.protocol] : []));
  return [
    `meta nfproto ${family}`,
    ...matches.flatMap((match) => expression(match, layer, protocol)),
    action(verdict, layer),
  ].join(' ');
}

function expression(match: Match, layer: 'ip' | 'ip6', protocol: string | undefined): string[] {
  switch (match.match) {
    case 'in':
      return [`iifname "${match.device}"`];
    case 'out':
      return [`oifname "${match.device}"`];
    case 'source':
      return [`${layer} saddr ${match.subnet}`];
    case 'destination':
      return [`${layer} daddr ${match.not === true ? '!= ' : ''}${match.subnet}`];
    case 'protocol':
      return [`meta l4proto ${match.protocol}`];
    case 'port':
      return [`${protocol ?? 'th'} dport ${match.port}`];
    case 'established':
      return ['ct state established,related'];
  }
}

function action(verdict: Verdict, layer: 'ip' | 'ip6'): string {
  switch (verdict.verdict) {
    case 'accept':
    case 'reject':
    case 'return':
      return verdict.verdict;
    case 'masquerade':
      return verdict.ports === undefined ? 'masquerade' : `masquerade to :${span(verdict.ports)}`;
    case 'snat':
      return `snat ${layer} to ${snatTarget(verdict.addresses, layer, verdict.ports)}`;
    case 'fill-checksum':
      throw new TypeError('nftables has no rule that fills in a checksum');
  }
}

function snatTarget(addresses: string, layer: 'ip' | 'ip6', ports: PortRange | undefined): string {
  if (ports === undefined) return addresses;
  // A colon after an IPv6 address would be read as one of its own.
  const target =
    layer === 'ip6'
      ? addresses
          .split('-')
          .map((part) => `[${part}]`)
          .join('-')
      : addresses;
  return `${target}:${span(ports)}`;
}

const span = ({ start, end }: PortRange): string => `${start}-${end}`;
