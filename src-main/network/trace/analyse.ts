/** Why one end reaches the other, hop by hop, from what was seen of the host. Pure. */
import { parseAddress } from '../../../src-shared/model/network-address.ts';
import type { TargetQuestion, TraceEvidence, TracePort } from '../../../src-shared/model/network-trace.ts';
import { linkOf, type RouteFact, routeKey, type TraceFacts } from './facts.ts';
import { cardHops, guestHops, stepsOf } from './guest-hops.ts';
import { type AnalysedHop, hopsAt, stepsRepair } from './hop.ts';
import { addressOfPlace, type GuestPlace, hostAddressIn, placeOf, routeQuery, type TracePlace } from './places.ts';
import { hears } from './read-host.ts';
import { type RuleContext, rulesHop, translationHop, type Way } from './rule-hops.ts';

/** A hop with the name it has in its trace. */
export type NamedHop = AnalysedHop & { readonly id: string };

export function analyse(question: TargetQuestion, facts: TraceFacts): readonly NamedHop[] {
  const [from, to] = [placeOf(question.from, facts), placeOf(question.to, facts)];
  const start = named('from', ownHops(from, facts));
  const end = named('to', ownHops(to, facts));
  const between = named('way', wayHops(from, to, question.port, facts));
  const last = named('end', endHops(from, to, question.port, facts));
  return [...start, ...between, ...end, ...last];
}

function named(where: string, hops: readonly AnalysedHop[]): readonly NamedHop[] {
  return hops.map((hop) => ({ ...hop, id: `${where}-${hop.kind}` }));
}

function ownHops(place: TracePlace, facts: TraceFacts): readonly AnalysedHop[] {
  switch (place.kind) {
    case 'guest':
      return guestHops(place, facts);
    case 'user':
      return cardHops(place.card, { ...place, kind: 'guest' }, facts);
    case 'host':
    case 'internet':
      return [];
  }
}

/** Through the host: its routes, its switches, its rules. */
function wayHops(
  from: TracePlace,
  to: TracePlace,
  port: TracePort | undefined,
  facts: TraceFacts,
): readonly AnalysedHop[] {
  if (from.kind === 'user' || to.kind === 'user') return userHops(from, to, facts);
  const apart = besideHost(from, to);
  if (apart !== undefined) return [apart];
  if (from.kind === 'guest' && to.kind === 'guest' && from.bridge === to.bridge)
    return switchedHops(from, to, port, facts);
  const query = routeQuery(from, to);
  const route = query === undefined ? undefined : facts.routes.get(routeKey(query));
  const network = from.kind === 'guest' ? from.network : to.kind === 'guest' ? to.network : undefined;
  const at = { kind: 'host' } as const;
  const outDevice = to.kind === 'guest' ? to.bridge : route?.device;
  const inDevice = from.kind === 'guest' ? from.bridge : from.kind === 'internet' ? uplinkOf(from, facts) : undefined;
  const source = addressOfPlace(from) ?? hostAddressIn(network, addressOfPlace(to));
  const destination = addressOfPlace(to) ?? hostAddressIn(network, addressOfPlace(from));
  const hops: AnalysedHop[] = [...routeHops(to, route)];
  if (from.kind !== 'host' && to.kind !== 'host') hops.push(...forwardingHops(destination ?? source, from, to, facts));
  // Without an address of both ends there is no packet to be asked about.
  if (source === undefined || destination === undefined) return hops;
  const way: Way = {
    ...{ source, destination, switched: false },
    ...(inDevice === undefined ? {} : { in: inDevice }),
    ...(to.kind === 'host' || outDevice === undefined ? {} : { out: outDevice }),
    ...(from.kind === 'guest' && from.card?.device !== undefined ? { inPort: from.card.device } : {}),
    ...(to.kind === 'guest' && to.card?.device !== undefined ? { outPort: to.card.device } : {}),
    ...(port === undefined ? {} : { port }),
  };
  const bridge = from.kind === 'guest' ? from.bridge : to.kind === 'guest' ? to.bridge : undefined;
  const context: RuleContext = { way, network, bridge, facts, at };
  hops.push(rulesHop(context));
  if (from.kind === 'guest' && to.kind === 'internet') {
    const translation = translationHop(context);
    if (translation !== undefined) hops.push(translation);
  }
  return hops;
}

/** Where what comes from an address comes in: where the host would send the answer. */
const uplinkOf = (from: Extract<TracePlace, { kind: 'internet' }>, { routes }: TraceFacts): string | undefined =>
  routes.get(routeKey({ to: from.address }))?.device;

function routeHops(to: TracePlace, route: RouteFact | undefined): readonly AnalysedHop[] {
  if (route === undefined) return [];
  const { ok, failed } = hopsAt({ kind: 'host' });
  const evidence = [{ source: route.command, line: route.line }];
  const address = addressOfPlace(to) ?? '';
  if (route.device === undefined) {
    return [failed('route', 'route-none', { address }, { evidence, advice: 'host-network' })];
  }
  if (to.kind === 'guest' && to.bridge !== undefined && route.device !== to.bridge) {
    const repair =
      to.network === undefined
        ? undefined
        : stepsRepair(
            'Give the host its way there back.',
            stepsOf(to.network, ['address-add', 'link-up']),
            to.network.uuid,
          );
    const values = { address, device: route.device, bridge: to.bridge };
    return [failed('route', 'route-elsewhere', values, { evidence, repair })];
  }
  return [ok('route', 'route-known', { device: route.device }, { evidence })];
}

function forwardingHops(
  address: string | undefined,
  from: TracePlace,
  to: TracePlace,
  { sysctls }: TraceFacts,
): readonly AnalysedHop[] {
  const family = parseAddress(address ?? '')?.family ?? 'ipv4';
  const key = family === 'ipv4' ? 'net/ipv4/ip_forward' : 'net/ipv6/conf/all/forwarding';
  const { ok, failed } = hopsAt({ kind: 'host' });
  const value = sysctls[key];
  const values = { family: family === 'ipv4' ? 'IPv4' : 'IPv6' };
  const evidence: TraceEvidence[] = [
    { source: `sysctl ${key.replaceAll('/', '.')}`, line: `${key.replaceAll('/', '.')} = ${value ?? ''}` },
  ];
  if (value === '1') return [ok('forwarding', 'forwarding-on', values, { evidence })];
  const network = from.kind === 'guest' ? from.network : to.kind === 'guest' ? to.network : undefined;
  const isSwitch = (name: string): boolean => name === key;
  const steps =
    network === undefined
      ? []
      : stepsOf(network, ['sysctl-set']).filter(
          ({ action }) => action.verb === 'sysctl-set' && action.values.some((each) => isSwitch(each.key)),
        );
  const repair = stepsRepair(`Let the host forward ${values.family} packets.`, steps, network?.uuid);
  return [failed('forwarding', 'forwarding-off', values, { evidence, repair })];
}

function switchedHops(
  from: GuestPlace,
  to: GuestPlace,
  port: TracePort | undefined,
  facts: TraceFacts,
): readonly AnalysedHop[] {
  const { bridge, network } = from;
  if (bridge === undefined) return [];
  const at = network === undefined ? ({ kind: 'host' } as const) : ({ kind: 'network', uuid: network.uuid } as const);
  const [one, other] = [linkOf(facts, from.card?.device), linkOf(facts, to.card?.device)];
  if (one?.isolated === true && other?.isolated === true) {
    const evidence = [one, other].map((link) => ({
      source: `bridge -details link show dev ${link.name}`,
      line: `${link.name}: isolated on`,
    }));
    return [hopsAt(at).failed('rules', 'rules-isolated', { machine: from.name, other: to.name }, { evidence })];
  }
  if (from.address === undefined || to.address === undefined) return [];
  const way: Way = {
    ...{ in: bridge, out: bridge, source: from.address, destination: to.address, switched: true },
    ...(from.card?.device === undefined ? {} : { inPort: from.card.device }),
    ...(to.card?.device === undefined ? {} : { outPort: to.card.device }),
    ...(port === undefined ? {} : { port }),
  };
  return [rulesHop({ way, network, bridge, facts, at })];
}

/** A card that shares a device of the host is heard by everybody but the host. */
function besideHost(from: TracePlace, to: TracePlace): AnalysedHop | undefined {
  const [guest, other] = from.kind === 'guest' ? [from, to] : [to, from];
  if (guest.kind !== 'guest' || guest.card?.type !== 'direct' || other.kind !== 'host') return undefined;
  const values = { machine: guest.name, device: guest.card.source ?? '' };
  return hopsAt({ kind: 'host' }).failed('route', 'direct-host', values, { advice: 'other-mode' });
}

/** QEMU's own network: outwards it does what the host's programs can; inwards nobody gets. */
function userHops(from: TracePlace, to: TracePlace, facts: TraceFacts): readonly AnalysedHop[] {
  const { ok, failed } = hopsAt(from.kind === 'user' ? from.at : to.at);
  if (to.kind === 'user') {
    const line = "<interface type='user'>";
    const evidence = [{ source: `dumpxml ${to.name}`, line }];
    return [failed('rules', 'rules-user', {}, { evidence, advice: 'use-network' })];
  }
  const address = addressOfPlace(to);
  const route = address === undefined ? undefined : facts.routes.get(routeKey({ to: address }));
  return [ok('route', 'route-user'), ...routeHops(to, route)];
}

/** Whether the far end answers at the port. */
function endHops(
  from: TracePlace,
  to: TracePlace,
  port: TracePort | undefined,
  facts: TraceFacts,
): readonly AnalysedHop[] {
  if (port === undefined) return [];
  const values = { machine: to.name, port: `${port.protocol}/${port.port}` };
  const { ok, failed, unknown } = hopsAt(to.at);
  if (to.kind === 'host') {
    const network = from.kind === 'guest' ? from.network : undefined;
    const own = hostAddressIn(network, addressOfPlace(from)) ?? '';
    const sockets = facts.listening.filter((each) => each.protocol === port.protocol && each.port === port.port);
    const heard = sockets.find((each) => hears(each, own));
    const source = `ss --listening --numeric --${port.protocol}`;
    if (heard !== undefined) return [ok('port', 'port-listens', values, { evidence: [{ source, line: heard.line }] })];
    const line = sockets[0]?.line ?? `nothing at ${values.port}`;
    return [failed('port', 'port-not-listening', values, { evidence: [{ source, line }], advice: 'host-service' })];
  }
  const evidence = [{ source: `connect ${addressOfPlace(to) ?? ''} ${values.port}`, line: facts.probe ?? '' }];
  switch (facts.probe) {
    case 'open':
      return [ok('port', 'port-open', values, { evidence })];
    case 'refused':
      return [failed('port', 'port-closed', values, { evidence, advice: 'guest-service' })];
    case 'silent':
    case 'unreachable':
      return [failed('port', 'port-silent', values, { evidence, advice: 'guest-firewall' })];
    default:
      return [unknown('port', 'port-unknown', values)];
  }
}
