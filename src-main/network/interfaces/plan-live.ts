/**
 * Moving what an interface has onto a bridge over it, and back, in the running kernel: addresses, routes, the DHCP client,
 * IPv6. For keepers that leave the kernel's state alone once it is made (ifupdown, plain `ip`). Pure.
 */
import type { Step } from '../../host/step.ts';
import { tell, type Told } from '../../../src-shared/host-words.ts';
import type { InterfaceAction } from './actions.ts';
import type { DhcpClient, InterfaceAddress, InterfaceDevice, InterfaceRoute } from './facts.ts';

export type InterfaceStep = Step<InterfaceAction>;

export interface BridgeShape {
  readonly bridge: string;
  readonly stp: boolean;
  readonly delaySeconds: number;
}

/** What is moved: everything that does not come by itself. */
interface Belongings {
  readonly addresses: readonly InterfaceAddress[];
  readonly routes: readonly InterfaceRoute[];
  readonly dhcp: DhcpClient | undefined;
  readonly isByDuid: boolean;
}

export interface Surroundings {
  readonly routes: readonly InterfaceRoute[];
  readonly dhcpClients: Readonly<Record<string, DhcpClient>>;
  readonly dhcpByDuid?: readonly string[];
}

export function belongingsOf({ name, addresses }: InterfaceDevice, around: Surroundings): Belongings {
  const { routes, dhcpClients, dhcpByDuid = [] } = around;
  return {
    addresses: addresses.filter(({ isAutomatic }) => !isAutomatic),
    routes: routes.filter(({ device, protocol }) => device === name && protocol !== 'kernel' && protocol !== 'ra'),
    dhcp: dhcpClients[name],
    isByDuid: dhcpByDuid.includes(name),
  };
}

/** Makes a bridge over a device. Every inverse stands for itself: the device is put back before the bridge goes. */
export function planOver(device: InterfaceDevice, shape: BridgeShape, around: Surroundings): readonly InterfaceStep[] {
  const { bridge: link } = shape;
  const { name, mac, mtu, acceptRa } = device;
  const said =
    mac === undefined ? tell('hostBridgeCreatePlain', { link }) : tell('hostBridgeCreate', { link, mac, device: name });
  const made: InterfaceStep = {
    ...said,
    action: {
      ...{ verb: 'bridge-add', link, mtu, stp: shape.stp, forwardDelaySeconds: shape.delaySeconds },
      ...(mac === undefined ? {} : { mac }),
      ...(acceptRa === undefined ? {} : { acceptRa }),
    },
    inverse: { ...tell('hostBridgeRemove', { link }), action: { verb: 'link-delete', link, kind: 'bridge' } },
  };
  return [made, ...planMove(device, link, belongingsOf(device, around), joining(device, link))];
}

/** Gives a bridge's belongings to its one port, and removes the bridge. */
export function planBack(
  bridge: InterfaceDevice,
  port: InterfaceDevice,
  around: Surroundings,
): readonly InterfaceStep[] {
  const { name, mac, mtu } = bridge;
  const moved = planMove(bridge, port.name, belongingsOf(bridge, around), leaving(port, name));
  const stp = bridge.bridge?.stp === '1';
  const remake: InterfaceAction = {
    ...{ verb: 'bridge-add', link: name, mtu, stp },
    forwardDelaySeconds: Math.min(30, Math.round(Number(bridge.bridge?.forwardDelay ?? 0) / 100)),
    ...(mac === undefined ? {} : { mac }),
  };
  const gone: InterfaceStep = {
    ...tell('hostBridgeRemove', { link: name }),
    action: { verb: 'link-delete', link: name, kind: 'bridge' },
    inverse: { ...tell('hostBridgeAgain', { link: name }), action: remake },
  };
  // The bridge goes before what it had is given to the port: two devices can't have the same address.
  const taken = moved.filter(({ action }) => !isGiven(action, port.name));
  const given = moved.filter(({ action }) => isGiven(action, port.name));
  return [...taken, gone, ...given];
}

const isGiven = (action: InterfaceAction, name: string): boolean =>
  (action.verb === 'address-add' && action.link === name) ||
  (action.verb === 'route-add' && action.route.device === name) ||
  (action.verb === 'dhcp-start' && action.link === name);

/** Takes routes and addresses from one device, does something between, and gives them to another. */
function planMove(
  from: InterfaceDevice,
  to: string,
  { addresses, routes, dhcp, isByDuid }: Belongings,
  between: readonly InterfaceStep[],
): readonly InterfaceStep[] {
  const { name } = from;
  // Each goes on with the lease of the other.
  const stopDhcp = dhcp === undefined ? [] : [dhcpStep('stop', { client: dhcp, link: name, from: to, isByDuid })];
  const startDhcp = dhcp === undefined ? [] : [dhcpStep('start', { client: dhcp, link: to, from: name, isByDuid })];
  // Routes by the addresses they need, and the other way round when they come back.
  const [plain, viaGateway] = [routes.filter(({ gateway }) => gateway === undefined), routes.filter(hasGateway)];
  const ordered = [...plain, ...viaGateway];
  return [
    ...stopDhcp,
    ...[...ordered].reverse().map((route) => routeStep('take', route, name)),
    ...addresses.map((address) => addressStep('take', address, name)),
    ...between,
    ...inOrder(addresses).map((address) => addressStep('give', address, to)),
    ...ordered.map((route) => routeStep('give', { ...route, device: to }, to)),
    ...startDhcp,
  ];
}

const hasGateway = ({ gateway }: InterfaceRoute): boolean => gateway !== undefined;

/** The kernel puts the newest IPv6 address first. */
const inOrder = (addresses: readonly InterfaceAddress[]): readonly InterfaceAddress[] => [
  ...addresses.filter(({ family }) => family === 'ipv4'),
  ...addresses.filter(({ family }) => family === 'ipv6').reverse(),
];

function joining(device: InterfaceDevice, bridge: string): readonly InterfaceStep[] {
  const { name: link, isUp, isIpv6Off } = device;
  const off: InterfaceStep = {
    ...tell('hostIpv6Off', { link }),
    action: { verb: 'ipv6-off', link },
    inverse: { ...tell('hostIpv6On', { link }), action: { verb: 'ipv6-on', link } },
  };
  const up: InterfaceStep = {
    ...tell('hostLinkOn', { link }),
    action: { verb: 'link-up', link },
    inverse: { ...tell('hostLinkOff', { link }), action: { verb: 'link-down', link } },
  };
  return [
    ...(isIpv6Off ? [] : [off]),
    {
      ...tell('hostPortJoin', { link, bridge }),
      action: { verb: 'master-set', link, master: bridge },
      inverse: { ...tell('hostPortLeave', { link, bridge }), action: { verb: 'master-clear', link } },
    },
    ...(isUp ? [] : [up]),
    { ...tell('hostLinkOn', { link: bridge }), action: { verb: 'link-up', link: bridge } },
  ];
}

function leaving({ name: link, isIpv6Off }: InterfaceDevice, bridge: string): readonly InterfaceStep[] {
  const on: InterfaceStep = {
    ...tell('hostIpv6On', { link }),
    action: { verb: 'ipv6-on', link },
    inverse: { ...tell('hostIpv6Off', { link }), action: { verb: 'ipv6-off', link } },
  };
  return [
    {
      ...tell('hostPortLeave', { link, bridge }),
      action: { verb: 'master-clear', link },
      inverse: { ...tell('hostPortJoin', { link, bridge }), action: { verb: 'master-set', link, master: bridge } },
    },
    ...(isIpv6Off ? [on] : []),
  ];
}

/** One thing, one way or the other. */
function either(
  isGiven: boolean,
  give: Told & { readonly action: InterfaceAction },
  take: Told & { readonly action: InterfaceAction },
): InterfaceStep {
  return isGiven ? { ...give, inverse: take } : { ...take, inverse: give };
}

function addressStep(way: 'take' | 'give', found: InterfaceAddress, link: string): InterfaceStep {
  const { isAutomatic: _, ...address } = found;
  const text = `${address.address}/${address.prefix}`;
  return either(
    way === 'give',
    { ...tell('hostAddressGive', { link, address: text }), action: { verb: 'address-add', link, address } },
    { ...tell('hostAddressTake', { link, address: text }), action: { verb: 'address-delete', link, address } },
  );
}

function routeStep(way: 'take' | 'give', route: InterfaceRoute, link: string): InterfaceStep {
  const [give, take] = routeWords(route, link);
  return either(
    way === 'give',
    { ...give, action: { verb: 'route-add', route } },
    { ...take, action: { verb: 'route-delete', route } },
  );
}

function routeWords({ destination, gateway }: InterfaceRoute, link: string): readonly [give: Told, take: Told] {
  if (gateway === undefined) {
    const values = { destination, link };
    return [tell('hostRouteDirect', values), tell('hostRouteDirectTake', values)];
  }
  if (destination === 'default') {
    const values = { gateway, link };
    return [tell('hostRouteDefault', values), tell('hostRouteDefaultTake', values)];
  }
  const values = { destination, gateway, link };
  return [tell('hostRoute', values), tell('hostRouteTake', values)];
}

interface DhcpHandOver {
  readonly client: DhcpClient;
  readonly link: string;
  readonly from: string;
  readonly isByDuid: boolean;
}

function dhcpStep(way: 'start' | 'stop', { client, link, from, isByDuid }: DhcpHandOver): InterfaceStep {
  const byDuid = isByDuid ? { byDuid: true as const } : {};
  return either(
    way === 'start',
    { ...tell('hostDhcpStart', { client, link }), action: { verb: 'dhcp-start', client, link, from, ...byDuid } },
    { ...tell('hostDhcpStop', { client, link }), action: { verb: 'dhcp-stop', client, link } },
  );
}
