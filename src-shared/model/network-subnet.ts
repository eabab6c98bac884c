/** What a network's `<ip>` and `<route>` elements mean in addresses. */
import type { Route } from './network-common.ts';
import type { DhcpRange, Network, NetworkIp } from './network.ts';
import {
  addressBits,
  contains,
  formatAddress,
  type IpAddress,
  type IpFamily,
  lastOf,
  networkOf,
  parseAddress,
  prefixOfMask,
  type Subnet,
  usualPrefix,
} from './network-address.ts';

/** The forward modes in which the network has a bridge of its own, made and removed with it. */
export function ownsBridge(network: Network): boolean {
  const mode = network.forward?.mode;
  return mode === undefined || mode === 'nat' || mode === 'route' || mode === 'open';
}

/** The host's address on the network with the network's size; undefined when it has none or it is not one. */
export function subnetOf(ip: NetworkIp): Subnet | undefined {
  const address = ip.address === undefined ? undefined : parseAddress(ip.address);
  if (address === undefined) return undefined;
  const prefix = prefixFrom(address, ip.netmask, ip.prefix);
  return prefix === undefined ? undefined : { ...address, prefix };
}

/** Where a route leads; without netmask or prefix, `0.0.0.0` and `::` are everywhere. */
export function routeTarget(route: Route): Subnet | undefined {
  const address = parseAddress(route.address);
  if (address === undefined) return undefined;
  const prefix = prefixFrom(address, route.netmask, route.prefix);
  return prefix === undefined ? undefined : { ...address, prefix };
}

/** A prefix of 0 says nothing, as upstream has it. */
function prefixFrom(address: IpAddress, netmask: string | undefined, prefix = 0): number | undefined {
  if (prefix > 0) return prefix <= addressBits(address.family) ? prefix : undefined;
  if (netmask === undefined) return address.value === 0n ? 0 : usualPrefix(address);
  const mask = parseAddress(netmask);
  return mask === undefined || mask.family !== address.family ? undefined : prefixOfMask(mask);
}

export const familyOf = (ip: NetworkIp): IpFamily => subnetOf(ip)?.family ?? ip.family ?? 'ipv4';

/** Whether addresses are handed out there. */
export const hasDhcp = (ip: NetworkIp): boolean => (ip.dhcp?.range.length ?? 0) + (ip.dhcp?.host.length ?? 0) > 0;

/** The first device that leaves the host; guests may reach the outside through any when there is none. */
export const forwardDevice = (network: Network): string | undefined =>
  network.forward?.dev ?? network.forward?.interface[0]?.dev;

/** Both ends of a range agree in all but so many bits. */
const rangeBits = 16n;

export interface RangeProblem {
  readonly problem: string;
}

/** How many addresses a range has, or why it can't be one of this network. */
export function rangeSize(range: DhcpRange, subnet: Subnet): number | RangeProblem {
  const start = parseAddress(range.start);
  const end = parseAddress(range.end);
  const name = `${range.start} - ${range.end}`;
  if (start === undefined || end === undefined) return { problem: `The range ${name} has no two addresses.` };
  const network = `${formatAddress(networkOf(subnet))}/${subnet.prefix}`;
  if (
    start.family !== subnet.family ||
    end.family !== subnet.family ||
    !contains(subnet, start) ||
    !contains(subnet, end)
  ) {
    return { problem: `The range ${name} is not entirely within the network ${network}.` };
  }
  if (subnet.family === 'ipv4' && start.value === networkOf(subnet).value) {
    return { problem: `The range ${name} starts with the address of the network ${network} itself.` };
  }
  if (subnet.family === 'ipv4' && end.value === lastOf(subnet).value) {
    return { problem: `The range ${name} ends with the broadcast address of the network ${network}.` };
  }
  if ((start.value ^ end.value) >> rangeBits !== 0n) {
    return {
      problem: `The range ${name} is too large: it may have 65,536 addresses at most, that differ in their end only.`,
    };
  }
  const size = end.value - start.value + 1n;
  return size < 1n ? { problem: `The range ${name} ends before it starts.` } : Number(size);
}
