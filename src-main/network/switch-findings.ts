/** What machines ask of a network's switch by its definition, and this host's switches can't do. Pure. */
import type { VirtualPort } from '../../src-shared/model/network-common.ts';
import { ownsBridge } from '../../src-shared/model/network-subnet.ts';
import type { NetworkFinding } from '../../src-shared/model/network-summary.ts';
import type { Network } from '../../src-shared/model/network.ts';
import { tell } from '../../src-shared/host-words.ts';
import { found } from './finding.ts';
import type { HostFacts } from './host-facts.ts';

type Facts = Pick<HostFacts, 'links' | 'programs' | 'switches'>;

/** VLANs, profiles of ports and address filters, of the network and of its port groups. */
export function switchFindings(network: Network, facts: Facts): NetworkFinding[] {
  return [
    ...profileFindings(network, facts),
    ...vlanFindings(network, facts),
    ...filterFindings(network),
    ...functionFindings(network, facts),
  ];
}

const partsOf = (network: Network): readonly Pick<Network, 'vlan' | 'virtualport' | 'trustGuestRxFilters'>[] => [
  network,
  ...network.portgroup,
];

const profileKinds = (network: Network): ReadonlySet<VirtualPort['type']> =>
  new Set(partsOf(network).flatMap(({ virtualport }) => virtualport?.type ?? []));

const asksForVlans = (network: Network): boolean => partsOf(network).some(({ vlan }) => vlan !== undefined);

function profileFindings(network: Network, { programs, switches }: Facts): NetworkFinding[] {
  const kinds = profileKinds(network);
  const bridge = network.forward?.mode === 'bridge' ? network.bridge?.name : undefined;
  const others = [...kinds].filter((kind) => kind !== undefined && kind !== 'openvswitch');
  const findings = others.map((kind) =>
    found('not-applied', 'warning', tell('notAppliedVirtualPort', { kind: kind ?? '' })),
  );
  if (!kinds.has('openvswitch')) {
    if (bridge === undefined || switches?.switchBridges?.includes(bridge) !== true) return findings;
    return [
      ...findings,
      found('is-open-vswitch', 'error', tell('isSwitch', { link: bridge }), tell('isSwitchFix', {})),
    ];
  }
  if (ownsBridge(network)) {
    return [...findings, found('own-bridge', 'warning', tell('switchOwn', {}), tell('switchOwnFix', {}))];
  }
  if (bridge === undefined) {
    return [...findings, found('not-applied', 'warning', tell('notAppliedVirtualPort', { kind: 'openvswitch' }))];
  }
  if (!programs.has('ovs-vsctl')) {
    return [...findings, found('no-open-vswitch', 'error', tell('noOpenVswitch', {}), tell('noOpenVswitchFix', {}))];
  }
  if (switches?.switchBridges?.includes(bridge) === true) return findings;
  const fix = tell('noSuchSwitchFix', { link: bridge });
  return [...findings, found('no-such-switch', 'error', tell('noSuchSwitch', { link: bridge }), fix)];
}

function vlanFindings(network: Network, { links, switches }: Facts): NetworkFinding[] {
  const { forward, bridge } = network;
  if (!asksForVlans(network)) return [];
  const named = forward?.mode === 'bridge' ? bridge?.name : undefined;
  if (!ownsBridge(network) && named === undefined) {
    // SR-IOV's cards tag by themselves.
    if (forward?.mode === 'hostdev') return [];
    return [found('not-applied', 'warning', tell('notAppliedVlan', { mode: forward?.mode ?? '' }))];
  }
  if (profileKinds(network).has('openvswitch')) return [];
  const bridges = links.filter(({ kind, name }) => kind === 'bridge' && (named === undefined || name === named));
  const filtering = switches?.bridgeVlans ?? {};
  const [unable] = bridges.filter(({ name }) => filtering[name] === undefined);
  if (unable !== undefined) {
    return [found('no-vlan-filtering', 'warning', tell('noVlanFiltering', {}), tell('noVlanFilteringFix', {}))];
  }
  if (named === undefined || filtering[named] !== false) return [];
  return [found('vlans-off', 'warning', tell('vlansOff', { link: named }), tell('vlansOffFix', { link: named }))];
}

const filterFindings = (network: Network): NetworkFinding[] =>
  partsOf(network).some(({ trustGuestRxFilters }) => trustGuestRxFilters === true)
    ? [found('not-applied', 'warning', tell('notAppliedRxFilters', {}))]
    : [];

/** Of the cards whose virtual functions a network gives away. */
function functionFindings({ forward }: Network, { links, switches }: Facts): NetworkFinding[] {
  return (forward?.pf ?? []).flatMap(({ dev }) => {
    // That it is not there is said already.
    if (!links.some(({ name }) => name === dev) || (switches?.functions?.[dev] ?? 0) > 0) return [];
    return [found('no-functions', 'error', tell('noFunctions', { link: dev }), tell('noFunctionsFix', { link: dev }))];
  });
}
