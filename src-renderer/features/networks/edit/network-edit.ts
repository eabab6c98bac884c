/** Edits of a network: each takes one and returns another, everything a form does not know untouched. Pure. */
import type { Subnet } from '../../../../src-shared/model/network-address.ts';
import type { Route } from '../../../../src-shared/model/network-common.ts';
import { forwardDevice, subnetOf } from '../../../../src-shared/model/network-subnet.ts';
import type { Network, NetworkDns, NetworkForward, NetworkIp } from '../../../../src-shared/model/network.ts';
import { having } from '../../machine/edit/domain-edit.ts';
import { ipOf, moved, wholeRange } from './subnets.ts';

/** What a form offers; libvirt's modes, those for a device of the host taken together. */
export const networkModes = ['nat', 'route', 'isolated', 'open', 'bridge', 'macvtap', 'hostdev'] as const;
export type NetworkMode = (typeof networkModes)[number];

export const macvtapModes = ['bridge', 'vepa', 'private', 'passthrough'] as const;
export type MacvtapMode = (typeof macvtapModes)[number];

/** Its bridge is made and removed with it, and it can hand out addresses. */
export const hasOwnBridge = (mode: NetworkMode): boolean =>
  mode === 'nat' || mode === 'route' || mode === 'isolated' || mode === 'open';

export function modeOf({ forward, bridge }: Pick<Network, 'forward' | 'bridge'>): NetworkMode {
  const mode = forward?.mode;
  switch (mode) {
    case undefined:
      return 'isolated';
    case 'bridge':
      return bridge?.name === undefined ? 'macvtap' : 'bridge';
    case 'vepa':
    case 'private':
    case 'passthrough':
      return 'macvtap';
    default:
      return mode;
  }
}

const forwardOf = (mode: NetworkForward['mode'], device?: string): NetworkForward => ({
  mode,
  ...(device === undefined ? {} : { dev: device }),
  interface: device === undefined ? [] : [{ dev: device }],
  pf: [],
  address: [],
});

/** Another mode; what the new one can't have goes, what it needs and can be known is there. */
export function setMode(network: Network, mode: NetworkMode, device = forwardDevice(network)): Network {
  const before = modeOf(network);
  if (before === mode) return network;
  const keepsDevice = hasOwnBridge(before) && before !== 'open' ? device : undefined;
  switch (mode) {
    case 'isolated':
      return having(withOwnBridge(network, before), { forward: undefined });
    case 'open':
      return { ...withOwnBridge(network, before), forward: forwardOf('open') };
    case 'nat':
    case 'route':
      return { ...withOwnBridge(network, before), forward: forwardOf(mode, keepsDevice) };
    case 'bridge':
      return { ...withoutServices(network), forward: forwardOf('bridge'), bridge: { name: '' } };
    case 'macvtap':
      return having({ ...withoutServices(network), forward: forwardOf('bridge', '') }, { bridge: undefined });
    case 'hostdev':
      return having(
        { ...withoutServices(network), forward: { ...forwardOf('hostdev'), managed: true, pf: [{ dev: '' }] } },
        { bridge: undefined },
      );
  }
}

/** A bridge of somebody else's is not taken over. */
const withOwnBridge = (network: Network, before: NetworkMode): Network =>
  hasOwnBridge(before) ? network : having(network, { bridge: undefined });

/** Networks on a device of the host have no addresses, names or limits of their own. */
const withoutServices = (network: Network): Network =>
  having(
    { ...network, ip: [], route: [] },
    { mac: undefined, domain: undefined, dns: undefined, bandwidth: undefined, mtu: undefined },
  );

/** The device packets leave the host by; none for any. */
export function setForwardDevice(network: Network, device: string | undefined): Network {
  const { forward } = network;
  if (forward === undefined) return network;
  const { dev: _dev, ...rest } = forward;
  return {
    ...network,
    forward:
      device === undefined
        ? { ...rest, interface: [] }
        : { ...rest, dev: device, interface: [{ dev: device }, ...forward.interface.slice(1)] },
  };
}

export const macvtapModeOf = ({ forward }: Network): MacvtapMode =>
  macvtapModes.find((mode) => mode === forward?.mode) ?? 'bridge';

export function setMacvtapMode(network: Network, mode: MacvtapMode): Network {
  return network.forward === undefined ? network : { ...network, forward: { ...network.forward, mode } };
}

export function setPhysicalFunction(network: Network, dev: string): Network {
  return network.forward === undefined ? network : { ...network, forward: { ...network.forward, pf: [{ dev }] } };
}

type Bridge = NonNullable<Network['bridge']>;

export function setBridge(network: Network, change: { readonly [K in keyof Bridge]?: Bridge[K] | undefined }): Network {
  const bridge = having(network.bridge ?? {}, change);
  return having(network, { bridge: Object.keys(bridge).length === 0 ? undefined : bridge });
}

type Domain = NonNullable<Network['domain']>;

/** Without a name there is no domain, and nothing to say of it. */
export function setDomain(network: Network, change: Partial<Domain>): Network {
  const domain = { name: '', ...network.domain, ...change };
  return having(network, { domain: domain.name === '' ? undefined : domain });
}

const noDns: NetworkDns = { forwarder: [], txt: [], srv: [], host: [] };

export const dnsOf = ({ dns }: Network): NetworkDns => dns ?? noDns;

export function setDns(
  network: Network,
  change: { readonly [K in keyof NetworkDns]?: NetworkDns[K] | undefined },
): Network {
  const dns = having(dnsOf(network), change);
  const entries = dns.forwarder.length + dns.txt.length + dns.srv.length + dns.host.length;
  const isUsual = entries === 0 && dns.enable === undefined && dns.forwardPlainNames === undefined;
  return having(network, { dns: isUsual ? undefined : dns });
}

export const setRoutes = (network: Network, route: readonly Route[]): Network => ({ ...network, route: [...route] });

export function setIp(network: Network, index: number, change: (ip: NetworkIp) => NetworkIp): Network {
  return { ...network, ip: network.ip.map((ip, place) => (place === index ? change(ip) : ip)) };
}

/** One more subnet; it hands out addresses when no other of its family does. */
export function addSubnet(network: Network, subnet: Subnet): Network {
  const isFirst = !network.ip.some((ip) => subnetOf(ip)?.family === subnet.family && ip.dhcp !== undefined);
  const ip = ipOf(subnet);
  return { ...network, ip: [...network.ip, isFirst ? withDhcp(ip) : ip] };
}

export const removeSubnet = (network: Network, index: number): Network => ({
  ...network,
  ip: network.ip.filter((_, place) => place !== index),
});

export const setSubnet = (network: Network, index: number, subnet: Subnet): Network =>
  setIp(network, index, (ip) => moved(ip, subnet));

function withDhcp(ip: NetworkIp): NetworkIp {
  const subnet = subnetOf(ip);
  const range = subnet === undefined ? undefined : wholeRange(subnet);
  return { ...ip, dhcp: { range: range === undefined ? [] : [range], host: [] } };
}

export const setDhcp = (network: Network, index: number, on: boolean): Network =>
  setIp(network, index, (ip) => (on ? withDhcp(ip) : having(ip, { dhcp: undefined })));

/** Whole minutes for every range; none leaves the time to the server, which gives an hour. */
export function setLeaseMinutes(network: Network, index: number, minutes: number): Network {
  const lease = minutes === 0 ? undefined : { expiry: minutes, unit: 'minutes' as const };
  return setIp(network, index, (ip) =>
    ip.dhcp === undefined
      ? ip
      : { ...ip, dhcp: { ...ip.dhcp, range: ip.dhcp.range.map((range) => having(range, { lease })) } },
  );
}

const minutesPerUnit = { seconds: 1 / 60, minutes: 1, hours: 60 } as const;

export function leaseMinutesOf({ dhcp }: NetworkIp): number {
  const lease = dhcp?.range[0]?.lease;
  return lease === undefined ? 0 : Math.ceil(lease.expiry * minutesPerUnit[lease.unit ?? 'minutes']);
}

/** What guests that start from the network are given. */
export interface NetworkBoot {
  readonly tftpRoot: string;
  readonly file: string;
  readonly server: string;
}

export const networkBootOf = ({ tftp, dhcp }: NetworkIp): NetworkBoot => ({
  tftpRoot: tftp?.root ?? '',
  file: dhcp?.bootp?.file ?? '',
  server: dhcp?.bootp?.server ?? '',
});

export function setNetworkBoot(network: Network, index: number, change: Partial<NetworkBoot>): Network {
  return setIp(network, index, (ip) => {
    const { tftpRoot, file, server } = { ...networkBootOf(ip), ...change };
    const bootp = file === '' ? undefined : { file, ...(server === '' ? {} : { server }) };
    const dhcp = ip.dhcp === undefined ? undefined : having(ip.dhcp, { bootp });
    return having(ip, { tftp: tftpRoot === '' ? undefined : { root: tftpRoot }, dhcp });
  });
}

type Nat = NonNullable<NetworkForward['nat']>;

export function setNat(network: Network, change: { readonly [K in keyof Nat]?: Nat[K] | undefined }): Network {
  const { forward } = network;
  if (forward === undefined) return network;
  const nat = having(forward.nat ?? {}, change);
  return { ...network, forward: having(forward, { nat: Object.keys(nat).length === 0 ? undefined : nat }) };
}

type Dhcp = NonNullable<NetworkIp['dhcp']>;

export const changeDhcp = (network: Network, index: number, change: Partial<Dhcp>): Network =>
  setIp(network, index, (ip) => ({ ...ip, dhcp: { range: [], host: [], ...ip.dhcp, ...change } }));

/** A network that asks nothing: guests reach the outside, get addresses, and nobody outside reaches them. */
export function newNetwork(name: string, subnet: Subnet | undefined): Network {
  const base: Network = { name, forward: forwardOf('nat'), ip: [], route: [], portgroup: [] };
  return subnet === undefined ? base : addSubnet(base, subnet);
}

/** `default`, then `network2` and so on. */
export function freeName(taken: readonly string[]): string {
  if (!taken.includes('default')) return 'default';
  let number = 2;
  while (taken.includes(`network${number}`)) number += 1;
  return `network${number}`;
}
