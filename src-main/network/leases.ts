/** The addresses dnsmasq has given out, from its lease file. Pure. */
import { parseAddress } from '../../src-shared/model/network-address.ts';
import type { NetworkLease } from '../../src-shared/model/network-summary.ts';

export interface LeaseSubnet {
  readonly family: 'ipv4' | 'ipv6';
  readonly prefix: number;
}

/** dnsmasq's word for what a guest did not say. */
const unknown = '*';

/**
 * One line a lease: end, MAC address (IPv6: the id of the interface), address, name, client id (IPv6: DUID). The line
 * `duid …` between the families is the server's own.
 */
export function readLeases(
  text: string,
  bridge: string,
  subnets: readonly LeaseSubnet[],
  nowMs: number,
): NetworkLease[] {
  return text.split('\n').flatMap((line): NetworkLease[] => {
    const [expiry = '', second = '', address = '', hostname = unknown, id = unknown] = line.trim().split(' ');
    const family = parseAddress(address)?.family;
    const expiresMs = Number(expiry) * 1000;
    if (family === undefined || !Number.isFinite(expiresMs) || (expiresMs !== 0 && expiresMs < nowMs)) return [];
    const fallback = family === 'ipv4' ? 24 : 64;
    // The part before the dash is the kind of hardware when it is not Ethernet.
    const mac = family === 'ipv4' ? second.replace(/^[0-9a-f]{2}-/, '') : macOfDuid(id);
    return [
      {
        family,
        interface: bridge,
        address,
        prefix: subnets.find((subnet) => subnet.family === family)?.prefix ?? fallback,
        ...(expiresMs === 0 ? {} : { expiresMs }),
        ...(mac === undefined ? {} : { mac }),
        ...(family === 'ipv6' ? { iaid: second } : {}),
        ...(hostname === unknown ? {} : { hostname }),
        ...(id === unknown ? {} : { clientId: id }),
      },
    ];
  });
}

/** Most guests' DUIDs end in the hardware address they were made from (RFC 8415, kinds 1 and 3). */
function macOfDuid(duid: string): string | undefined {
  const bytes = duid.toLowerCase().split(':');
  const [, kind, , hardware] = bytes;
  const length = kind === '01' ? 14 : kind === '03' ? 10 : 0;
  return bytes.length === length && hardware === '01' ? bytes.slice(-6).join(':') : undefined;
}
