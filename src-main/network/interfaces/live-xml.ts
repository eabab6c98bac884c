/** An interface as it runs, in the words and with the omissions of libvirt's udev backend. Pure. */
import type { HostInterface } from '../../../src-shared/model/host-interface.ts';
import type { InterfaceDevice, InterfaceFacts } from './facts.ts';

type LinkState = NonNullable<NonNullable<HostInterface['link']>['state']>;
const linkStates: readonly string[] = ['unknown', 'notpresent', 'down', 'lowerlayerdown', 'testing', 'dormant', 'up'];

type BridgePort = NonNullable<Extract<HostInterface, { readonly type: 'bridge' }>['bridge']>['interface'][number];
type BondPort = NonNullable<Extract<HostInterface, { readonly type: 'bond' }>['bond']>['interface'][number];

/** The machines' ends: upstream knows them by their names. */
const isMachines = (name: string): boolean => /^vnet\d/.test(name);

export function liveDefinition(device: InterfaceDevice, facts: InterfaceFacts): HostInterface {
  const head = { name: device.name, mtu: { size: device.mtu }, protocol: [] };
  switch (device.kind) {
    case 'bridge': {
      const { stp = '0', forwardDelay = '0' } = device.bridge ?? {};
      const ports = portsOf(device, facts).filter(({ name }) => !isMachines(name));
      const bridge = { stp: stp === '1', delay: forwardDelay, interface: ports.map((port) => bridgePort(port, facts)) };
      return { type: 'bridge', ...head, bridge };
    }
    case 'bond':
      return { type: 'bond', ...head, ...linkOf(device), bond: bondOf(device, facts) };
    case 'vlan':
      return { type: 'vlan', ...head, ...linkOf(device), ...vlanOf(device) };
    default:
      return { type: 'ethernet', ...head, ...linkOf(device), ...macOf(device) };
  }
}

const portsOf = ({ name }: InterfaceDevice, { devices }: InterfaceFacts): readonly InterfaceDevice[] =>
  devices.filter(({ master }) => master === name).sort((a, b) => (a.name < b.name ? -1 : 1));

function linkOf({ state, speedMbit }: InterfaceDevice): Pick<HostInterface, 'link'> {
  if (!linkStates.includes(state)) return {};
  return { link: { ...(speedMbit === undefined ? {} : { speed: speedMbit }), state: state as LinkState } };
}

const macOf = ({ mac }: InterfaceDevice): { mac?: { address: string } } =>
  mac === undefined ? {} : { mac: { address: mac } };

const vlanOf = ({ vlan }: InterfaceDevice): Pick<Extract<HostInterface, { readonly type: 'vlan' }>, 'vlan'> => ({
  vlan: vlan === undefined ? { tag: 0 } : { tag: vlan.tag, interface: { name: vlan.parent } },
});

function bondOf(
  device: InterfaceDevice,
  facts: InterfaceFacts,
): NonNullable<Extract<HostInterface, { readonly type: 'bond' }>['bond']> {
  const { mode = 'balance-rr', miimonMs = 0 } = device.bond ?? {};
  const ports = portsOf(device, facts).map(
    (port): BondPort => ({
      ...{ type: 'ethernet', name: port.name, protocol: [] },
      ...linkOf(port),
      ...macOf(port),
    }),
  );
  return {
    mode: mode as NonNullable<NonNullable<Extract<HostInterface, { readonly type: 'bond' }>['bond']>['mode']>,
    ...(miimonMs > 0 ? { miimon: { freq: miimonMs } } : {}),
    interface: ports,
  };
}

function bridgePort(port: InterfaceDevice, facts: InterfaceFacts): BridgePort {
  const { name } = port;
  if (port.kind === 'vlan') return { type: 'vlan', name, protocol: [], ...linkOf(port), ...vlanOf(port) };
  if (port.kind === 'bond') return { type: 'bond', name, protocol: [], ...linkOf(port), bond: bondOf(port, facts) };
  return { type: 'ethernet', name, protocol: [], ...linkOf(port), ...macOf(port) };
}
