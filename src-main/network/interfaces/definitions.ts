/** Definitions of interfaces made from what runs: what is written down when nothing was configured before. Pure. */
import type { HostInterface, InterfaceProtocol } from '../../../src-shared/model/host-interface.ts';
import type { InterfaceDevice, InterfaceFacts } from './facts.ts';
import type { BridgeShape } from './plan-live.ts';

export type Named = HostInterface & { readonly name: string };

/** Of what is configured for a device, or of what it has at present. */
export function protocolsOf(device: InterfaceDevice, facts: InterfaceFacts): readonly InterfaceProtocol[] {
  const configured = facts.configured.find(({ name }) => name === device.name);
  if (configured !== undefined && configured.protocol.length > 0) return configured.protocol;
  return (['ipv4', 'ipv6'] as const).flatMap((family) => protocolOf(family, device, facts));
}

function protocolOf(
  family: 'ipv4' | 'ipv6',
  { name, addresses }: InterfaceDevice,
  { routes, dhcpClients }: InterfaceFacts,
): InterfaceProtocol[] {
  const own = addresses.filter((each) => each.family === family);
  const fixed = own.filter(({ isAutomatic }) => !isAutomatic);
  const gateway = routes.find(
    (route) =>
      route.family === family && route.device === name && route.destination === 'default' && route.protocol !== 'ra',
  )?.gateway;
  const isDhcp = family === 'ipv4' && dhcpClients[name] !== undefined;
  const isAnnounced = family === 'ipv6' && own.some(({ isAutomatic, scope }) => isAutomatic && scope !== 'link');
  const protocol: InterfaceProtocol = {
    family,
    ...(isAnnounced ? { autoconf: true } : {}),
    ...(isDhcp ? { dhcp: {} } : {}),
    ip: isDhcp ? [] : fixed.map(({ address, prefix }) => ({ address, prefix })),
    route: isDhcp || gateway === undefined ? [] : [{ gateway }],
  };
  return isDhcp || isAnnounced || protocol.ip.length > 0 ? [protocol] : [];
}

export function bridgeDefinition(device: InterfaceDevice, shape: BridgeShape, facts: InterfaceFacts): Named {
  const { bridge, stp, delaySeconds } = shape;
  const configured = facts.configured.find(({ name }) => name === device.name);
  return {
    type: 'bridge',
    name: bridge,
    start: { mode: configured?.start?.mode ?? 'onboot' },
    ...(device.mtu === 1500 ? {} : { mtu: { size: device.mtu } }),
    protocol: [...protocolsOf(device, facts)],
    ...(device.mac === undefined ? {} : { mac: { address: device.mac } }),
    bridge: { stp, delay: String(delaySeconds), interface: [portDefinition(device)] },
  };
}

type Port = NonNullable<Extract<HostInterface, { readonly type: 'bridge' }>['bridge']>['interface'][number];

function portDefinition({ name, mac, vlan, bond }: InterfaceDevice): Port {
  if (vlan !== undefined) {
    const { tag, parent } = vlan;
    return { type: 'vlan', name, protocol: [], vlan: { tag, interface: { name: parent } } };
  }
  if (bond !== undefined) return { type: 'bond', name, protocol: [], bond: { interface: [] } };
  return { type: 'ethernet', name, protocol: [], ...(mac === undefined ? {} : { mac: { address: mac } }) };
}

/** What a former port is on its own again, with what its bridge had. */
export function portAlone(bridge: InterfaceDevice, port: InterfaceDevice, facts: InterfaceFacts): Named {
  const protocol = [...protocolsOf(bridge, facts)];
  return { ...portDefinition(port), name: port.name, start: { mode: 'onboot' }, protocol };
}

/** The devices that a definition takes as ports. */
export function portsOf(definition: HostInterface): readonly string[] {
  const ports =
    definition.type === 'bridge'
      ? definition.bridge?.interface
      : definition.type === 'bond'
        ? definition.bond?.interface
        : undefined;
  return (ports ?? []).flatMap(({ name }) => name ?? []);
}
