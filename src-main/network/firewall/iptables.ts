/** Rules as commands for `iptables` and `ip6tables`, in upstream's private chains and words. Pure. */
import type { IpFamily } from '../../../src-shared/model/network-address.ts';
import type { Chain, FirewallRule, Match, PortRange, Verdict } from './rules.ts';

/** A program and its arguments. */
export type Argv = readonly string[];

const program = { ipv4: 'iptables', ipv6: 'ip6tables' } as const;

const places: Readonly<Record<Chain, { readonly table: string; readonly chain: string; readonly parent: string }>> = {
  input: { table: 'filter', chain: 'LIBVIRT_INP', parent: 'INPUT' },
  output: { table: 'filter', chain: 'LIBVIRT_OUT', parent: 'OUTPUT' },
  'forward-out': { table: 'filter', chain: 'LIBVIRT_FWO', parent: 'FORWARD' },
  'forward-in': { table: 'filter', chain: 'LIBVIRT_FWI', parent: 'FORWARD' },
  'forward-cross': { table: 'filter', chain: 'LIBVIRT_FWX', parent: 'FORWARD' },
  nat: { table: 'nat', chain: 'LIBVIRT_PRT', parent: 'POSTROUTING' },
  mangle: { table: 'mangle', chain: 'LIBVIRT_PRT', parent: 'POSTROUTING' },
};

/** `-w` waits for whoever else is changing the tables. */
const command = (family: IpFamily, table: string, ...rest: readonly string[]): Argv => [
  program[family],
  '-w',
  '--table',
  table,
  ...rest,
];

/** Looks at the tables of a family: what `missingChains` wants to know. */
export const chainQueries = (family: IpFamily): Argv[] =>
  [...new Set(Object.values(places).map(({ table }) => table))].map((table) => command(family, table, '--list-rules'));

/**
 * Makes the private chains that are not there, and the jumps to them.
 * @param listed what the queries printed, by table
 */
export function missingChains(family: IpFamily, listed: Readonly<Record<string, string>> = {}): Argv[] {
  return Object.values(places).flatMap(({ table, chain, parent }) => {
    const lines = (listed[table] ?? '').split('\n');
    return [
      ...(lines.includes(`-N ${chain}`) ? [] : [command(family, table, '--new-chain', chain)]),
      ...(lines.includes(`-A ${parent} -j ${chain}`)
        ? []
        : [command(family, table, '--insert', parent, '--jump', chain)]),
    ];
  });
}

/** Inserts every rule, or deletes them in the opposite order. */
export function ruleCommands(rules: readonly FirewallRule[], action: 'insert' | 'delete' = 'insert'): Argv[] {
  const commands = rules.map(({ family, chain, matches, verdict }) =>
    command(
      family,
      places[chain].table,
      `--${action}`,
      places[chain].chain,
      ...matches.flatMap((match) => matchWords(match, chain)),
      ...verdictWords(verdict),
    ),
  );
  return action === 'insert' ? commands : commands.reverse();
}

function matchWords(match: Match, chain: Chain): string[] {
  switch (match.match) {
    case 'in':
      return ['--in-interface', match.device];
    case 'out':
      return ['--out-interface', match.device];
    case 'source':
      return ['--source', match.subnet];
    case 'destination':
      return [...(match.not === true ? ['!'] : []), '--destination', match.subnet];
    case 'protocol':
      return [chain === 'nat' ? '-p' : '--protocol', match.protocol];
    case 'port':
      return ['--destination-port', String(match.port)];
    case 'established':
      return ['--match', 'conntrack', '--ctstate', 'ESTABLISHED,RELATED'];
  }
}

function verdictWords(verdict: Verdict): string[] {
  switch (verdict.verdict) {
    case 'accept':
    case 'reject':
    case 'return':
      return ['--jump', verdict.verdict.toUpperCase()];
    case 'fill-checksum':
      return ['--jump', 'CHECKSUM', '--checksum-fill'];
    case 'masquerade':
      return ['--jump', 'MASQUERADE', ...(verdict.ports === undefined ? [] : ['--to-ports', span(verdict.ports)])];
    case 'snat':
      return [
        ...['--jump', 'SNAT', '--to-source'],
        `${verdict.addresses}${verdict.ports === undefined ? '' : `:${span(verdict.ports)}`}`,
      ];
  }
}

const span = ({ start, end }: PortRange): string => `${start}-${end}`;
