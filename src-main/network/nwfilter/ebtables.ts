/** Rules about Ethernet's own fields, as `ebtables` commands in the chains of one interface. Pure. */
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import type { RuleInstance } from './instances.ts';
import { type Argv, hexadecimal, isNot, type Items, option, pair, plain } from './words.ts';

/** `J` is what the guest sends, `P` what it gets; these are the names while the rules are built. */
export type Side = 'J' | 'P';

/** Where bridges send spanning tree packets. */
const bridgeGroup = '01:80:c2:00:00:00';

export const ethernetProtocols: readonly string[] = ['mac', 'vlan', 'stp', 'arp', 'rarp', 'ip', 'ipv6'];

export const rootChain = (side: Side, link: string): string => `libvirt-${side}-${link}`;
const chainName = (side: Side, link: string, chain: string): string =>
  chain === 'root' ? rootChain(side, link) : `${side}-${link}-${chain}`;

export const ebtables = (...words: readonly string[]): Argv => ['ebtables', '--concurrent', '-t', 'nat', ...words];

/** A rule on one side, in ebtables' words whatever carries it out. */
export interface EthernetRule {
  readonly side: Side;
  readonly matches: readonly string[];
  readonly target: string;
}

/** The rule towards the host, towards the guest, or both, for each combination of its variables' values. */
export function ethernetRules(rule: RuleInstance): EthernetRule[] {
  const { direction } = rule;
  return rule.combinations.flatMap((items) => [
    ...(direction === 'in' ? [] : [onSide(rule, items, 'J', direction === 'inout')]),
    ...(direction === 'out' ? [] : [onSide(rule, items, 'P', false)]),
  ]);
}

export const ebtablesRule = (rule: RuleInstance, link: string): Argv[] =>
  ethernetRules(rule).map(({ side, matches, target }) =>
    ebtables('-A', chainName(side, link, rule.chain), ...matches, '-j', target),
  );

/** @param reversed what the rule says of the source is meant of the destination */
function onSide(rule: RuleInstance, items: Items, side: Side, reversed: boolean): EthernetRule {
  if (rule.protocol === 'stp' && reversed && items.has('srcmacaddr')) {
    throw new VirError({
      code: 'config-unsupported',
      domain: 'nwfilter',
      message: say`A rule about spanning tree packets of one source can be for one direction only.`,
    });
  }
  // There is no rejection of Ethernet packets.
  const target = rule.action === 'reject' ? 'DROP' : rule.action.toUpperCase();
  const matches = rule.protocol === undefined ? [] : [...addresses(items, reversed), ...fields(rule, items, reversed)];
  return { side, matches, target };
}

const addresses = (items: Items, reversed: boolean): readonly string[] => [
  ...option(items, 'srcmacaddr', reversed ? '-d' : '-s', pair(items, 'srcmacaddr', 'srcmacmask', '/')),
  ...option(items, 'dstmacaddr', reversed ? '-s' : '-d', pair(items, 'dstmacaddr', 'dstmacmask', '/')),
];

function fields({ protocol }: RuleInstance, items: Items, reversed: boolean): readonly string[] {
  switch (protocol) {
    case 'mac':
      return option(items, 'protocolid', '-p', hexadecimal(items, 'protocolid'));
    case 'vlan':
      return [
        ...['-p', '0x8100'],
        ...option(items, 'vlanid', '--vlan-id', plain(items, 'vlanid')),
        ...option(items, 'encap-protocol', '--vlan-encap', plain(items, 'encap-protocol')),
      ];
    case 'stp':
      return ['-d', bridgeGroup, ...spanningTree(items)];
    case 'arp':
      return ['-p', '0x806', ...arp(items, reversed)];
    case 'rarp':
      return ['-p', '0x8035', ...arp(items, reversed)];
    case 'ip':
      return [
        ...['-p', 'ipv4'],
        ...ip(items, 'ip', reversed),
        ...option(items, 'dscp', '--ip-tos', hexadecimal(items, 'dscp')),
      ];
    case 'ipv6':
      return ['-p', 'ipv6', ...ip(items, 'ip6', reversed), ...icmp6(items)];
    default:
      throw new TypeError(`'${String(protocol)}' is not Ethernet's`);
  }
}

function spanningTree(items: Items): readonly string[] {
  const range = (name: string, flag: string): readonly string[] =>
    option(items, name, flag, pair(items, name, `${name}-hi`, ':'));
  const masked = (name: string, flag: string): readonly string[] =>
    option(items, name, flag, pair(items, name, `${name}-mask`, '/'));
  return [
    ...option(items, 'type', '--stp-type', plain(items, 'type')),
    ...option(items, 'flags', '--stp-flags', plain(items, 'flags')),
    ...range('root-priority', '--stp-root-pri'),
    ...masked('root-address', '--stp-root-addr'),
    ...range('root-cost', '--stp-root-cost'),
    ...range('sender-priority', '--stp-sender-prio'),
    ...masked('sender-address', '--stp-sender-addr'),
    ...range('port', '--stp-port'),
    ...range('age', '--stp-msg-age'),
    ...range('max-age', '--stp-max-age'),
    ...range('hello-time', '--stp-hello-time'),
    ...range('forward-delay', '--stp-forward-delay'),
  ];
}

function arp(items: Items, reversed: boolean): readonly string[] {
  const [source, destination] = reversed ? ['dst', 'src'] : ['src', 'dst'];
  const masked = (name: string, mask: string): string | undefined => {
    const address = plain(items, name);
    return address === undefined ? undefined : `${address}/${plain(items, mask) ?? '32'}`;
  };
  const isGratuitous = items.get('gratuitous')?.text === 'true';
  return [
    ...option(items, 'hwtype', '--arp-htype', plain(items, 'hwtype')),
    ...option(items, 'opcode', '--arp-opcode', plain(items, 'opcode')),
    ...option(items, 'protocoltype', '--arp-ptype', hexadecimal(items, 'protocoltype')),
    ...option(items, 'arpsrcipaddr', `--arp-ip-${source}`, masked('arpsrcipaddr', 'arpsrcipmask')),
    ...option(items, 'arpdstipaddr', `--arp-ip-${destination}`, masked('arpdstipaddr', 'arpdstipmask')),
    ...option(items, 'arpsrcmacaddr', `--arp-mac-${source}`, plain(items, 'arpsrcmacaddr')),
    ...option(items, 'arpdstmacaddr', `--arp-mac-${destination}`, plain(items, 'arpdstmacaddr')),
    ...(isGratuitous ? [...isNot(items, 'gratuitous'), '--arp-gratuitous'] : []),
  ];
}

function ip(items: Items, name: 'ip' | 'ip6', reversed: boolean): readonly string[] {
  const [source, destination] = reversed ? ['destination', 'source'] : ['source', 'destination'];
  return [
    ...option(items, 'srcipaddr', `--${name}-${source}`, pair(items, 'srcipaddr', 'srcipmask', '/')),
    ...option(items, 'dstipaddr', `--${name}-${destination}`, pair(items, 'dstipaddr', 'dstipmask', '/')),
    ...option(items, 'protocol', `--${name}-protocol`, plain(items, 'protocol')),
    ...option(items, 'srcportstart', `--${name}-${source}-port`, pair(items, 'srcportstart', 'srcportend', ':')),
    ...option(items, 'dstportstart', `--${name}-${destination}-port`, pair(items, 'dstportstart', 'dstportend', ':')),
  ];
}

/** Types and codes as two ranges, of which one end given is both, and none is all. */
function icmp6(items: Items): readonly string[] {
  if (!['type', 'typeend', 'code', 'codeend'].some((name) => items.has(name))) return [];
  const range = (first: string, last: string): string => {
    const start = plain(items, first);
    return `${start ?? '0'}:${plain(items, last) ?? start ?? '255'}`;
  };
  return ['--ip6-icmp-type', ...isNot(items, 'type'), `${range('type', 'typeend')}/${range('code', 'codeend')}`];
}
