/** Traces of the pretended host, on which everything is in order: what is in the way are its networks and cards alone. */
import { formatAddress } from '../../../src-shared/model/network-address.ts';
import { ownsBridge, subnetOf } from '../../../src-shared/model/network-subnet.ts';
import type { TargetQuestion, TraceTarget } from '../../../src-shared/model/network-trace.ts';
import { analyse, type NamedHop } from '../../network/trace/analyse.ts';
import { type NetworkFact, type RouteFact, routeKey, type TraceFacts } from '../../network/trace/facts.ts';
import { placeOf, routeQuery } from '../../network/trace/places.ts';
import { pretendedDevices } from './network-host.ts';

export function pretendedHops(question: TargetQuestion, networks: readonly NetworkFact[]): readonly NamedHop[] {
  return analyse(question, pretendedHost(question, networks));
}

function pretendedHost(question: TargetQuestion, networks: readonly NetworkFact[]): TraceFacts {
  const active = networks.filter((network) => network.active).map(({ definition }) => definition);
  const devices = pretendedDevices(active);
  const cards = [question.from, question.to].filter(
    (end): end is TraceTarget & { kind: 'card' } => end.kind === 'card',
  );
  const links: TraceFacts['links'] = [
    ...devices.map(({ name, up, master }) => linkFact(name, up, master)),
    ...cards.flatMap(({ device, source }) => {
      const network = networks.find(({ name }) => name === source)?.definition.bridge?.name;
      return device === undefined ? [] : [linkFact(device, true, network ?? source)];
    }),
  ];
  const facts: TraceFacts = {
    ...{ links, networks, cables: new Map(), routes: new Map(), neighbours: [] },
    addresses: active.filter(ownsBridge).flatMap(({ bridge, ip }) =>
      ip.flatMap((item) => {
        const subnet = subnetOf(item);
        const device = bridge?.name ?? '';
        if (subnet === undefined) return [];
        const address = `${formatAddress(subnet)}/${subnet.prefix}`;
        return [{ device, address, line: `${device} inet ${address} scope global` }];
      }),
    ),
    listening: [{ protocol: 'tcp', port: 22, address: '0.0.0.0', line: 'tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*' }],
    sysctls: { 'net/ipv4/ip_forward': '1', 'net/ipv6/conf/all/forwarding': '1' },
    rules: { hidden: 'the pretended host has no rules' },
  };
  const [from, to] = [placeOf(question.from, facts), placeOf(question.to, facts)];
  const query = routeQuery(from, to);
  const neighbours = [from, to].flatMap((place) =>
    place.kind === 'guest' && place.address !== undefined && place.bridge !== undefined
      ? [
          {
            address: place.address,
            device: place.bridge,
            state: 'REACHABLE',
            line: `${place.address} dev ${place.bridge} REACHABLE`,
          },
        ]
      : [],
  );
  const routes = new Map<string, RouteFact>();
  if (query !== undefined) {
    const device = to.kind === 'guest' ? (to.bridge ?? 'eth0') : 'eth0';
    const line = `${query.to} dev ${device}`;
    routes.set(routeKey(query), { command: `ip route get ${query.to}`, device, local: false, line });
  }
  return { ...facts, neighbours, routes };
}

function linkFact(name: string, up: boolean, master: string | undefined): TraceFacts['links'][number] {
  const flags = up ? 'BROADCAST,MULTICAST,UP,LOWER_UP' : 'BROADCAST,MULTICAST';
  return {
    ...{ name, up, carrier: up, isolated: false },
    ...(master === undefined ? {} : { master }),
    line: `${name}: <${flags}> mtu 1500${master === undefined ? '' : ` master ${master}`} state ${up ? 'UP' : 'DOWN'}`,
  };
}
