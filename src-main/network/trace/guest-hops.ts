/** The hops between a guest and the host: its machine, its cable, its network, its address, whether it answers. Pure. */
import { contains, formatSubnet, parseAddress } from '../../../src-shared/model/network-address.ts';
import { hasDhcp } from '../../../src-shared/model/network-subnet.ts';
import type { TraceCard, TraceEvidence } from '../../../src-shared/model/network-trace.ts';
import type { NetworkAction } from '../actions.ts';
import { sentences } from '../describe.ts';
import type { NetworkStep } from '../plan.ts';
import { linkOf, type NetworkFact, type TraceFacts } from './facts.ts';
import { type AnalysedHop, hopsAt, stepsRepair } from './hop.ts';
import { subnetsOf, type GuestPlace } from './places.ts';
import { dhcpHop } from './rule-hops.ts';

/** Everything up to the guest's first packet on the bridge. */
export function guestHops(place: GuestPlace, facts: TraceFacts): readonly AnalysedHop[] {
  return [
    ...(place.card === undefined ? [] : cardHops(place.card, place, facts)),
    ...networkHops(place, facts),
    ...leaseHops(place, facts),
    ...addressHops(place),
    ...neighbourHop(place, facts),
  ];
}

export function cardHops(card: TraceCard, { at, bridge }: GuestPlace, facts: TraceFacts): readonly AnalysedHop[] {
  const { ok, failed } = hopsAt(at);
  const machine = card.name;
  const state: TraceEvidence = { source: `domstate ${machine}`, line: card.running ? 'running' : 'shut off' };
  const power = card.running
    ? ok('machine', 'machine-runs', { machine }, { evidence: [state] })
    : failed(
        'machine',
        'machine-off',
        { machine },
        {
          evidence: [state],
          repair: {
            ...{ action: 'start-machine', sentence: `Start ${machine}.`, actions: [], recorded: false },
            steps: [{ sentence: `Start ${machine}.` }],
          },
        },
      );
  return [power, linkHop(card, at, bridge, facts)];
}

function linkHop(card: TraceCard, at: GuestPlace['at'], bridge: string | undefined, facts: TraceFacts): AnalysedHop {
  const { ok, failed } = hopsAt(at);
  const { name: machine, device, mac = '' } = card;
  if (!card.plugged) {
    return failed(
      'link',
      'link-unplugged',
      { machine },
      {
        evidence: [{ source: `dumpxml ${machine}`, line: `<mac address='${mac}'/> <link state='down'/>` }],
        repair: {
          ...{ action: 'plug-in', sentence: `Plug in the cable of ${machine}.`, actions: [], recorded: false },
          steps: [{ sentence: `Plug in the cable of ${machine}.`, undo: `Unplug the cable of ${machine}.` }],
        },
      },
    );
  }
  // Machines that are off have no device yet.
  if (device === undefined || !card.running) return ok('link', 'link-plugged', { machine });
  const link = linkOf(facts, device);
  const source = `ip link show dev ${device}`;
  const values = { machine, device, bridge: bridge ?? '' };
  const cable = facts.cables.get(device) ?? [];
  const again = stepsRepair(`Lay the cable of ${machine} again.`, cable);
  if (link === undefined) {
    const line = `Device "${device}" does not exist.`;
    return failed('link', 'link-gone', values, { evidence: [{ source, line }], repair: again });
  }
  const evidence = [{ source, line: link.line }];
  if (!link.up) {
    const on: NetworkStep = { sentence: `Switch on ${device}.`, action: { verb: 'link-up', link: device } };
    return failed('link', 'link-down', values, { evidence, repair: stepsRepair(`Switch on ${device}.`, [on]) });
  }
  if (bridge !== undefined && card.type !== 'direct' && link.master !== bridge) {
    return failed('link', 'link-elsewhere', values, { evidence, repair: again });
  }
  if (!link.carrier) return failed('link', 'link-no-carrier', values, { evidence, advice: 'guest-off' });
  return ok('link', 'link-up', values, { evidence });
}

/** The steps of a network's start of some kind: what it did, or what it would do now. */
export function stepsOf(network: NetworkFact, verbs: readonly NetworkAction['verb'][]): readonly NetworkStep[] {
  const own = network.recorded.filter(({ action }) => verbs.includes(action.verb));
  return own.length > 0 ? own : network.planned.filter(({ action }) => verbs.includes(action.verb));
}

function networkHops({ at, network, bridge, card }: GuestPlace, facts: TraceFacts): readonly AnalysedHop[] {
  const { ok, failed } = hopsAt(network === undefined ? at : { kind: 'network', uuid: network.uuid });
  const link = linkOf(facts, bridge);
  const source = `ip link show dev ${bridge ?? ''}`;
  if (network === undefined) {
    if (card?.type === 'direct') return [];
    const name = bridge ?? card?.source ?? '';
    if (link === undefined) {
      return [failed('network', 'network-missing', { network: name }, { advice: 'use-network' })];
    }
    const finding = link.up
      ? ok('network', 'bridge-up', { bridge: name }, { evidence: [{ source, line: link.line }] })
      : failed('network', 'network-bridge-down', { bridge: name }, { evidence: [{ source, line: link.line }] });
    return [finding];
  }
  const values = { network: network.name, bridge: bridge ?? '' };
  if (!network.active) {
    const sentence = `Start the network '${network.name}'.`;
    const steps = sentences(network.planned);
    return [
      failed('network', 'network-inactive', values, {
        evidence: [{ source: `net-info ${network.name}`, line: 'Active: no' }],
        repair: { action: 'start-network', sentence, steps, network: network.uuid, actions: [], recorded: false },
      }),
    ];
  }
  if (bridge === undefined) return [ok('network', 'network-up', values)];
  if (link === undefined) {
    const evidence = [{ source, line: `Device "${bridge}" does not exist.` }];
    return [failed('network', 'network-no-bridge', values, { evidence, advice: 'restart-network' })];
  }
  const evidence = [{ source, line: link.line }];
  if (!link.up) {
    const repair = stepsRepair(`Switch on the bridge ${bridge}.`, stepsOf(network, ['link-up']), network.uuid);
    return [failed('network', 'network-bridge-down', values, { evidence, repair })];
  }
  const lost = lostAddress(network, bridge, facts);
  if (lost !== undefined) {
    const steps = stepsOf(network, ['address-add']);
    const line = facts.addresses.find(({ device }) => device === bridge)?.line ?? 'no address';
    return [
      failed(
        'network',
        'network-no-address',
        { ...values, address: lost },
        {
          evidence: [{ source: `ip address show dev ${bridge}`, line }],
          repair: stepsRepair(`Give the host its address on ${bridge} back.`, steps, network.uuid),
        },
      ),
    ];
  }
  return [ok('network', 'network-up', values, { evidence })];
}

function lostAddress(network: NetworkFact, bridge: string, { addresses }: TraceFacts): string | undefined {
  const own = addresses.filter(({ device }) => device === bridge).map(({ address }) => address.split('/')[0] ?? '');
  const wanted = network.recorded.flatMap(({ action }) =>
    action.verb === 'address-add' && action.link === bridge ? [action.address.split('/')[0] ?? ''] : [],
  );
  return wanted.find((address) => !own.includes(address));
}

function leaseHops(place: GuestPlace, facts: TraceFacts): readonly AnalysedHop[] {
  const { at, network, card, name: machine, address, addressFrom, addressLine = '' } = place;
  if (network?.active !== true) return [];
  const { ok, failed } = hopsAt(at);
  const hands = network.definition.ip.some(hasDhcp);
  const values = { machine, network: network.name, address: address ?? '' };
  const source = `net-dhcp-leases ${network.name}`;
  if (card !== undefined && !card.running) return [];
  if (addressFrom === 'lease')
    return [ok('lease', 'lease-given', values, { evidence: [{ source, line: addressLine }] })];
  if (!hands) {
    return address === undefined || card === undefined ? [] : [ok('lease', 'lease-none-needed', values)];
  }
  const lease = network.leases.find((each) => each.address === address);
  if (lease !== undefined && card !== undefined) {
    const line = `${lease.address}/${lease.prefix} ${lease.mac ?? ''}`;
    return [ok('lease', 'lease-given', values, { evidence: [{ source, line }] })];
  }
  // Who has an address of their own choice needs none from us.
  if (card !== undefined && address !== undefined) {
    return [
      ok('lease', 'lease-own', values, { evidence: [{ source: 'neighbour or guest agent', line: addressLine }] }),
    ];
  }
  if (network.server === undefined) {
    return [
      failed('lease', 'lease-no-server', values, {
        evidence: [{ source: 'dnsmasq', line: 'not running' }],
        repair: stepsRepair(
          `Start the address server of '${network.name}'.`,
          stepsOf(network, ['dnsmasq-start']),
          network.uuid,
        ),
      }),
    ];
  }
  const server: TraceEvidence = { source: 'dnsmasq', line: network.server };
  const stopped = dhcpHop(place, network, server, facts);
  if (stopped !== undefined) return [stopped];
  if (card === undefined) return [ok('lease', 'lease-served', values, { evidence: [server] })];
  return [
    failed('lease', 'lease-none', values, {
      evidence: [{ source, line: `no lease of ${card.mac ?? machine}` }, server],
      advice: 'guest-asks',
    }),
  ];
}

function addressHops(place: GuestPlace): readonly AnalysedHop[] {
  const { at, network, card, name: machine, address, addressLine = '' } = place;
  if (card !== undefined && !card.running) return [];
  const { ok, failed, unknown } = hopsAt(at);
  if (address === undefined) {
    return card === undefined ? [] : [unknown('address', 'address-unknown', { machine }, { advice: 'guest-asks' })];
  }
  if (card === undefined) return [];
  const subnets = subnetsOf(network);
  const evidence = [{ source: 'address', line: addressLine }];
  if (network === undefined || subnets.length === 0) {
    return [ok('address', 'address-known', { machine, address }, { evidence })];
  }
  const parsed = parseAddress(address);
  const isOwn =
    parsed !== undefined && subnets.some((subnet) => subnet.family === parsed.family && contains(subnet, parsed));
  const values = { machine, address, network: network.name, subnet: subnets.map(formatSubnet).join(', ') };
  return [
    isOwn
      ? ok('address', 'address-fits', values, { evidence })
      : failed('address', 'address-foreign', values, { evidence, advice: 'guest-address' }),
  ];
}

/** Whether the guest answers the host's question for its hardware address. */
function neighbourHop(place: GuestPlace, facts: TraceFacts): readonly AnalysedHop[] {
  const { at, address, bridge, card } = place;
  if (address === undefined || bridge === undefined || card?.running !== true) return [];
  const { ok, failed, unknown } = hopsAt(at);
  const values = { address, device: bridge };
  const entry = facts.neighbours.find((each) => each.address === address && each.device === bridge);
  const source = `ip neighbour show dev ${bridge}`;
  if (entry === undefined) return [unknown('neighbour', 'neighbour-unknown', values)];
  const evidence = [{ source, line: entry.line }];
  if (entry.state === 'FAILED' || entry.state === 'INCOMPLETE') {
    return [failed('neighbour', 'neighbour-silent', values, { evidence, advice: 'guest-off' })];
  }
  return [ok('neighbour', 'neighbour-answers', values, { evidence })];
}
