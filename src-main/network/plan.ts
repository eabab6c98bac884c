/** From a network and what the host has: the steps that make it run there, in upstream's order. Pure. */
import { formatAddress, formatSubnet } from '../../src-shared/model/network-address.ts';
import { ownsBridge, routeTarget, subnetOf } from '../../src-shared/model/network-subnet.ts';
import { tell } from '../../src-shared/host-words.ts';
import type { Told } from '../../src-shared/words.ts';
import type { NetworkFinding } from '../../src-shared/model/network-summary.ts';
import type { Network } from '../../src-shared/model/network.ts';
import type { Step } from '../host/steps.ts';
import type { NetworkAction } from './actions.ts';
import { dnsmasqFiles, needsDnsmasq } from './dnsmasq.ts';
import { bandwidthSteps } from './ports/bandwidth.ts';
import { dnsmasqPaths } from './dnsmasq-paths.ts';
import { networkFindings } from './findings.ts';
import { forwardRules, forwardSteps } from './firewall/port-forwards.ts';
import { hasRules, networkRules } from './firewall/rules.ts';
import { type HostFacts, sysctlOf } from './host-facts.ts';
import { namesSteps } from './names/plan-names.ts';
import { chooseZone } from './zone.ts';

export type NetworkStep = Step<NetworkAction>;

/** What an engine decides for all of its networks. */
export interface PlanSettings {
  /** The nftables table of this engine. */
  readonly table: string;
  /** Where dnsmasq's files are. */
  readonly folder: string;
}

/** A network that may start: it has a bridge with a name and a hardware address. */
export type ReadyNetwork = Network & {
  readonly bridge: NonNullable<Network['bridge']> & { readonly name: string };
  readonly mac: NonNullable<Network['mac']>;
};

export interface StartPlan {
  readonly steps: readonly NetworkStep[];
  readonly findings: readonly NetworkFinding[];
}

export const isReady = (network: Network): network is ReadyNetwork =>
  network.bridge?.name !== undefined && network.mac !== undefined;

/** @throws VirError `config-unsupported` for what no server or firewall can do. */
export function planStart(network: Network, host: HostFacts, settings: PlanSettings): StartPlan {
  const findings = networkFindings(network, network.bridge?.name ?? '', host);
  if (!ownsBridge(network)) return { steps: [], findings };
  if (!isReady(network)) throw new TypeError(`the network '${network.name}' was not completed`);
  const zone = chooseZone(network, host);
  return {
    findings: [...findings, ...zone.findings],
    steps: [
      bridgeStep(network),
      ...deviceSwitches(network),
      ...zone.steps,
      ...firewallSteps(network, host, settings),
      ...addressSteps(network),
      {
        ...tell('linkUp', { link: network.bridge.name }),
        action: { verb: 'link-up', link: network.bridge.name },
      },
      ...bandwidthSteps(network.bridge.name, network.bandwidth, true),
      ...routeSteps(network),
      ...forwardSteps(network, network.bridge.name, settings.table),
      ...forwardingSteps(network, host),
      ...dnsmasqSteps(network, settings),
      ...namesSteps(network, network.bridge.name, host.hasResolved === true),
    ],
  };
}

/** A network without STP named has it, with no delay. */
function bridgeStep({ name, bridge, mac, mtu }: ReadyNetwork): NetworkStep {
  const link = bridge.name;
  return {
    ...tell('bridgeCreate', { link, network: name }),
    action: {
      verb: 'bridge-add',
      link,
      mac: mac.address,
      stp: bridge.stp ?? true,
      forwardDelaySeconds: bridge.delay ?? 0,
      ...(mtu === undefined ? {} : { mtu: mtu.size }),
    },
    inverse: {
      ...tell('bridgeRemove', { link }),
      action: { verb: 'bridge-delete', link, mac: mac.address },
    },
  };
}

const hasFamily = ({ ip }: Network, family: 'ipv4' | 'ipv6'): boolean =>
  ip.some((item) => subnetOf(item)?.family === family);

/** A guest could otherwise become the host's router by announcing itself on the bridge. */
function deviceSwitches(network: ReadyNetwork): NetworkStep[] {
  const link = network.bridge.name;
  const key = (name: string): string => `net/ipv6/conf/${link}/${name}`;
  const set = (said: Told, values: readonly (readonly [string, string])[]): NetworkStep => ({
    ...said,
    action: { verb: 'sysctl-set', values: values.map(([name, value]) => ({ key: key(name), value })) },
  });
  return hasFamily(network, 'ipv6')
    ? [
        set(tell('ipv6Guard', { link }), [
          ['disable_ipv6', '0'],
          ['accept_ra', '0'],
          ['autoconf', '0'],
        ]),
      ]
    : [set(tell('ipv6Off', { link }), [['disable_ipv6', '1']])];
}

function firewallSteps(network: ReadyNetwork, host: HostFacts, { table }: PlanSettings): NetworkStep[] {
  if (!hasRules(network)) return [];
  const bridge = network.bridge.name;
  // Of what goes to guests from outside, forwarded ports are the exception.
  const rules = [...networkRules(network, bridge), ...forwardRules(network, bridge)];
  const purpose = purposeOf(network);
  if (useIptables(host)) {
    return [
      {
        ...tell(`iptables${purpose}`, {}),
        action: { verb: 'iptables-add', rules },
        inverse: { ...tell('iptablesRemove', {}), action: { verb: 'iptables-delete', rules } },
      },
    ];
  }
  // This one repairs checksums for DHCP clients of long ago; nftables has nothing for it.
  const nftRules = rules.filter(({ chain }) => chain !== 'mangle');
  return [
    {
      ...tell('nftTableCreate', { table }),
      shared: `nft-table-${table}`,
      action: { verb: 'nft-table-add', table },
      inverse: { ...tell('nftTableRemove', { table }), action: { verb: 'nft-table-delete', table } },
    },
    {
      ...tell(`nftRules${purpose}`, { table }),
      action: { verb: 'nft-network-set', table, bridge, rules: nftRules },
      inverse: {
        ...tell('nftRulesRemove', { link: bridge, table }),
        action: { verb: 'nft-network-delete', table, bridge },
      },
    },
  ];
}

/** Where iptables drops what it has no rule for, only a rule of iptables lets guests out. */
const useIptables = ({ programs, forwardPolicy }: HostFacts): boolean =>
  programs.has('iptables') && (!programs.has('nft') || forwardPolicy === 'drop');

function purposeOf({ forward }: Network): 'Nat' | 'Route' | 'Isolated' | 'Open' {
  switch (forward?.mode) {
    case 'nat':
      return 'Nat';
    case 'route':
      return 'Route';
    case undefined:
      return 'Isolated';
    default:
      return 'Open';
  }
}

function addressSteps(network: ReadyNetwork): NetworkStep[] {
  const link = network.bridge.name;
  return network.ip.flatMap((ip) => {
    const subnet = subnetOf(ip);
    if (subnet === undefined) return [];
    const address = `${formatAddress(subnet)}/${subnet.prefix}`;
    return [{ ...tell('addressAdd', { address, link }), action: { verb: 'address-add', link, address } }];
  });
}

function routeSteps(network: ReadyNetwork): NetworkStep[] {
  const link = network.bridge.name;
  return network.route.flatMap((route) => {
    const target = routeTarget(route);
    if (target === undefined) return [];
    const destination = formatSubnet(target);
    const metric = route.metric === undefined ? {} : { metric: route.metric };
    return [
      {
        ...tell('routeAdd', { destination, gateway: route.gateway, link }),
        action: { verb: 'route-add', link, destination, gateway: route.gateway, ...metric },
      },
    ];
  });
}

/**
 * Upstream leaves forwarding on for good. Here it goes off again with the last network that needs it, and what switching
 * it resets on the way is put back as it was.
 */
function forwardingSteps(network: ReadyNetwork, host: HostFacts): NetworkStep[] {
  if (network.forward === undefined) return [];
  const steps: NetworkStep[] = [];
  if (hasFamily(network, 'ipv4')) {
    steps.push(...forwardingStep('ipv4', 'net/ipv4/ip_forward', host));
  }
  if (hasFamily(network, 'ipv6')) steps.push(...forwardingStep('ipv6', 'net/ipv6/conf/all/forwarding', host));
  return steps;
}

function forwardingStep(family: 'ipv4' | 'ipv6', key: string, host: HostFacts): NetworkStep[] {
  const name = family === 'ipv4' ? 'IPv4' : 'IPv6';
  const former = sysctlOf(host, key);
  if (former === undefined) return [];
  const besides = Object.entries(host.sysctls)
    .filter(([other]) => other !== key && other.startsWith(`net/${family}/conf/`) && !other.endsWith('/accept_ra'))
    .map(([other, value]) => ({ key: other, value }));
  return [
    {
      ...tell('forwardingOn', { family: name }),
      shared: `forwarding-${family}`,
      action: { verb: 'sysctl-set', values: [{ key, value: '1' }] },
      ...(former === '1'
        ? {}
        : {
            inverse: {
              ...tell('forwardingOff', { family: name }),
              action: { verb: 'sysctl-set', values: [{ key, value: former }, ...besides] },
            },
          }),
    },
  ];
}

function dnsmasqSteps(network: ReadyNetwork, { folder }: PlanSettings): NetworkStep[] {
  if (!needsDnsmasq(network)) return [];
  const bridge = network.bridge.name;
  const { hosts, names } = dnsmasqPaths(folder, bridge);
  const files = dnsmasqFiles(network, bridge, { hosts, names });
  return [
    {
      ...tell('dnsmasqStart', { link: bridge }),
      // Its files.
      lasting: true,
      action: {
        verb: 'dnsmasq-start',
        ...{ folder, bridge, configuration: files.configuration, hosts: files.hosts, names: files.names },
      },
      inverse: {
        ...tell('dnsmasqStop', { link: bridge }),
        action: { verb: 'dnsmasq-stop', folder, bridge },
      },
    },
  ];
}
