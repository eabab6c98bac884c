/**
 * The values of a filter's rules as libvirt reads and writes them: masks as prefix lengths, MAC addresses in two
 * digits, names for the protocols it knows. A value that is not one is dropped, as libvirt does (it logs it): the rule
 * then matches more, so an editor should show the difference.
 */
import { macAddress } from '../xml/values.ts';
import type { FilterProtocol, FilterRule, Nwfilter } from './nwfilter.ts';

/** The value as it is written, or `undefined` when it is not one. */
type Canonical = (text: string) => string | undefined;

/** Decimal stays decimal, hexadecimal hexadecimal. */
const number =
  (maximum: number, minimum = 0): Canonical =>
  (text) => {
    const decimal = /^\s*\+?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (decimal <= maximum) return decimal >= minimum ? String(decimal) : undefined;
    const hexadecimal = /^\s*(?:0[xX])?([0-9a-fA-F]{1,8})$/.exec(text)?.[1];
    const value = hexadecimal === undefined ? Number.NaN : Number.parseInt(hexadecimal, 16);
    return value >= minimum && value <= maximum ? `0x${value.toString(16)}` : undefined;
  };

/** A number that may have a name, which is what is written. */
const named =
  (
    names: Readonly<Record<string, number>>,
    plain: Canonical,
    others: (value: string) => string = (value) => value,
  ): Canonical =>
  (text) => {
    const known = Object.keys(names).find((name) => name.toLowerCase() === text.toLowerCase());
    if (known !== undefined) return known;
    const value = plain(text);
    if (value === undefined) return undefined;
    return Object.keys(names).find((name) => names[name] === Number(value)) ?? others(value);
  };

export const etherTypes = { arp: 0x806, rarp: 0x8035, ipv4: 0x800, ipv6: 0x86dd, vlan: 0x8100 };
export const ipProtocols = { tcp: 6, udp: 17, udplite: 136, esp: 50, ah: 51, icmp: 1, igmp: 2, sctp: 132, icmpv6: 58 };
export const arpOpcodes = {
  ...{ Request: 1, Reply: 2, Request_Reverse: 3, Reply_Reverse: 4, DRARP_Request: 5, DRARP_Reply: 6 },
  ...{ DRARP_Error: 7, InARP_Request: 8, ARP_NAK: 9 },
};

/** One-bits, then zero-bits. */
const prefixLength = (bits: string): number | undefined =>
  /^1*0*$/.test(bits) ? bits.replace(/0+$/, '').length : undefined;

const bitsOf = (numbers: readonly number[], width: number): string =>
  numbers.map((value) => value.toString(2).padStart(width, '0')).join('');

function ipv4(text: string): readonly number[] | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  const parts = text.split('.').map(Number);
  return parts.every((part) => part <= 255) ? parts : undefined;
}

function ipv6(text: string): readonly number[] | undefined {
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const last = embedded?.[2] === undefined ? [] : ipv4(embedded[2]);
  if (last === undefined) return undefined;
  const tail = last.length === 0 ? [] : [(last[0] ?? 0) * 256 + (last[1] ?? 0), (last[2] ?? 0) * 256 + (last[3] ?? 0)];
  const head = embedded?.[1] === undefined ? text : embedded[1].replace(/([^:]):$/, '$1');
  const groups = (part: string): number[] | undefined => {
    if (part === '') return [];
    const list = part.split(':');
    return list.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))
      ? list.map((group) => Number.parseInt(group, 16))
      : undefined;
  };
  const sides = head.split('::');
  const before = groups(sides[0] ?? '');
  const after = groups(sides[1] ?? '');
  if (before === undefined || after === undefined || sides.length > 2) return undefined;
  const missing = 8 - before.length - after.length - tail.length;
  if (sides.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...before, ...Array.from({ length: missing }, () => 0), ...after, ...tail];
}

const ip4Address: Canonical = (text) => ipv4(text)?.join('.');
const ip6Address: Canonical = (text) => (ipv6(text) === undefined ? undefined : text);

const mask =
  (width: 32 | 128): Canonical =>
  (text) => {
    if (/^\d+$/.test(text)) return Number(text) <= width ? String(Number(text)) : undefined;
    const numbers = width === 32 ? ipv4(text) : ipv6(text);
    return numbers === undefined ? undefined : prefixLength(bitsOf(numbers, width === 32 ? 8 : 16))?.toString();
  };

const mac: Canonical = macAddress.parse;
const macMask: Canonical = (text) => {
  const address = macAddress.parse(text);
  if (address === undefined) return undefined;
  const bytes = address.split(':').map((byte) => Number.parseInt(byte, 16));
  return prefixLength(bitsOf(bytes, 8)) === undefined ? undefined : address;
};

/** Words in the order of `known`, separated by commas. */
const words =
  (known: readonly string[]): Canonical =>
  (text) => {
    const given = text
      .toUpperCase()
      .split(/[\s,]+/)
      .filter((word) => word !== '');
    return given.every((word) => known.includes(word))
      ? known.filter((word) => given.includes(word)).join(',')
      : undefined;
  };

const states = words(['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'NONE']);
const tcpWords = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'];

const tcpFlags: Canonical = (text) => {
  const sides = text.split('/');
  const written = sides.map((side) => {
    const flags = words([...tcpWords, 'ALL', 'NONE'])(side)?.split(',');
    if (flags === undefined) return undefined;
    if (flags.includes('ALL') || tcpWords.every((flag) => flags.includes(flag))) return 'ALL';
    const set = flags.filter((flag) => tcpWords.includes(flag));
    return set.length === 0 ? 'NONE' : set.join(',');
  });
  return sides.length === 2 && written.every((side) => side !== undefined) ? written.join('/') : undefined;
};

const u8 = number(0xff);
const u16 = number(0xffff);
const u32 = number(0xffff_ffff);

const attributes: Readonly<Record<string, Canonical>> = {
  ...Object.fromEntries(['srcmacaddr', 'dstmacaddr', 'arpsrcmacaddr', 'arpdstmacaddr'].map((name) => [name, mac])),
  ...Object.fromEntries(['root-address', 'sender-address'].map((name) => [name, mac])),
  ...Object.fromEntries(
    ['srcmacmask', 'dstmacmask', 'root-address-mask', 'sender-address-mask'].map((name) => [name, macMask]),
  ),
  ...Object.fromEntries(['root-cost', 'root-cost-hi'].map((name) => [name, u32])),
  ...Object.fromEntries(['type', 'typeend', 'code', 'codeend', 'option'].map((name) => [name, u8])),
  ...Object.fromEntries(['srcportstart', 'srcportend', 'dstportstart', 'dstportend'].map((name) => [name, u16])),
  ...Object.fromEntries(['hwtype', 'protocoltype', 'connlimit-above'].map((name) => [name, u16])),
  ...Object.fromEntries(
    ['root-priority', 'sender-priority', 'port', 'age', 'max-age', 'hello-time', 'forward-delay'].flatMap((name) => [
      [name, u16],
      [`${name}-hi`, u16],
    ]),
  ),
  dscp: number(63),
  vlanid: number(4095),
  protocolid: named(etherTypes, number(0xffff, 0x600)),
  'encap-protocol': named(etherTypes, number(0xffff, 0x3c)),
  opcode: named(arpOpcodes, u16, (value) => String(Number(value))),
  protocol: named(ipProtocols, u8),
  state: (text) => (/none/i.test(text) && states(text) !== undefined ? 'NONE' : states(text)),
  ipset: (text) => (/^[a-zA-Z0-9_.:+-]{1,31}$/.test(text) ? text : undefined),
  ipsetflags: (text) => (/^(?:src|dst)(?:,(?:src|dst)){0,5}$/i.test(text) ? text.toLowerCase() : undefined),
  gratuitous: (text) => String(['true', '1', 'yes'].includes(text)),
  comment: (text) => text.slice(0, 256),
};

const addressNames = [
  'srcipaddr',
  'dstipaddr',
  'srcipfrom',
  'srcipto',
  'dstipfrom',
  'dstipto',
  'arpsrcipaddr',
  'arpdstipaddr',
];
const maskNames = ['srcipmask', 'dstipmask', 'arpsrcipmask', 'arpdstipmask'];

function canonicalOf(protocol: FilterProtocol, name: string): Canonical {
  const isSix = protocol.includes('ipv6') || protocol === 'icmpv6';
  // Upstream reads the end of an IPv6 destination range as IPv4.
  if (addressNames.includes(name)) return isSix && name !== 'dstipto' ? ip6Address : ip4Address;
  if (maskNames.includes(name)) return mask(isSix ? 128 : 32);
  if (name === 'flags') return protocol === 'stp' ? u8 : tcpFlags;
  return attributes[name] ?? ((text) => text);
}

/** `$A[ 0 ]` is the first value of A, `$A[@0]` (or `$A`) each in turn. */
function variable(text: string): string | undefined {
  const match = /^\$([a-zA-Z0-9_]+)(?:\[\s*(@?)(\d+)\s*\]\s*)?$/.exec(text);
  if (match === null) return undefined;
  const [, name, iterator, index] = match;
  if (index === undefined || (iterator === '@' && Number(index) === 0)) return `$${name}`;
  return `$${name}[${iterator}${Number(index)}]`;
}

type Matches = FilterRule[FilterProtocol];

function normaliseMatches(protocol: FilterProtocol, matches: Matches): Matches {
  return matches.map((match) => {
    const entries = Object.entries(match).map(([name, value]): [string, unknown] => {
      if (typeof value !== 'string' || name === 'match') return [name, value];
      return [name, value.startsWith('$') ? variable(value) : canonicalOf(protocol, name)(value)];
    });
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== 'yes'));
  });
}

function normaliseRule(rule: FilterRule): FilterRule {
  const { statematch, ...rest } = rule;
  const protocols = Object.entries(rest).map(([name, value]): [string, unknown] =>
    Array.isArray(value) ? [name, normaliseMatches(name as FilterProtocol, value)] : [name, value],
  );
  return { ...rest, ...Object.fromEntries(protocols), ...(statematch === false ? { statematch } : {}) };
}

/** Chains run in this order unless a filter says otherwise; names may go on behind these words. */
const chainPriorities: readonly (readonly [string, number])[] = [
  ['mac', -800],
  ['vlan', -750],
  ['ipv4', -700],
  ['ipv6', -600],
  ['arp', -500],
  ['rarp', -400],
  // Upstream's table has no entry for spanning tree, which therefore gets the middle of the range.
  ['stp', 0],
];

/** The filter as libvirt would show it back. Pure. */
export function normaliseNwfilter(filter: Nwfilter): Nwfilter {
  const { priority, ...rest } = filter;
  const chosen = priority ?? chainPriorities.find(([prefix]) => filter.chain.startsWith(prefix))?.[1] ?? 0;
  return {
    ...rest,
    ...(chosen === 0 ? {} : { priority: chosen }),
    entries: filter.entries.map((entry) => {
      if (entry.element === 'rule') return { element: 'rule', value: normaliseRule(entry.value) };
      const parameter = [...entry.value.parameter].sort((left, right) =>
        left.name < right.name ? -1 : Number(left.name > right.name),
      );
      return { element: 'filterref', value: { ...entry.value, parameter } };
    }),
  };
}
