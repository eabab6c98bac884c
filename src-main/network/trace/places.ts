/** The ends of a trace on this host: behind which device each is, in which network, with which address. Pure. */
import { contains, formatAddress, parseAddress, type Subnet } from '../../../src-shared/model/network-address.ts';
import type { TraceCard, TraceEnd, TraceTarget } from '../../../src-shared/model/network-trace.ts';
import { subnetOf } from '../../../src-shared/model/network-subnet.ts';
import type { NetworkFact, RouteQuery, TraceFacts } from './facts.ts';

export interface GuestPlace {
  readonly kind: 'guest';
  readonly at: TraceEnd;
  readonly name: string;
  /** Absent when any machine of the network is meant. */
  readonly card?: TraceCard;
  readonly network?: NetworkFact;
  /** The host's device that it is behind. */
  readonly bridge?: string;
  readonly address?: string;
  /** How the address is known; `example` is one that a guest of the network could have. */
  readonly addressFrom?: 'guest' | 'lease' | 'neighbour' | 'reservation' | 'example';
  readonly addressLine?: string;
}

/** A machine behind QEMU's own network. */
export interface UserPlace {
  readonly kind: 'user';
  readonly at: TraceEnd;
  readonly name: string;
  readonly card: TraceCard;
}

export type TracePlace =
  | GuestPlace
  | UserPlace
  | { readonly kind: 'host'; readonly at: TraceEnd; readonly name: string }
  | { readonly kind: 'internet'; readonly at: TraceEnd; readonly name: string; readonly address: string };

/** An address that only the way out leads to; nothing is sent there. */
const anywhere = '1.1.1.1';

type SomeFacts = Pick<TraceFacts, 'networks' | 'neighbours' | 'links'>;

export function placeOf(target: TraceTarget, facts: SomeFacts): TracePlace {
  switch (target.kind) {
    case 'host':
      return { kind: 'host', at: target, name: 'the host' };
    case 'internet': {
      const { address = anywhere } = target;
      return { kind: 'internet', at: target, name: target.address ?? 'the Internet', address };
    }
    case 'network': {
      const network = facts.networks.find(({ uuid }) => uuid === target.uuid);
      const bridge = network?.definition.bridge?.name;
      const address = network === undefined ? undefined : exampleOf(network);
      return {
        ...{ kind: 'guest', at: target, name: `a machine of '${network?.name ?? target.uuid}'` },
        ...(network === undefined ? {} : { network }),
        ...(bridge === undefined ? {} : { bridge }),
        ...(address === undefined ? {} : { address, addressFrom: 'example' as const }),
      };
    }
    case 'card':
      return cardPlace(target, facts);
  }
}

function cardPlace(card: TraceCard, facts: SomeFacts): TracePlace {
  const at: TraceEnd = {
    kind: 'machine',
    uuid: card.machine,
    ...(card.mac === undefined ? {} : { mac: card.mac }),
  };
  if (card.type === 'user') return { kind: 'user', at, name: card.name, card };
  const network = facts.networks.find(
    ({ name, definition }) =>
      card.source === name || (card.type === 'bridge' && card.source === definition.bridge?.name),
  );
  const bridge = network?.definition.bridge?.name ?? (card.type === 'bridge' ? card.source : undefined);
  return {
    ...{ kind: 'guest', at, name: card.name, card },
    ...(network === undefined ? {} : { network }),
    ...(bridge === undefined ? {} : { bridge }),
    ...addressOf(card, network, bridge, facts),
  };
}

type Known = Pick<GuestPlace, 'address' | 'addressFrom' | 'addressLine'>;

const isFour = (address: string): boolean => parseAddress(address)?.family === 'ipv4';
const isLinkLocal = (address: string): boolean => /^fe80:/i.test(address);

/** IPv4 before IPv6; what the guest says before what it was given. */
function addressOf(
  card: TraceCard,
  network: NetworkFact | undefined,
  bridge: string | undefined,
  { neighbours }: SomeFacts,
): Known {
  const own = card.addresses
    .filter((address) => !isLinkLocal(address))
    .sort((a, b) => Number(isFour(b)) - Number(isFour(a)));
  const [said] = own;
  if (said !== undefined) return { address: said, addressFrom: 'guest', addressLine: own.join(' ') };
  const mac = card.mac?.toLowerCase();
  const leases = (network?.leases ?? []).filter((lease) => lease.mac?.toLowerCase() === mac && mac !== undefined);
  const lease = leases.find(({ family }) => family === 'ipv4') ?? leases[0];
  if (lease !== undefined) {
    const line = `${lease.address}/${lease.prefix} ${lease.mac ?? ''} ${lease.hostname ?? ''}`.trim();
    return { address: lease.address, addressFrom: 'lease', addressLine: line };
  }
  const seen = neighbours.filter(
    (each) => each.mac === mac && mac !== undefined && each.device === bridge && !isLinkLocal(each.address),
  );
  const neighbour = seen.find(({ address }) => isFour(address)) ?? seen[0];
  if (neighbour !== undefined) {
    return { address: neighbour.address, addressFrom: 'neighbour', addressLine: neighbour.line };
  }
  return {};
}

export const subnetsOf = (network: NetworkFact | undefined): readonly Subnet[] =>
  (network?.definition.ip ?? []).flatMap((ip) => subnetOf(ip) ?? []);

/** The host's own address in a network, of the family of another address. */
export function hostAddressIn(network: NetworkFact | undefined, like: string | undefined): string | undefined {
  const family = like === undefined ? 'ipv4' : parseAddress(like)?.family;
  const subnets = subnetsOf(network);
  const subnet = subnets.find((each) => each.family === family) ?? subnets[0];
  return subnet === undefined ? undefined : formatAddress(subnet);
}

function exampleOf(network: NetworkFact): string | undefined {
  const ip = network.definition.ip.find((each) => subnetOf(each) !== undefined);
  const subnet = ip === undefined ? undefined : subnetOf(ip);
  if (ip === undefined || subnet === undefined) return undefined;
  const first = ip.dhcp?.range[0]?.start;
  if (first !== undefined) return first;
  const next = { family: subnet.family, value: subnet.value + 1n };
  return formatAddress(contains(subnet, next) ? next : { family: subnet.family, value: subnet.value - 1n });
}

export const addressOfPlace = (place: TracePlace): string | undefined =>
  place.kind === 'guest' || place.kind === 'internet' ? place.address : undefined;

/** The way a packet takes through the host, as far as it is known beforehand. */
export function routeQuery(from: TracePlace, to: TracePlace): RouteQuery | undefined {
  const destination = addressOfPlace(to);
  if (destination === undefined || (from.kind === 'guest' && to.kind === 'guest' && from.bridge === to.bridge)) {
    return undefined;
  }
  const source = addressOfPlace(from);
  if (from.kind === 'guest' && from.bridge !== undefined && source !== undefined) {
    return { to: destination, from: { address: source, device: from.bridge } };
  }
  return { to: destination };
}
