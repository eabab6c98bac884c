/**
 * From a machine's network card, and the network it names, to where it is plugged in and what the running machine shows
 * of it. Follows what upstream's `networkAllocatePort` decides. Pure.
 */
import type { Interface } from '../../../src-shared/model/domain/interface.ts';
import { ownsBridge } from '../../../src-shared/model/network-subnet.ts';
import type { Network, PortGroup } from '../../../src-shared/model/network.ts';
import { VirError } from '../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';
import { networkError, networkInactive } from '../errors.ts';
import { parsePci } from '../sriov/functions.ts';
import { limitsOf } from './bandwidth.ts';
import type { CableCard, HostDevices, PluggedCard } from './card.ts';
import { freeFunction } from './functions.ts';
import { virtualPortElement } from './open-vswitch.ts';
import type { Port, PortEnd } from './port.ts';
import { type Asked, askedOf, checkVlans, switchPortOf } from './switching.ts';
import { vlanElement } from './vlans.ts';

/** A network as it is looked up by name. */
export interface KnownNetwork {
  readonly uuid: string;
  readonly name: string;
  /** Undefined while it does not run. */
  readonly active: Network | undefined;
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
      return toBridge(card, card.source.bridge, host, { asked: askedOf(card), isOurs: false });
    case 'direct':
      return toDevice(card, card.source.dev, card.source.mode, host, { asked: askedOf(card), isOurs: false });
    case 'ethernet':
      return alone(card, host);
  }
}

interface Given extends Pick<Port, 'network' | 'bandwidth' | 'isolated' | 'mtu'> {
  readonly asked: Asked;
  /** Whether the bridge is the network's own. */
  readonly isOurs: boolean;
}

function toNetwork(card: Extract<CableCard, { type: 'network' }>, known: KnownNetwork, host: HostDevices): Connection {
  const { active, name, uuid } = known;
  if (active === undefined) throw networkInactive(name);
  const group = portGroupOf(active, card.source.portgroup);
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
    asked: askedOf(card, group, active),
    isOurs: ownsBridge(active),
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
    case 'hostdev':
      return toFunction(card, active, host, given);
    default:
      throw new TypeError(`the network '${name}' leads nowhere`);
  }
}

/** @throws VirError when a port group is named that the network hasn't. */
export function portGroupOf({ name, portgroup }: Network, wanted: string | undefined): PortGroup | undefined {
  if (wanted === undefined) return portgroup.find((group) => group.default === true);
  const found = portgroup.find((group) => group.name === wanted);
  if (found !== undefined) return found;
  throw networkError('no-network', say`network '${name}' doesn't have a portgroup '${wanted}'`, {
    fix: portgroup.length === 0 ? say`Name none.` : say`It has: ${portgroup.map((group) => group.name).join(', ')}.`,
  });
}

/** Of several cards of the host, the one with the fewest guests. */
function freeDevice({ name, forward }: Network, mode: string, { users, functionsOf }: HostDevices): string {
  const functions = (forward?.pf ?? []).flatMap(({ dev }) => functionsOf(dev).flatMap(({ netdev }) => netdev ?? []));
  const listed = [...(forward?.interface ?? []).map(({ dev }) => dev), ...functions];
  const devices = listed.length === 0 && forward?.dev !== undefined ? [forward.dev] : listed;
  const [best] = devices.toSorted((one, other) => users(one) - users(other));
  if (best === undefined) {
    throw networkError(
      'operation-failed',
      say`network '${name}' requires exclusive access to interfaces, but none are available`,
      {
        fix: say`Name a card of the host in <forward dev>.`,
      },
    );
  }
  if (mode === 'passthrough' && users(best) > 0) {
    throw networkError(
      'operation-failed',
      say`network '${name}' requires exclusive access to interfaces, but none are available`,
      {
        cause: say`Each card of the host that it lists serves a guest already.`,
      },
    );
  }
  return best;
}

function toBridge(card: CableCard, bridge: string, host: HostDevices, given: Given): Connection {
  const found = host.find(bridge);
  if (found === undefined) {
    throw networkError('operation-failed', say`There is no bridge '${bridge}' on this host.`, {
      fix: say`Make it, or choose another; 'vivarium iface-list' tells which there are.`,
    });
  }
  // As upstream: a guest's cable takes the size of the bridge it joins.
  const mtu = card.mtu?.size ?? given.mtu ?? (found.mtu === usualMtu ? undefined : found.mtu);
  const tap = { kind: 'tap', bridge, multiQueue: queuesOf(card) > 1 } as const;
  const { asked, isOurs, isolated } = given;
  const openVswitch = switchPortOf(asked.profile);
  if (openVswitch !== undefined) {
    const cause = say`The rules and queues of Linux do not see what Open vSwitch carries.`;
    refuse(
      card,
      '<port isolated>',
      isolated === true || card.port?.isolated === true,
      say`That takes a bridge of Linux.`,
    );
    refuse(card, '<virtualport>', isOurs, say`The network's own bridge is one of Linux.`);
    refuse(card, '<filterref>', card.filterref !== undefined, cause);
    refuse(card, '<bandwidth>', limitsOf(given.bandwidth ?? card.bandwidth) !== undefined, cause);
    return connection(card, { ...tap, openVswitch }, given, mtu);
  }
  if (found.kind !== 'bridge') {
    throw networkError(
      'operation-failed',
      found.kind === undefined
        ? say`'${bridge}' is no bridge of Linux.`
        : say`'${bridge}' is a device of the kind '${found.kind}', not a bridge.`,
      { fix: say`Choose a bridge; one of Open vSwitch takes <virtualport type='openvswitch'/>.` },
    );
  }
  if (asked.vlans === undefined) return connection(card, tap, given, mtu);
  checkVlans(bridge, found, isOurs);
  return connection(card, { ...tap, ...(isOurs ? { filtersVlans: true } : {}) }, given, mtu);
}

/** A function of a card with SR-IOV, which the guest drives itself. */
function toFunction(card: CableCard, network: Network, host: HostDevices, given: Given): Connection {
  const cause = say`The card's own hardware carries the packets of its virtual functions.`;
  refuse(card, '<port isolated>', given.isolated === true || card.port?.isolated === true, cause);
  refuse(card, '<filterref>', card.filterref !== undefined, cause);
  refuse(card, '<bandwidth>', limitsOf(given.bandwidth ?? card.bandwidth) !== undefined, cause);
  refuse(card, '<virtualport>', given.asked.profile !== undefined, switchCause);
  refuse(card, 'A trunk of VLANs', given.asked.vlans?.trunk === true, cause);
  const { forward } = network;
  const driver = forward?.driver?.name ?? 'vfio';
  refuse(card, `<forward><driver name='${driver}'>`, driver !== 'vfio', say`Devices are given to guests by VFIO.`);
  const { parent, index, address } = freeFunction(network, host);
  const managed = forward?.managed === true;
  return connection(card, { kind: 'function', parent, index, address, managed }, given, undefined);
}

function toDevice(
  card: CableCard,
  lower: string,
  mode: Extract<PortEnd, { kind: 'macvtap' }>['mode'],
  host: HostDevices,
  given: Given,
): Connection {
  refuse(card, '<port isolated>', given.isolated === true || card.port?.isolated === true, say`That takes a bridge.`);
  refuse(card, 'VLAN tags', given.asked.vlans !== undefined, vlanCause);
  refuse(card, '<virtualport>', given.asked.profile !== undefined, switchCause);
  const found = host.find(lower);
  if (found === undefined) {
    throw networkError('operation-failed', say`There is no network device '${lower}' on this host.`, {
      fix: say`Choose another card of the host.`,
    });
  }
  const own = mode === 'passthrough' && found.mac !== undefined ? { lowerMac: found.mac } : {};
  return connection(card, { kind: 'macvtap', lower, mode, ...own }, given, card.mtu?.size ?? given.mtu);
}

/** A tap in no bridge: one that is there, or a new one for whoever wants to use it. */
function alone(card: Extract<CableCard, { type: 'ethernet' }>, host: HostDevices): Connection {
  refuse(card, '<port isolated>', card.port?.isolated === true, say`That takes a bridge.`);
  refuse(card, 'VLAN tags', card.vlan !== undefined, vlanCause);
  refuse(card, '<virtualport>', card.virtualport !== undefined, switchCause);
  const nothing: Given = { asked: {}, isOurs: false };
  const wanted = card.target?.dev;
  if (card.target?.managed !== false) {
    return connection(card, { kind: 'tap', multiQueue: queuesOf(card) > 1 }, nothing, card.mtu?.size);
  }
  const found = wanted === undefined ? undefined : host.find(wanted);
  if (found === undefined) {
    throw networkError(
      'operation-failed',
      say`The device '${wanted ?? ''}' of a card with managed='no' is not there.`,
      {
        fix: say`Make it first ('ip tuntap add'), or leave managed='no' out.`,
      },
    );
  }
  refuse(card, '<bandwidth>', card.bandwidth !== undefined, say`The device is managed by somebody else.`);
  return connection(card, { kind: 'given' }, nothing, undefined);
}

function connection(card: CableCard, end: PortEnd, given: Given, mtu: number | undefined): Connection {
  const bandwidth = given.bandwidth ?? card.bandwidth;
  const floor = bandwidth?.inbound?.floor ?? 0;
  refuse(card, '<inbound floor>', floor > 0, say`Traffic can be limited here, not guaranteed.`);
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
      ...(given.asked.vlans === undefined ? {} : { vlans: given.asked.vlans }),
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
export function liveCard(card: CableCard, port: Port): PluggedCard {
  const target = { ...card.target, dev: port.link };
  const mtu = port.mtu === undefined ? {} : { mtu: { size: port.mtu } };
  const openVswitch = port.end.kind === 'tap' ? port.end.openVswitch : undefined;
  const base = {
    ...{ ...card, target, ...mtu },
    ...(openVswitch === undefined ? {} : { virtualport: virtualPortElement(openVswitch) }),
    ...(port.vlans === undefined ? {} : { vlan: vlanElement(port.vlans) }),
  };
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
    case 'function': {
      const { model: _model, target: _target, mtu: _mtu, driver: _driver, ...kept } = others;
      return {
        ...{ ...kept, type: 'hostdev', managed: end.managed, driver: { name: 'vfio' } },
        source: { address: { type: 'pci', ...parsePci(end.address) } },
      };
    }
    case 'given':
      return base;
  }
}

/** Nothing is started with less than it asks for. */
function refuseUnsupported(card: CableCard): void {
  refuse(card, 'trustGuestRxFilters', card.trustGuestRxFilters === true, filtersCause);
  refuse(card, '<coalesce>', card.coalesce !== undefined, undefined);
  const source = card.source;
  const hostAddresses = (source?.ip.length ?? 0) + (source?.route.length ?? 0);
  refuse(
    card,
    "Addresses of the host's end",
    hostAddresses > 0,
    say`Give the bridge, or the device, an address instead.`,
  );
  refuse(card, '<script>', (card.script ?? card.downscript) !== undefined, say`No program of a definition is run.`);
}

const vlanCause = say`That takes a bridge.`;
const switchCause = say`That takes a bridge of Open vSwitch.`;
const filtersCause = 'The address filters of guests are not followed.';

function refuse(card: CableCard, what: string, isAsked: boolean, cause: Sentence | undefined): void {
  if (!isAsked) return;
  throw unsupported(
    say`<interface> ${card.mac?.address ?? ''} of type '${card.type}': ${what} is not supported here.`,
    say`Take it out of the definition.`,
    cause,
  );
}

const unsupported = (message: Sentence, fix: Sentence, cause?: Sentence): VirError =>
  new VirError({
    code: 'config-unsupported',
    domain: 'network',
    message,
    fix,
    ...(cause === undefined ? {} : { cause }),
  });
