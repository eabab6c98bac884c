/** What is connected to what: machines, networks, the host's devices, the Internet. Pure. */
import { forwardDevice, hasDhcp } from '../../../../src-shared/model/network-subnet.ts';
import type { NetworkLease, NetworkSummary } from '../../../../src-shared/model/network-summary.ts';
import type { HostDevice, NetworkCard } from '../../../../src-shared/model/network-view.ts';
import type { Network } from '../../../../src-shared/model/network.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { leadsTo } from '../machines-of.ts';
import { hasOwnBridge } from '../edit/network-edit.ts';
import { modeOfSummary } from '../mode-of.ts';

export type TopologyNode =
  | { readonly id: string; readonly kind: 'internet' }
  /** Forwards for networks that name no device of their own. */
  | { readonly id: string; readonly kind: 'host' }
  | { readonly id: string; readonly kind: 'device'; readonly device: HostDevice; readonly ports: readonly string[] }
  | { readonly id: string; readonly kind: 'network'; readonly network: NetworkSummary }
  /** QEMU's own network, one a machine. */
  | { readonly id: string; readonly kind: 'user' }
  /** Named by a card, but not there. */
  | { readonly id: string; readonly kind: 'missing'; readonly name: string }
  | {
      readonly id: string;
      readonly kind: 'machine';
      readonly machine: Machine;
      readonly cards: readonly NetworkCard[];
    };

/**
 * `next`: it will be there from the next boot on. `unaddressed`: its network hands out addresses, and the guest has none.
 * `idle`: an end of it is off. `unplugged`: the guest sees no link. `broken`: it leads nowhere.
 */
export type CableState = 'up' | 'unaddressed' | 'next' | 'idle' | 'unplugged' | 'broken';

export interface Cable {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly state: CableState;
  /** The card at its right end. */
  readonly card?: NetworkCard;
  /** The guest's, at that end. */
  readonly address?: string;
}

export interface Topology {
  readonly nodes: readonly TopologyNode[];
  readonly cables: readonly Cable[];
  /** Machines that are not shown, for there are too many. */
  readonly hidden: number;
}

export interface TopologyParts {
  readonly networks: readonly NetworkSummary[];
  readonly definitions: ReadonlyMap<string, Network>;
  readonly devices: readonly HostDevice[];
  readonly cards: readonly NetworkCard[];
  readonly machines: readonly Machine[];
  /** By their networks. */
  readonly leases?: ReadonlyMap<string, readonly NetworkLease[]>;
}

/** More would be a carpet; the table has them all. */
const shownMachines = 400;

export function topologyOf(parts: TopologyParts, most = shownMachines): Topology {
  const { networks, devices, cards, machines } = parts;
  const devicesShown = outerDevices(devices, networks);
  const deviceNodes = devicesShown.map((device): TopologyNode => {
    const ports = devices.filter(({ master }) => master === device.name).map(({ name }) => name);
    return { id: `device ${device.name}`, kind: 'device', device, ports };
  });
  const ends = new Map(cards.map((card) => [card, endOf(card, networks, devicesShown)]));
  const order = [...networks.map(({ uuid }) => `network ${uuid}`), 'user'];
  const rank = (machine: Machine): number => {
    const first = cards.find((card) => card.machine === machine.uuid);
    const place = first === undefined ? -1 : order.indexOf(ends.get(first)?.id ?? '');
    return place < 0 ? order.length : place;
  };
  const connected = [...machines].sort(
    (a, b) => Number(b.id !== undefined) - Number(a.id !== undefined) || a.name.localeCompare(b.name),
  );
  const shown = connected.slice(0, most).sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  const machineNodes = shown.map((machine): TopologyNode => {
    const own = cards.filter((card) => card.machine === machine.uuid).sort((a, b) => a.index - b.index);
    return { id: `machine ${machine.uuid}`, kind: 'machine', machine, cards: own };
  });
  const cardCables = machineNodes.flatMap((node): Cable[] =>
    node.kind !== 'machine'
      ? []
      : node.cards.flatMap((card) => {
          const end = ends.get(card);
          if (end === undefined) return [];
          const address = addressOf(node.machine, card, end, node.cards.length, parts);
          const state = cableState(node.machine, card, end, address, parts);
          const id = `card ${card.machine} ${card.index}`;
          const later = laterEnd(card, networks, devicesShown);
          return [
            { id, from: end.id, to: node.id, state, card, ...(address === undefined ? {} : { address }) },
            ...(later === undefined
              ? []
              : [{ id: `next ${id}`, from: later.id, to: node.id, state: 'next' as const, card }]),
          ];
        }),
  );
  const later = cards.map((card) => laterEnd(card, networks, devicesShown));
  const others = [...ends.values(), ...later].flatMap((end) =>
    end?.kind === 'user' || end?.kind === 'missing' ? [end] : [],
  );
  const extra = [...new Map(others.map((end) => [end.id, end])).values()];
  const uplinks = uplinkCables(parts, deviceNodes);
  const needsHost = uplinks.some(({ from }) => from === host.id);
  return {
    nodes: [
      internet,
      ...(needsHost ? [host] : []),
      ...deviceNodes,
      ...networks.map((network): TopologyNode => ({ id: `network ${network.uuid}`, kind: 'network', network })),
      ...extra,
      ...machineNodes,
    ],
    cables: [...uplinks, ...cardCables],
    hidden: connected.length - shown.length,
  };
}

const internet: TopologyNode = { id: 'internet', kind: 'internet' };
const host: TopologyNode = { id: 'host', kind: 'host' };

/** The devices that lead outside, or that machines are on: no ports of others, no bridges of networks, nothing made up. */
function outerDevices(devices: readonly HostDevice[], networks: readonly NetworkSummary[]): readonly HostDevice[] {
  const own = new Set(networks.filter((each) => hasOwnBridge(modeOfSummary(each))).map(({ bridge }) => bridge));
  return devices.filter(({ name, kind, master }) => master === undefined && kind !== 'virtual' && !own.has(name));
}

/** Where a card's cable ends. */
export function endOf(
  card: NetworkCard,
  networks: readonly NetworkSummary[],
  devices: readonly HostDevice[],
): TopologyNode | undefined {
  if (card.type === 'user') return { id: 'user', kind: 'user' };
  const { source } = card;
  if (source === undefined) return undefined;
  const network = networks.find((each) => leadsTo(card, each));
  if (network !== undefined) return { id: `network ${network.uuid}`, kind: 'network', network };
  const device = devices.find(({ name }) => name === source);
  if (device !== undefined) return { id: `device ${device.name}`, kind: 'device', device, ports: [] };
  return { id: `missing ${source}`, kind: 'missing', name: source };
}

/** Where it ends from the next boot on, when that is elsewhere. */
export function laterEnd(
  card: NetworkCard,
  networks: readonly NetworkSummary[],
  devices: readonly HostDevice[],
): TopologyNode | undefined {
  const { next, source: _source, ...rest } = card;
  return next === undefined ? undefined : endOf({ ...rest, ...next }, networks, devices);
}

type AddressParts = Pick<TopologyParts, 'definitions' | 'leases'>;

/** What the guest was given there; a machine with one card has what is known of the machine. */
export function addressOf(
  { id, addresses }: Machine,
  { mac }: NetworkCard,
  end: TopologyNode,
  count: number,
  { leases }: AddressParts,
): string | undefined {
  if (id === undefined || end.kind === 'missing') return undefined;
  const own = end.kind === 'network' ? (leases?.get(end.network.uuid) ?? []) : [];
  const given = own.filter((lease) => mac !== undefined && lease.mac?.toLowerCase() === mac.toLowerCase());
  const lease = given.find(({ family }) => family === 'ipv4') ?? given[0];
  return lease?.address ?? (count === 1 ? addresses[0] : undefined);
}

/** As `cardState`, and whether the guest still lacks the address that the network would give it. */
export function cableState(
  machine: Machine,
  card: NetworkCard,
  end: TopologyNode,
  address: string | undefined,
  { definitions }: AddressParts,
): CableState {
  const state = cardState(machine, card, end);
  if (state !== 'up' || end.kind !== 'network' || address !== undefined) return state;
  return definitions.get(end.network.uuid)?.ip.some(hasDhcp) === true ? 'unaddressed' : state;
}

export function cardState(machine: Machine, card: NetworkCard, end: TopologyNode): CableState {
  if (end.kind === 'missing') return 'broken';
  if (!card.plugged) return 'unplugged';
  const isOn = end.kind === 'network' ? end.network.active : end.kind === 'device' ? end.device.up : true;
  return machine.id !== undefined && isOn ? 'up' : 'idle';
}

function uplinkCables(
  { networks, definitions }: TopologyParts,
  deviceNodes: readonly TopologyNode[],
): readonly Cable[] {
  const outside = deviceNodes.flatMap((node): Cable[] =>
    node.kind === 'device' && (node.device.addresses.length > 0 || node.ports.length > 0)
      ? [{ id: `outside ${node.id}`, from: internet.id, to: node.id, state: node.device.up ? 'up' : 'idle' }]
      : [],
  );
  const inner = networks.flatMap((network): Cable[] => {
    const mode = modeOfSummary(network);
    if (mode === 'isolated') return [];
    const definition = definitions.get(network.uuid);
    const device =
      mode === 'bridge' ? network.bridge : definition === undefined ? undefined : forwardDevice(definition);
    const known = deviceNodes.find((node) => node.kind === 'device' && node.device.name === device);
    const from = known?.id ?? (hasOwnBridge(mode) ? host.id : undefined);
    if (from === undefined) return [];
    const state = network.active ? 'up' : 'idle';
    return [{ id: `uplink ${network.uuid}`, from, to: `network ${network.uuid}`, state }];
  });
  const throughHost = inner.some(({ from }) => from === host.id);
  return [
    ...outside,
    ...(throughHost ? [{ id: 'outside host', from: internet.id, to: host.id, state: 'up' as const }] : []),
    ...inner,
  ];
}
