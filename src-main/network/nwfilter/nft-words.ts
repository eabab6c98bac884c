/**
 * Rules in the words of ebtables and iptables, as statements of nftables' bridge family. Every value is read and written
 * anew, so that nothing but a value can come out of one. Pure.
 */
import { formatAddress, parseAddress } from '../../../src-shared/model/network-address.ts';
import { macAddress } from '../../../src-shared/xml/values.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';
import { filterError } from './errors.ts';

/** One option of a command with its value. */
interface Option {
  readonly flag: string;
  readonly value: string;
  readonly not: boolean;
}

type Statement = (option: Option) => string;

const bad = ({ flag, value }: Option, what: string): Error =>
  filterError('invalid-arg', say`The value '${value}' of a filter's rule is no ${what}.`, {
    cause: say`It stands at ${flag}.`,
  });

const unsupported = (message: Sentence): Error =>
  filterError('config-unsupported', message, { fix: say`Leave the rule out.` });

const is = ({ not }: Option): string => (not ? '!= ' : '');

function integer(option: Option, text: string, most = 0xffff_ffff): string {
  const value = /^(?:\d{1,10}|0x[0-9a-fA-F]{1,8})$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= most)) throw bad(option, 'number that is possible there');
  return String(value);
}

function mac(option: Option, text: string): string {
  const address = macAddress.parse(text);
  if (address === undefined) throw bad(option, 'hardware address');
  return address;
}

function ip(option: Option, text: string, family: 'ipv4' | 'ipv6'): string {
  const address = parseAddress(text);
  if (address?.family !== family) throw bad(option, family === 'ipv4' ? 'IPv4 address' : 'IPv6 address');
  return formatAddress(address);
}

const number =
  (expression: string, most?: number): Statement =>
  (option) =>
    `${expression} ${is(option)}${integer(option, option.value, most)}`;

/** `first:last`, or one number. */
function span(option: Option, most?: number): string {
  const [first = '', last] = option.value.split(':');
  const from = integer(option, first, most);
  const to = last === undefined ? from : integer(option, last, most);
  if (Number(from) > Number(to)) throw bad(option, 'range');
  return from === to ? from : `${from}-${to}`;
}

const range =
  (expression: string, most?: number): Statement =>
  (option) =>
    `${expression} ${is(option)}${span(option, most)}`;

/** A hardware address, with or without a mask. */
const macIn =
  (expression: string): Statement =>
  (option) => {
    const [address = '', mask] = option.value.split('/');
    const target = mac(option, address);
    if (mask === undefined) return `${expression} ${is(option)}${target}`;
    return `${expression} & ${mac(option, mask)} ${option.not ? '!=' : '=='} ${target}`;
  };

/** The same, as bytes of a header that has no name for it. */
const rawMac =
  (expression: string): Statement =>
  (option) => {
    const [address = '', mask] = option.value.split('/');
    const bytes = (text: string): string => `0x${mac(option, text).replaceAll(':', '')}`;
    if (mask === undefined) return `${expression} ${is(option)}${bytes(address)}`;
    return `${expression} & ${bytes(mask)} ${option.not ? '!=' : '=='} ${bytes(address)}`;
  };

function subnet(option: Option, family: 'ipv4' | 'ipv6'): string {
  const [address = '', mask] = option.value.split('/');
  const longest = family === 'ipv4' ? 32 : 128;
  const target = ip(option, address, family);
  return mask === undefined ? target : `${target}/${integer(option, mask, longest)}`;
}

const ipIn =
  (expression: string, family: 'ipv4' | 'ipv6'): Statement =>
  (option) =>
    `${expression} ${is(option)}${subnet(option, family)}`;

/** An IPv4 address with a prefix, as bytes. */
const rawIp =
  (expression: string): Statement =>
  (option) => {
    const [address = '', prefix = '32'] = option.value.split('/');
    const bytes = ip(option, address, 'ipv4').split('.').map(Number);
    const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    const length = Number(integer(option, prefix, 32));
    const mask = length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0;
    const hex = (given: number): string => `0x${given.toString(16).padStart(8, '0')}`;
    if (length === 32) return `${expression} ${is(option)}${hex(value)}`;
    return `${expression} & ${hex(mask)} ${option.not ? '!=' : '=='} ${hex((value & mask) >>> 0)}`;
  };

const fixed =
  (text: string): Statement =>
  () =>
    text;

const etherTypes: Readonly<Record<string, string>> = { ipv4: 'ip', ipv6: 'ip6' };
const etherType: Statement = (option) => {
  const named = etherTypes[option.value];
  return `ether type ${is(option)}${
    named ??
    `0x${Number(integer(option, option.value, 0xffff))
      .toString(16)
      .padStart(4, '0')}`
  }`;
};

/** `type:type/code:code`. Together they can be denied only where one of them says nothing. */
const icmp6Range: Statement = (option) => {
  const [types = '', codes = ''] = option.value.split('/');
  const part = (value: string): string => span({ ...option, value }, 255);
  const statements = [
    ...(part(types) === '0-255' ? [] : [`icmpv6 type ${is(option)}${part(types)}`]),
    ...(part(codes) === '0-255' ? [] : [`icmpv6 code ${is(option)}${part(codes)}`]),
  ];
  if (option.not && statements.length === 2)
    throw unsupported(say`A rule can't deny an ICMPv6 type together with a code.`);
  return statements.length === 0 ? 'meta l4proto 58' : statements.join(' ');
};

/** The header behind Ethernet's, by bits: of the packets that have no names in nftables, or none for all of theirs. */
const at = (byte: number, bytes: number): string => `@nh,${byte * 8},${bytes * 8}`;

const ethernet: Readonly<Record<string, Statement>> = {
  '-s': macIn('ether saddr'),
  '-d': macIn('ether daddr'),
  '-p': etherType,
  '--vlan-id': number('vlan id', 4095),
  '--vlan-encap': (option) => `vlan type ${is(option)}0x${Number(integer(option, option.value, 0xffff)).toString(16)}`,
  // After three bytes that say what it is, a spanning tree packet; its fields' places are IEEE 802.1D's.
  '--stp-type': range(at(6, 1), 255),
  '--stp-flags': range(at(7, 1), 255),
  '--stp-root-pri': range(at(8, 2), 0xffff),
  '--stp-root-addr': rawMac(at(10, 6)),
  '--stp-root-cost': range(at(16, 4)),
  '--stp-sender-prio': range(at(20, 2), 0xffff),
  '--stp-sender-addr': rawMac(at(22, 6)),
  '--stp-port': range(at(28, 2), 0xffff),
  '--stp-msg-age': range(at(30, 2), 0xffff),
  '--stp-max-age': range(at(32, 2), 0xffff),
  '--stp-hello-time': range(at(34, 2), 0xffff),
  '--stp-forward-delay': range(at(36, 2), 0xffff),
  // ARP and RARP look alike; only one of them has names.
  '--arp-htype': number(at(0, 2), 0xffff),
  '--arp-ptype': number(at(2, 2), 0xffff),
  '--arp-opcode': number(at(6, 2), 0xffff),
  '--arp-mac-src': rawMac(at(8, 6)),
  '--arp-ip-src': rawIp(at(14, 4)),
  '--arp-mac-dst': rawMac(at(18, 6)),
  '--arp-ip-dst': rawIp(at(24, 4)),
  '--ip-source': ipIn('ip saddr', 'ipv4'),
  '--ip-destination': ipIn('ip daddr', 'ipv4'),
  '--ip-protocol': number('ip protocol', 255),
  '--ip-source-port': range('th sport', 0xffff),
  '--ip-destination-port': range('th dport', 0xffff),
  '--ip-tos': number('ip dscp', 63),
  '--ip6-source': ipIn('ip6 saddr', 'ipv6'),
  '--ip6-destination': ipIn('ip6 daddr', 'ipv6'),
  '--ip6-protocol': number('meta l4proto', 255),
  '--ip6-source-port': range('th sport', 0xffff),
  '--ip6-destination-port': range('th dport', 0xffff),
  '--ip6-icmp-type': icmp6Range,
};

const protocols: Readonly<Record<string, number>> = {
  ...{ tcp: 6, udp: 17, icmp: 1, icmpv6: 58, igmp: 2, udplite: 136, esp: 50, ah: 51, sctp: 132 },
};

const tcpFlags = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg'];

function flagsOf(option: Option, text: string): string {
  if (text === 'NONE') return '0';
  const words = text === 'ALL' ? tcpFlags : text.toLowerCase().split(',');
  if (!words.every((word) => tcpFlags.includes(word))) throw bad(option, 'list of TCP flags');
  return words.length === 1 ? (words[0] ?? '') : `(${words.join(' | ')})`;
}

const states: Readonly<Record<string, string>> = {
  ...{ NEW: 'new', ESTABLISHED: 'established', RELATED: 'related', INVALID: 'invalid' },
};

/** `type/code`, or a type. */
const icmpType =
  (name: 'icmp' | 'icmpv6'): Statement =>
  (option) => {
    const [type = '', code] = option.value.split('/');
    if (option.not && code !== undefined) throw unsupported(say`A rule can't deny an ICMP type together with a code.`);
    const first = `${name} type ${is(option)}${integer(option, type, 255)}`;
    return code === undefined ? first : `${first} ${name} code ${integer(option, code, 255)}`;
  };

const ipFamily = (family: 'ipv4' | 'ipv6'): Readonly<Record<string, Statement>> => {
  const layer = family === 'ipv4' ? 'ip' : 'ip6';
  const between =
    (expression: string): Statement =>
    (option) => {
      const [first = '', last = first] = option.value.split('-');
      return `${expression} ${is(option)}${ip(option, first, family)}-${ip(option, last, family)}`;
    };
  return {
    '-p': (option) => {
      const base = `ether type ${layer}`;
      if (option.value === 'all') return base;
      const known = protocols[option.value];
      if (known === undefined) throw bad(option, 'protocol');
      return `${base} meta l4proto ${known}`;
    },
    '-m': fixed(''),
    '--mac-source': macIn('ether saddr'),
    '--source': ipIn(`${layer} saddr`, family),
    '--destination': ipIn(`${layer} daddr`, family),
    '--src-range': between(`${layer} saddr`),
    '--dst-range': between(`${layer} daddr`),
    '--dscp': number(`${layer} dscp`, 63),
    '--sport': range('th sport', 0xffff),
    '--dport': range('th dport', 0xffff),
    '--tcp-option': (option) => `tcp option ${integer(option, option.value, 255)} ${option.not ? 'missing' : 'exists'}`,
    '--icmp-type': icmpType('icmp'),
    '--icmpv6-type': icmpType('icmpv6'),
    '--ctstate': (option) => {
      const words = option.value.split(',').map((word) => states[word]);
      if (words.some((word) => word === undefined)) throw bad(option, 'state of a connection');
      return `ct state ${words.join(',')}`;
    },
    '--ctdir': ({ value }) => `ct direction ${value === 'Reply' ? 'reply' : 'original'}`,
    '--connlimit-above': (option) => `ct count ${option.not ? '' : 'over '}${integer(option, option.value)}`,
    '--match-set': () => {
      throw unsupported(say`Rules about IP sets are not possible with nftables.`);
    },
    // What people read; it may say anything.
    '--comment': fixed(''),
  };
};

const ipWords = { ipv4: ipFamily('ipv4'), ipv6: ipFamily('ipv6') };

/** Options that stand without a value. */
const alone: Readonly<Record<string, () => string>> = {
  '--arp-gratuitous': () => {
    throw unsupported(say`Rules about gratuitous ARP are not possible with nftables.`);
  },
};

function statements(words: readonly string[], known: Readonly<Record<string, Statement>>): string {
  const left = [...words];
  const next = (): string => left.shift() ?? '';
  const found: string[] = [];
  while (left.length > 0) {
    // Iptables denies before the option, ebtables behind it.
    let not = left[0] === '!';
    if (not) next();
    const flag = next();
    const single = alone[flag];
    if (single !== undefined) {
      found.push(single());
      continue;
    }
    if (flag === '--tcp-flags') {
      const option = { flag, not, value: next() };
      found.push(`tcp flags & ${flagsOf(option, option.value)} ${not ? '!=' : '=='} ${flagsOf(option, next())}`);
      continue;
    }
    const statement = known[flag];
    if (statement === undefined) throw new TypeError(`nftables has nothing for '${flag}'`);
    if (left[0] === '!') {
      not = true;
      next();
    }
    found.push(statement({ flag, not, value: next() }));
  }
  return found.filter((text) => text !== '').join(' ');
}

export const ethernetStatement = (words: readonly string[]): string => statements(words, ethernet);
export const ipStatement = (words: readonly string[], family: 'ipv4' | 'ipv6'): string =>
  statements(words, ipWords[family]);
