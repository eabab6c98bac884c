/** The maths of subnets that forms do for people. Pure. */
import {
  addressBits,
  contains,
  formatAddress,
  formatSubnet,
  type IpAddress,
  type IpFamily,
  lastOf,
  maskOfPrefix,
  networkOf,
  overlap,
  parseAddress,
  parseSubnet,
  type Subnet,
} from '../../../../src-shared/model/network-address.ts';
import { subnetOf } from '../../../../src-shared/model/network-subnet.ts';
import type { DhcpRange, NetworkIp } from '../../../../src-shared/model/network.ts';

/** A subnet as a form shows it. */
export interface SubnetFacts {
  readonly family: IpFamily;
  /** `192.168.100.0/24` */
  readonly subnet: string;
  readonly hostAddress: string;
  /** IPv4 only. */
  readonly netmask?: string;
  readonly first: string;
  readonly last: string;
  /** How many addresses guests can have; absent when nobody would count them. */
  readonly guests?: number;
}

/** More than this is "plenty". */
const countedBits = 24;

const addressAt = (subnet: Subnet, offset: bigint): IpAddress => ({
  family: subnet.family,
  value: networkOf(subnet).value + offset,
});

const lastUsable = (subnet: Subnet): bigint => lastOf(subnet).value - (subnet.family === 'ipv4' ? 1n : 0n);

export function factsOf(ip: NetworkIp): SubnetFacts | undefined {
  const subnet = subnetOf(ip);
  if (subnet === undefined) return undefined;
  const { family, prefix } = subnet;
  const bits = addressBits(family) - prefix;
  const first = networkOf(subnet).value + 1n;
  const last = lastUsable(subnet);
  return {
    family,
    subnet: formatSubnet(subnet),
    hostAddress: formatAddress(subnet),
    ...(family === 'ipv4' ? { netmask: formatAddress(maskOfPrefix(family, prefix)) } : {}),
    first: formatAddress({ family, value: first }),
    last: formatAddress({ family, value: last }),
    // The host has one of them.
    ...(bits <= countedBits ? { guests: Math.max(0, Number(last - first)) } : {}),
  };
}

/**
 * What was typed, as the host's address with a subnet: `192.168.5.0/24` is the network, of which the host takes the
 * first address; `192.168.5.9/24` is the address itself. Undefined when it is neither, or has no room for a guest.
 */
export function readSubnet(text: string): Subnet | undefined {
  const trimmed = text.trim();
  if (!trimmed.includes('/')) return undefined;
  const subnet = parseSubnet(trimmed);
  if (subnet === undefined || addressBits(subnet.family) - subnet.prefix < 2 || subnet.prefix === 0) return undefined;
  const network = networkOf(subnet).value;
  if (subnet.value === network) return { ...subnet, value: network + 1n };
  return subnet.family === 'ipv4' && subnet.value === lastOf(subnet).value ? undefined : subnet;
}

/** The element of a subnet; IPv4 has its netmask, as libvirt's own definitions do. */
export function ipOf(subnet: Subnet): NetworkIp {
  const address = formatAddress(subnet);
  return subnet.family === 'ipv4'
    ? { address, netmask: formatAddress(maskOfPrefix('ipv4', subnet.prefix)) }
    : { family: 'ipv6', address, prefix: subnet.prefix };
}

/** A range may have so many addresses at most. */
const largestRange = 0xfffen;

/** All that guests can have, after the host's own address; of a large subnet its first thousands. */
export function wholeRange(subnet: Subnet): DhcpRange | undefined {
  const network = networkOf(subnet).value;
  const own = subnet.value - network;
  const end = lastUsable(subnet) - network;
  // The larger side of the host's address.
  const [from, to] = own - 1n > end - own ? [1n, own - 1n] : [own + 1n, end];
  const most = subnet.family === 'ipv4' ? largestRange : 0xfffn;
  const upTo = to > most ? most : to;
  if (from > upTo) return undefined;
  return { start: formatAddress(addressAt(subnet, from)), end: formatAddress(addressAt(subnet, upTo)) };
}

/** Another subnet for the same `<ip>`: what it hands out moves with it, as far as there is room. */
export function moved(ip: NetworkIp, to: Subnet): NetworkIp {
  const from = subnetOf(ip);
  const { address: _address, netmask: _netmask, prefix: _prefix, family: _family, dhcp, ...rest } = ip;
  const base = { ...rest, ...ipOf(to) };
  if (dhcp === undefined) return base;
  if (from === undefined || from.family !== to.family) {
    const range = wholeRange(to);
    return { ...base, dhcp: { ...dhcp, host: [], range: range === undefined ? [] : [range] } };
  }
  const move = (text: string): string | undefined => {
    const address = parseAddress(text);
    if (address === undefined || !contains(from, address)) return undefined;
    const value = networkOf(to).value + (address.value - networkOf(from).value);
    const isInside = value > networkOf(to).value && value <= lastUsable(to) && value !== to.value;
    return isInside ? formatAddress({ family: to.family, value }) : undefined;
  };
  const ranges = dhcp.range.flatMap((range): DhcpRange[] => {
    const [start, end] = [move(range.start), move(range.end)];
    return start === undefined || end === undefined ? [] : [{ ...range, start, end }];
  });
  const whole = wholeRange(to);
  const range = ranges.length === 0 && dhcp.range.length > 0 && whole !== undefined ? [whole] : ranges;
  const host = dhcp.host.flatMap((each) => {
    if (each.ip === undefined) return [each];
    const address = move(each.ip);
    return address === undefined ? [] : [{ ...each, ip: address }];
  });
  return { ...base, dhcp: { ...dhcp, range, host } };
}

/** The first of libvirt's usual subnets that meets none of those taken (`192.168.122.1/24` …). */
export function freeSubnet(taken: readonly string[]): Subnet | undefined {
  const known = taken.flatMap((text) => parseSubnet(text) ?? []);
  for (let third = 122; third <= 254; third += 1) {
    const candidate = readSubnet(`192.168.${third}.0/24`);
    if (candidate !== undefined && !known.some((subnet) => overlap(subnet, candidate))) return candidate;
  }
  return undefined;
}

/** A unique local subnet (RFC 4193): `fd`, 40 random bits, and the first subnet of it. */
export function uniqueLocalSubnet(random: Uint8Array): Subnet {
  const id = [...random.slice(0, 5)].reduce((sum, byte) => (sum << 8n) + BigInt(byte), 0n);
  return { family: 'ipv6', value: (0xfdn << 120n) + (id << 80n) + 1n, prefix: 64 };
}

/** An address that no reservation and no guest has, outside of the ranges where there is one. */
export function freeAddress(ip: NetworkIp, taken: readonly string[] = []): string | undefined {
  const subnet = subnetOf(ip);
  if (subnet === undefined) return undefined;
  const used = new Set([...taken, ...(ip.dhcp?.host ?? []).flatMap((host) => host.ip ?? [])]);
  const ranges = (ip.dhcp?.range ?? []).map(({ start, end }) => [parseAddress(start)?.value, parseAddress(end)?.value]);
  const isInRange = (value: bigint): boolean =>
    ranges.some(([start, end]) => start !== undefined && end !== undefined && value >= start && value <= end);
  let inside: string | undefined;
  const last = lastUsable(subnet);
  for (let value = networkOf(subnet).value + 2n, steps = 0; value <= last && steps < 70_000; value += 1n, steps += 1) {
    if (value === subnet.value) continue;
    const address = formatAddress({ family: subnet.family, value });
    if (used.has(address)) continue;
    if (!isInRange(value)) return address;
    inside ??= address;
  }
  return inside;
}

/** Which of `others` each subnet of a network meets. */
export function collisions<T extends { readonly addresses: readonly string[] }>(
  ips: readonly NetworkIp[],
  others: readonly T[],
): readonly { readonly subnet: string; readonly other: T; readonly theirs: string }[] {
  return ips.flatMap((ip) => {
    const own = subnetOf(ip);
    if (own === undefined) return [];
    return others.flatMap((other) =>
      other.addresses.flatMap((text) => {
        const theirs = parseSubnet(text);
        const isLinkLocal = theirs?.family === 'ipv6' && theirs.value >> 118n === 0xfe80n >> 6n;
        if (theirs === undefined || isLinkLocal || !overlap(own, theirs)) return [];
        return [{ subnet: formatSubnet(own), other, theirs: formatSubnet(theirs) }];
      }),
    );
  });
}
