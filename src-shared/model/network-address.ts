/** IP addresses and subnets as numbers: what forms, planners and rule writers compute with. */

import type { ValueType } from '../xml/values.ts';

export type IpFamily = 'ipv4' | 'ipv6';

export interface IpAddress {
  readonly family: IpFamily;
  readonly value: bigint;
}

/** An address together with the size of its network; the address may be any one in it. */
export interface Subnet extends IpAddress {
  readonly prefix: number;
}

export const addressBits = (family: IpFamily): number => (family === 'ipv4' ? 32 : 128);

/** Reads `192.168.1.1` or `2001:db8::1`; undefined when it is neither. */
export function parseAddress(text: string): IpAddress | undefined {
  const four = parseIpv4(text);
  if (four !== undefined) return { family: 'ipv4', value: four };
  const six = parseIpv6(text);
  return six === undefined ? undefined : { family: 'ipv6', value: six };
}

function parseIpv4(text: string): bigint | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  const parts = text.split('.').map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const last = embedded?.[2] === undefined ? undefined : parseIpv4(embedded[2]);
  if (embedded !== null && last === undefined) return undefined;
  const tail = last === undefined ? [] : [last >> 16n, last & 0xffffn];
  const head = embedded?.[1] === undefined ? text : embedded[1].replace(/([^:]):$/, '$1');
  const sides = head.split('::');
  if (sides.length > 2) return undefined;
  const before = groups(sides[0] ?? '');
  const after = groups(sides[1] ?? '');
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length - tail.length;
  if (sides.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...before, ...Array.from({ length: missing }, () => 0n), ...after, ...tail];
  return all.reduce((sum, group) => (sum << 16n) + group, 0n);
}

function groups(text: string): bigint[] | undefined {
  if (text === '') return [];
  const list = text.split(':');
  return list.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))
    ? list.map((group) => BigInt(`0x${group}`))
    : undefined;
}

/** As the C library writes it: the longest run of zeros becomes `::` (RFC 5952). */
export function formatAddress({ family, value }: IpAddress): string {
  if (family === 'ipv4') return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
  const parts = Array.from({ length: 8 }, (_, place) => (value >> BigInt(16 * (7 - place))) & 0xffffn);
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (start + length < 8 && parts[start + length] === 0n) length += 1;
    if (length > best.length) best = { start, length };
  }
  const hex = (list: readonly bigint[]): string => list.map((part) => part.toString(16)).join(':');
  // An IPv4 address within an IPv6 one is shown as itself.
  const isEmbedded = best.start === 0 && (best.length === 6 || (best.length === 5 && parts[5] === 0xffffn));
  if (isEmbedded) {
    const four = formatAddress({ family: 'ipv4', value: value & 0xffff_ffffn });
    return `::${best.length === 5 ? 'ffff:' : ''}${four}`;
  }
  if (best.length < 2) return hex(parts);
  return `${hex(parts.slice(0, best.start))}::${hex(parts.slice(best.start + best.length))}`;
}

/** One-bits, then zero-bits: the number of the former, or undefined when it is no mask. */
export function prefixOfMask({ family, value }: IpAddress): number | undefined {
  const bits = value.toString(2).padStart(addressBits(family), '0');
  return /^1*0*$/.test(bits) ? bits.replace(/0+$/, '').length : undefined;
}

export function maskOfPrefix(family: IpFamily, prefix: number): IpAddress {
  const bits = addressBits(family);
  return { family, value: ((1n << BigInt(prefix)) - 1n) << BigInt(bits - prefix) };
}

/** The first address of the network. */
export function networkOf({ family, value, prefix }: Subnet): Subnet {
  return { family, prefix, value: value & maskOfPrefix(family, prefix).value };
}

/** The last address of the network; the broadcast address in IPv4. */
export function lastOf(subnet: Subnet): IpAddress {
  const hosts = (1n << BigInt(addressBits(subnet.family) - subnet.prefix)) - 1n;
  return { family: subnet.family, value: networkOf(subnet).value | hosts };
}

export const formatSubnet = (subnet: Subnet): string => `${formatAddress(networkOf(subnet))}/${subnet.prefix}`;

/** Reads `192.168.1.0/24`; a missing prefix means the address alone. */
export function parseSubnet(text: string): Subnet | undefined {
  const [host, length, more] = text.split('/');
  const address = parseAddress(host ?? '');
  if (address === undefined || more !== undefined) return undefined;
  const prefix = length === undefined ? addressBits(address.family) : Number(length);
  const isValid = length === undefined || (/^\d{1,3}$/.test(length) && prefix <= addressBits(address.family));
  return isValid ? { ...address, prefix } : undefined;
}

export const contains = (subnet: Subnet, address: IpAddress): boolean =>
  subnet.family === address.family &&
  networkOf({ ...address, prefix: subnet.prefix }).value === networkOf(subnet).value;

/** Whether one of them lies in the other. */
export const overlap = (left: Subnet, right: Subnet): boolean =>
  left.prefix <= right.prefix ? contains(left, right) : contains(right, left);

/** The prefix an address has when nothing says it: its class in IPv4, 64 in IPv6. */
export function usualPrefix({ family, value }: IpAddress): number {
  if (family === 'ipv6') return 64;
  if (value >> 31n === 0n) return 8;
  if (value >> 30n === 0b10n) return 16;
  return value >> 29n === 0b110n ? 24 : 0;
}

/**
 * The zone of names for an address's network, the wrong way round as DNS wants it: `1.168.192.in-addr.arpa`.
 * Undefined when the network ends within a label.
 */
export function reverseZone({ family, value, prefix }: Subnet): string | undefined {
  const step = family === 'ipv4' ? 8 : 4;
  const bits = addressBits(family);
  if (prefix === 0 || prefix >= bits || prefix % step !== 0) return undefined;
  const mask = (1n << BigInt(step)) - 1n;
  const labels = Array.from({ length: prefix / step }, (_, place) =>
    ((value >> BigInt(bits - prefix + place * step)) & mask).toString(family === 'ipv4' ? 10 : 16),
  );
  return `${labels.join('.')}.${family === 'ipv4' ? 'in-addr.arpa' : 'ip6.arpa'}`;
}

/** An IP address in XML, written as the C library writes it. */
export const ipAddress: ValueType<string> = {
  expected: 'an IP address',
  parse: (text) => {
    const address = parseAddress(text);
    return address === undefined ? undefined : formatAddress(address);
  },
  format: (value) => value,
};
