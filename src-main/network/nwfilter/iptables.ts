/** Rules about IP packets, as `iptables` and `ip6tables` commands in the chains of one interface. Pure. */
import type { FilterProtocol } from '../../../src-shared/model/nwfilter.ts';
import type { RuleInstance } from './instances.ts';
import { type Argv, isNot, type Items, match, pair, plain } from './words.ts';

export type Layer = 'iptables' | 'ip6tables';

/** Forwarded from the guest (`FJ`), forwarded to it (`FP`), from the guest to the host (`HJ`). */
export type ChainKind = 'FJ' | 'FP' | 'HJ';

export const layerOf = (protocol: FilterProtocol): Layer =>
  protocol.endsWith('-ipv6') || protocol === 'icmpv6' ? 'ip6tables' : 'iptables';

/** How a rule stands in one of the chains. */
interface Placement {
  readonly chain: ChainKind;
  /** Towards the guest: what the rule says of the source is meant of the destination. */
  readonly isIn: boolean;
  /** The state a connection must have, if any. */
  readonly state: string | undefined;
  /** The state is ours, not the rule's: it also says which way packets go. */
  readonly isOwnState: boolean;
  readonly accepted: 'RETURN' | 'ACCEPT';
  /** Types of ICMP are not symmetrical: an answer has another. */
  readonly mayLackIcmp: boolean;
}

/** A rule in one chain, in iptables' words whatever carries it out. */
export interface IpRule {
  readonly chain: ChainKind;
  readonly matches: readonly string[];
  readonly target: string;
}

export function ipRules(rule: RuleInstance): IpRule[] {
  const { protocol } = rule;
  if (protocol === undefined) return [];
  return rule.combinations.flatMap((items) =>
    placements(rule, items).flatMap((placement) => inChain(rule, protocol, items, placement)),
  );
}

export const iptablesRule = (rule: RuleInstance, link: string): Argv[] =>
  ipRules(rule).map(({ chain, matches, target }) => [
    ...[layerOf(rule.protocol ?? 'all'), '-w', '-A', `${chain}-${link}`],
    ...[...matches, '-j', target],
  ]);

function placements(rule: RuleInstance, items: Items): readonly Placement[] {
  const state = items.get('state')?.text;
  return rule.matchesState && state !== undefined ? ofGivenState(rule, state) : ofOwnState(rule);
}

const chains = [
  { chain: 'FJ', accepted: 'RETURN' },
  { chain: 'FP', accepted: 'ACCEPT' },
  { chain: 'HJ', accepted: 'RETURN' },
] as const;

/** New connections one way, their packets both ways. */
function ofOwnState({ direction, matchesState }: RuleInstance): readonly Placement[] {
  const isIn = direction !== 'out';
  const needsState = matchesState && direction !== 'inout';
  return chains.map(({ chain, accepted }) => {
    const opens = (chain === 'FP') === isIn;
    return {
      ...{ chain, accepted, isOwnState: true },
      isIn: chain === 'FP' ? !isIn : isIn,
      state: needsState ? (opens ? 'NEW,ESTABLISHED' : 'ESTABLISHED') : undefined,
      mayLackIcmp: lacksIcmp(chain, direction),
    };
  });
}

/** The rule says itself which states it is for: it stands where its direction is, and nowhere else. */
function ofGivenState({ direction }: RuleInstance, state: string): readonly Placement[] {
  const isIn = direction !== 'out';
  return chains
    .filter(({ chain }) => (chain === 'FP' ? isIn : direction !== 'in'))
    .map(({ chain, accepted }) => ({
      ...{ chain, accepted, isOwnState: false },
      isIn: chain === 'FP' ? !isIn : isIn,
      state: state === 'NONE' ? undefined : state,
      mayLackIcmp: lacksIcmp(chain, direction),
    }));
}

function lacksIcmp(chain: ChainKind, direction: RuleInstance['direction']): boolean {
  if (chain === 'FP') return direction !== 'in';
  return direction !== 'out';
}

function inChain(
  rule: RuleInstance,
  protocol: FilterProtocol,
  items: Items,
  { chain, isIn, state, isOwnState, accepted, mayLackIcmp }: Placement,
): IpRule[] {
  const hasIcmpType = items.has('type') && (protocol === 'icmp' || protocol === 'icmpv6');
  if (hasIcmpType && mayLackIcmp) return [];
  const hasLimit = items.has('connlimit-above');
  // The number of connections is counted where the guest opens them.
  if (isIn && hasLimit) return [];
  const matches = [...source(items, isIn), ...header(items, isIn), ...fields(protocol, items, isIn)];
  // On the way to the guest nobody's hardware address is the guest's; with nothing else the rule would match everything.
  if (isIn && items.has('srcmacaddr') && matches.length === 0) return [];
  const isAccepted = rule.action === 'accept';
  const skipsState = isAccepted ? hasLimit && !isIn : isOwnState;
  const isStateful = state !== undefined && !skipsState;
  const hasDirection = isStateful && isOwnState && !hasIcmpType && rule.direction !== 'inout';
  return [
    {
      chain,
      matches: [
        ...['-p', protocol.replace(/-ipv6$/, '')],
        ...matches,
        ...(isStateful ? ['-m', 'conntrack', '--ctstate', state] : []),
        ...(hasDirection ? ['-m', 'conntrack', '--ctdir', isIn ? 'Reply' : 'Original'] : []),
        ...trailer(items, isIn),
      ],
      target: isAccepted ? accepted : rule.action.toUpperCase(),
    },
  ];
}

function source(items: Items, isIn: boolean): readonly string[] {
  if (isIn || !items.has('srcmacaddr')) return [];
  return ['-m', 'mac', ...match(items, 'srcmacaddr', '--mac-source', plain(items, 'srcmacaddr'))];
}

function header(items: Items, isIn: boolean): readonly string[] {
  const side = (name: 'src' | 'dst'): readonly string[] => {
    const isSource = (name === 'src') !== isIn;
    const [address, from] = [`${name}ipaddr`, `${name}ipfrom`];
    if (items.has(address)) {
      const value = pair(items, address, `${name}ipmask`, '/');
      return match(items, address, isSource ? '--source' : '--destination', value);
    }
    if (!items.has(from)) return [];
    const range = pair(items, from, `${name}ipto`, '-');
    return ['-m', 'iprange', ...match(items, from, isSource ? '--src-range' : '--dst-range', range)];
  };
  const dscp = plain(items, 'dscp');
  return [
    ...side('src'),
    ...side('dst'),
    ...(dscp === undefined ? [] : ['-m', 'dscp', ...match(items, 'dscp', '--dscp', dscp)]),
  ];
}

function fields(protocol: FilterProtocol, items: Items, isIn: boolean): readonly string[] {
  switch (protocol) {
    case 'tcp':
    case 'tcp-ipv6':
      return [
        ...tcpFlags(items),
        ...ports(items, isIn),
        ...match(items, 'option', '--tcp-option', plain(items, 'option')),
      ];
    case 'udp':
    case 'udp-ipv6':
    case 'sctp':
    case 'sctp-ipv6':
      return ports(items, isIn);
    case 'icmp':
      return match(items, 'type', '--icmp-type', pair(items, 'type', 'code', '/'));
    case 'icmpv6':
      return match(items, 'type', '--icmpv6-type', pair(items, 'type', 'code', '/'));
    default:
      return [];
  }
}

function tcpFlags(items: Items): readonly string[] {
  const [mask, flags] = items.get('flags')?.text.split('/') ?? [];
  return mask === undefined || flags === undefined ? [] : [...isNot(items, 'flags'), '--tcp-flags', mask, flags];
}

function ports(items: Items, isIn: boolean): readonly string[] {
  const [source_, destination] = isIn ? ['--dport', '--sport'] : ['--sport', '--dport'];
  return [
    ...match(items, 'srcportstart', source_, pair(items, 'srcportstart', 'srcportend', ':')),
    ...match(items, 'dstportstart', destination, pair(items, 'dstportstart', 'dstportend', ':')),
  ];
}

/** What costs most to look at, and what only people read, comes last. */
function trailer(items: Items, isIn: boolean): readonly string[] {
  const set = plain(items, 'ipset');
  const flags = items.get('ipsetflags')?.text ?? 'src';
  const limit = isIn ? undefined : plain(items, 'connlimit-above');
  const comment = items.get('comment')?.text;
  const turned = flags
    .split(',')
    .map((flag) => ((flag === 'src') === isIn ? 'dst' : 'src'))
    .join(',');
  return [
    ...(set === undefined ? [] : ['-m', 'set', '--match-set', set, turned]),
    ...(limit === undefined ? [] : ['-m', 'connlimit', ...match(items, 'connlimit-above', '--connlimit-above', limit)]),
    ...(comment === undefined ? [] : ['-m', 'comment', '--comment', comment]),
  ];
}
