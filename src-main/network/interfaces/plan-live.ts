/**
 * Moving what an interface has onto a bridge over it, and back, in the running kernel: addresses, routes, the DHCP client,
 * IPv6. For keepers that leave the kernel's state alone once it is made (ifupdown, plain `ip`). Pure.
 */
import type { Step } from '../../host/step.ts';
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
}

export interface Surroundings {
  readonly routes: readonly InterfaceRoute[];
  readonly dhcpClients: Readonly<Record<string, DhcpClient>>;
}

export function belongingsOf({ name, addresses }: InterfaceDevice, { routes, dhcpClients }: Surroundings): Belongings {
  return {
    addresses: addresses.filter(({ isAutomatic }) => !isAutomatic),
    routes: routes.filter(({ device, protocol }) => device === name && protocol !== 'kernel' && protocol !== 'ra'),
    dhcp: dhcpClients[name],
  };
}

/** Makes a bridge over a device. Every inverse stands for itself: the device is put back before the bridge goes. */
export function planOver(device: InterfaceDevice, shape: BridgeShape, around: Surroundings): readonly InterfaceStep[] {
  const { bridge: link } = shape;
  const { name, mac, mtu, acceptRa } = device;
  const made: InterfaceStep = {
    sentence: `Create the bridge ${link}${mac === undefined ? '' : `, with the hardware address ${mac} of ${name}`}.`,
    action: {
      ...{ verb: 'bridge-add', link, mtu, stp: shape.stp, forwardDelaySeconds: shape.delaySeconds },
      ...(mac === undefined ? {} : { mac }),
      ...(acceptRa === undefined ? {} : { acceptRa }),
    },
    inverse: { sentence: `Remove the bridge ${link}.`, action: { verb: 'link-delete', link, kind: 'bridge' } },
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
    sentence: `Remove the bridge ${name}.`,
    action: { verb: 'link-delete', link: name, kind: 'bridge' },
    inverse: { sentence: `Create the bridge ${name} again.`, action: remake },
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
  { addresses, routes, dhcp }: Belongings,
  between: readonly InterfaceStep[],
): readonly InterfaceStep[] {
  const { name } = from;
  const stopDhcp = dhcp === undefined ? [] : [dhcpStep('stop', dhcp, name)];
  const startDhcp = dhcp === undefined ? [] : [dhcpStep('start', dhcp, to)];
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
  const { name, isUp, isIpv6Off } = device;
  const off: InterfaceStep = {
    sentence: `Switch IPv6 off on ${name} itself: the bridge answers instead.`,
    action: { verb: 'ipv6-off', link: name },
    inverse: { sentence: `Switch IPv6 on on ${name} again.`, action: { verb: 'ipv6-on', link: name } },
  };
  const up: InterfaceStep = {
    sentence: `Switch ${name} on.`,
    action: { verb: 'link-up', link: name },
    inverse: { sentence: `Switch ${name} off.`, action: { verb: 'link-down', link: name } },
  };
  return [
    ...(isIpv6Off ? [] : [off]),
    {
      sentence: `Make ${name} a port of ${bridge}.`,
      action: { verb: 'master-set', link: name, master: bridge },
      inverse: { sentence: `Take ${name} out of ${bridge}.`, action: { verb: 'master-clear', link: name } },
    },
    ...(isUp ? [] : [up]),
    { sentence: `Switch ${bridge} on.`, action: { verb: 'link-up', link: bridge } },
  ];
}

function leaving(port: InterfaceDevice, bridge: string): readonly InterfaceStep[] {
  const on: InterfaceStep = {
    sentence: `Switch IPv6 on on ${port.name}.`,
    action: { verb: 'ipv6-on', link: port.name },
    inverse: { sentence: `Switch IPv6 off on ${port.name}.`, action: { verb: 'ipv6-off', link: port.name } },
  };
  return [
    {
      sentence: `Take ${port.name} out of ${bridge}.`,
      action: { verb: 'master-clear', link: port.name },
      inverse: {
        ...{ sentence: `Make ${port.name} a port of ${bridge} again.` },
        action: { verb: 'master-set', link: port.name, master: bridge },
      },
    },
    ...(port.isIpv6Off ? [on] : []),
  ];
}

function addressStep(way: 'take' | 'give', found: InterfaceAddress, link: string): InterfaceStep {
  const { isAutomatic: _, ...address } = found;
  const text = `${address.address}/${address.prefix}`;
  const give = {
    sentence: `Give ${link} the address ${text}.`,
    action: { verb: 'address-add', link, address },
  } as const;
  const take = {
    sentence: `Take the address ${text} from ${link}.`,
    action: { verb: 'address-delete', link, address },
  } as const;
  return way === 'give' ? { ...give, inverse: take } : { ...take, inverse: give };
}

function routeStep(way: 'take' | 'give', route: InterfaceRoute, link: string): InterfaceStep {
  const via = route.gateway === undefined ? '' : ` via ${route.gateway}`;
  const where = route.destination === 'default' ? 'everywhere else' : route.destination;
  const give = { sentence: `Route ${where}${via} over ${link}.`, action: { verb: 'route-add', route } } as const;
  const take = {
    sentence: `Take the route to ${where}${via} from ${link}.`,
    action: { verb: 'route-delete', route },
  } as const;
  return way === 'give' ? { ...give, inverse: take } : { ...take, inverse: give };
}

function dhcpStep(way: 'start' | 'stop', client: DhcpClient, link: string): InterfaceStep {
  const start = {
    sentence: `Start the DHCP client ${client} on ${link}.`,
    action: { verb: 'dhcp-start', client, link },
  } as const;
  const stop = {
    sentence: `Stop the DHCP client ${client} on ${link}; the address stays.`,
    action: { verb: 'dhcp-stop', client, link },
  } as const;
  return way === 'start' ? { ...start, inverse: stop } : { ...stop, inverse: start };
}
