/**
 * From a machine's network card, and the network it names, to where it is plugged in and what the running machine shows
 * of it. Follows what upstream's `networkAllocatePort` decides. Pure.
 */
import type { Interface } from '../../../src-shared/model/domain/interface.ts';
import { ownsBridge } from '../../../src-shared/model/network-subnet.ts';
import type { Network, PortGroup } from '../../../src-shared/model/network.ts';
import { VirError } from '../../../src-shared/errors.ts';
import { networkError, networkInactive } from '../errors.ts';
import type { Port, PortEnd } from './port.ts';

/** The kinds of cards whose host end is made here. */
export type CableCard = Extract<Interface, { type: 'network' | 'bridge' | 'direct' | 'ethernet' }>;

export const isCableCard = (card: Interface): card is CableCard =>
  card.type === 'network' || card.type === 'bridge' || card.type === 'direct' || card.type === 'ethernet';

/** A network as it is looked up by name. */
export interface KnownNetwork {
  readonly uuid: string;
  readonly name: string;
  /** Undefined while it does not run. */
  readonly active: Network | undefined;
}

export interface HostDevices {
  /** What is there: kind (`bridge`, `tun`; absent for hardware), and MTU. */
  readonly find: (link: string) => { readonly kind?: string; readonly mtu: number } | undefined;
  /** How many macvtaps stand on a device. */
  readonly users: (lower: string) => number;
}

/** Where a card goes: everything of its port but what it is called. */
export interface Connection {
  readonly end: PortEnd;
  /** The name that the definition asks for. */
  readonly wantedLink?: string;
  readonly rest: Omit<Port, 'id' | 'owner' | 'mac' | 'link' | 'end'>;
}

/**
 * @param network answers for a name; only asked for cards of type 'network'
 * @throws VirError naming what can't be done, and what to do
 */
export function connectCard(card: CableCard, network: (name: string) => KnownNetwork, host: HostDevices): Connection {
  refuseUnsupported(card);
  switch (card.type) {
    case 'network':
      return toNetwork(card, network(card.source.network), host);
    case 'bridge':
      return toBridge(card, card.source.bridge, host, {});
    case 'direct':
      return toDevice(card, card.source.dev, card.source.mode, host, {});
    case 'ethernet':
      return alone(card, host);
  }
}

type Given = Pick<Port, 'network' | 'bandwidth' | 'isolated' | 'mtu'>;

function toNetwork(card: Extract<CableCard, { type: 'network' }>, known: KnownNetwork, host: HostDevices): Connection {
  const { active, name, uuid } = known;
  if (active === undefined) throw networkInactive(name);
  const group = portGroupOf(active, card.source.portgroup);
  refuse(card, 'VLAN tags', (card.vlan ?? group?.vlan ?? active.vlan) !== undefined, vlanCause);
  refuse(
    card,
    '<virtualport>',
    (card.virtualport ?? group?.virtualport ?? active.virtualport) !== undefined,
    switchCause,
  );
  refuse(
    card,
    'trustGuestRxFilters',
    (card.trustGuestRxFilters ?? group?.trustGuestRxFilters ?? active.trustGuestRxFilters) === true,
    filtersCause,
  );
  const bandwidth = card.bandwidth ?? group?.bandwidth;
  const isolated = (card.port?.isolated ?? active.port?.isolated) === true;
  const mtu = active.mtu?.size;
  const given: Given = {
    network: { uuid, name, ...(group === undefined ? {} : { portgroup: group.name }) },
    ...(bandwidth === undefined ? {} : { bandwidth }),
    ...(isolated ? { isolated } : {}),
    ...(mtu === undefined ? {} : { mtu }),
  };
  const { forward, bridge } = active;
  if (ownsBridge(active) || (forward?.mode === 'bridge' && bridge?.name !== undefined)) {
    return toBridge(card, bridge?.name ?? '', host, given);
  }
  switch (forward?.mode) {
    case 'bridge':
    case 'private':
    case 'vepa':
    case 'passthrough':
      return toDevice(card, freeDevice(active, forward.mode, host), forward.mode, host, given);
    default:
      throw unsupported(
        `The network '${name}' gives guests host devices (mode '${forward?.mode}'), which is not supported yet.`,
        'Choose a network with a bridge.',
      );
  }
}

/** @throws VirError when a port group is named that the network hasn't. */
export function portGroupOf({ name, portgroup }: Network, wanted: string | undefined): PortGroup | undefined {
  if (wanted === undefined) return portgroup.find((group) => group.default === true);
  const found = portgroup.find((group) => group.name === wanted);
  if (found !== undefined) return found;
  throw networkError('no-network', `network '${name}' doesn't have a portgroup '${wanted}'`, {
    fix: portgroup.length === 0 ? 'Name none.' : `It has: ${portgroup.map((group) => group.name).join(', ')}.`,
  });
}

/** Of several cards of the host, the one with the fewest guests. */
function freeDevice({ name, forward }: Network, mode: string, { users }: HostDevices): string {
  const listed = (forward?.interface ?? []).map(({ dev }) => dev);
  const devices = listed.length === 0 && forward?.dev !== undefined ? [forward.dev] : listed;
  const [best] = devices.toSorted((one, other) => users(one) - users(other));
  if (best === undefined) {
    throw networkError(
      'operation-failed',
      `network '${name}' requires exclusive access to interfaces, but none are available`,
      {
        fix: 'Name a card of the host in <forward dev>.',
      },
    );
  }
  if (mode === 'passthrough' && users(best) > 0) {
    throw networkError(
      'operation-failed',
      `network '${name}' requires exclusive access to interfaces, but none are available`,
      {
        cause: 'Each card of the host that it lists serves a guest already.',
      },
    );
  }
  return best;
}

function toBridge(card: CableCard, bridge: string, host: HostDevices, given: Given): Connection {
  const found = host.find(bridge);
  if (found === undefined) {
    throw networkError('operation-failed', `There is no bridge '${bridge}' on this host.`, {
      fix: "Make it, or choose another; 'vivarium iface-list' tells which there are.",
    });
  }
  if (found.kind !== undefined && found.kind !== 'bridge') {
    throw networkError('operation-failed', `'${bridge}' is a device of the kind '${found.kind}', not a bridge.`, {});
  }
  // As upstream: a guest's cable takes the size of the bridge it joins.
  const mtu = card.mtu?.size ?? given.mtu ?? (found.mtu === usualMtu ? undefined : found.mtu);
  return connection(card, { kind: 'tap', bridge, multiQueue: queuesOf(card) > 1 }, given, mtu);
}

function toDevice(
  card: CableCard,
  lower: string,
  mode: Extract<PortEnd, { kind: 'macvtap' }>['mode'],
  host: HostDevices,
  given: Given,
): Connection {
  refuse(card, '<port isolated>', given.isolated === true || card.port?.isolated === true, 'That takes a bridge.');
  if (host.find(lower) === undefined) {
    throw networkError('operation-failed', `There is no network device '${lower}' on this host.`, {
      fix: 'Choose another card of the host.',
    });
  }
  return connection(card, { kind: 'macvtap', lower, mode }, given, card.mtu?.size ?? given.mtu);
}

/** A tap in no bridge: one that is there, or a new one for whoever wants to use it. */
function alone(card: Extract<CableCard, { type: 'ethernet' }>, host: HostDevices): Connection {
  refuse(card, '<port isolated>', card.port?.isolated === true, 'That takes a bridge.');
  const wanted = card.target?.dev;
  if (card.target?.managed !== false) {
    return connection(card, { kind: 'tap', multiQueue: queuesOf(card) > 1 }, {}, card.mtu?.size);
  }
  const found = wanted === undefined ? undefined : host.find(wanted);
  if (found === undefined) {
    throw networkError('operation-failed', `The device '${wanted ?? ''}' of a card with managed='no' is not there.`, {
      fix: "Make it first ('ip tuntap add'), or leave managed='no' out.",
    });
  }
  refuse(card, '<bandwidth>', card.bandwidth !== undefined, 'The device is managed by somebody else.');
  return connection(card, { kind: 'given' }, {}, undefined);
}

function connection(card: CableCard, end: PortEnd, given: Given, mtu: number | undefined): Connection {
  const bandwidth = given.bandwidth ?? card.bandwidth;
  const floor = bandwidth?.inbound?.floor ?? 0;
  refuse(card, '<inbound floor>', floor > 0, 'Traffic can be limited here, not guaranteed.');
  const isolated = given.isolated === true || card.port?.isolated === true;
  // Names of the kernel's own pattern are chosen anew each time.
  const wanted = card.target?.dev;
  const isGenerated = end.kind !== 'given' && wanted !== undefined && /^(?:vnet|macvtap|macvlan)\d*$/.test(wanted);
  return {
    end,
    ...(wanted === undefined || isGenerated ? {} : { wantedLink: wanted }),
    rest: {
      ...(given.network === undefined ? {} : { network: given.network }),
      ...(bandwidth === undefined ? {} : { bandwidth }),
      ...(isolated ? { isolated } : {}),
      ...(mtu === undefined ? {} : { mtu }),
      ...(card.filterref === undefined
        ? {}
        : {
            filter: {
              filter: card.filterref.filter,
              parameter: card.filterref.parameter.map(({ name, value }) => ({ name, value })),
            },
          }),
    },
  };
}

const usualMtu = 1500;

export const queuesOf = (card: Interface): number => card.driver?.queues ?? 1;

/** What the running machine's definition says of a card that is plugged in. */
export function liveCard(card: CableCard, port: Port): CableCard {
  const target = { ...card.target, dev: port.link };
  const mtu = port.mtu === undefined ? {} : { mtu: { size: port.mtu } };
  const base = { ...card, target, ...mtu };
  const bandwidth = port.bandwidth === undefined ? {} : { bandwidth: port.bandwidth };
  if (base.type !== 'network' || port.network === undefined) return { ...base, ...bandwidth };
  const { name, portgroup } = port.network;
  const source = {
    ...{ network: name, portid: port.id, ip: [], route: [] },
    ...(portgroup === undefined ? {} : { portgroup }),
  };
  const isolated = port.isolated === true ? { port: { isolated: true } } : {};
  const { type: _type, source: _source, ...others } = { ...base, ...bandwidth, ...isolated };
  const { end } = port;
  switch (end.kind) {
    case 'macvtap':
      return { ...others, type: 'direct', source: { ...source, dev: end.lower, mode: end.mode } };
    case 'tap':
      return { ...others, type: 'network', source: { ...source, bridge: end.bridge } } as CableCard;
    case 'given':
      return base;
  }
}

/** Nothing is started with less than it asks for. */
function refuseUnsupported(card: CableCard): void {
  refuse(card, 'VLAN tags', card.vlan !== undefined, vlanCause);
  refuse(card, '<virtualport>', card.virtualport !== undefined, switchCause);
  refuse(card, 'trustGuestRxFilters', card.trustGuestRxFilters === true, filtersCause);
  refuse(card, '<coalesce>', card.coalesce !== undefined, undefined);
  const source = card.source;
  const hostAddresses = (source?.ip.length ?? 0) + (source?.route.length ?? 0);
  refuse(card, "Addresses of the host's end", hostAddresses > 0, 'Give the bridge, or the device, an address instead.');
  refuse(card, '<script>', (card.script ?? card.downscript) !== undefined, 'No program of a definition is run.');
}

const vlanCause = 'A bridge of Linux does not tag; that takes a switch such as Open vSwitch.';
const switchCause = 'That takes a switch such as Open vSwitch.';
const filtersCause = 'The address filters of guests are not followed.';

function refuse(card: CableCard, what: string, isAsked: boolean, cause: string | undefined): void {
  if (!isAsked) return;
  throw unsupported(
    `<interface> ${card.mac?.address ?? ''} of type '${card.type}': ${what} is not supported here.`,
    'Take it out of the definition.',
    cause,
  );
}

const unsupported = (message: string, fix: string, cause?: string): VirError =>
  new VirError({
    code: 'config-unsupported',
    domain: 'network',
    message,
    fix,
    ...(cause === undefined ? {} : { cause }),
  });
