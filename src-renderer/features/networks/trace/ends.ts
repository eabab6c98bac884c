/** The ends that a trace may have, as keys of choices and as nodes of the picture. Pure. */
import type { NetworkSummary } from '../../../../src-shared/model/network-summary.ts';
import type { Trace, TraceEnd, TracePort, TraceStatus } from '../../../../src-shared/model/network-trace.ts';
import type { NetworkCard } from '../../../../src-shared/model/network-view.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import type { Topology } from '../topology/graph.ts';

/** `host`, `network UUID`, `machine UUID MAC`. */
export function keyOfEnd(end: TraceEnd): string {
  switch (end.kind) {
    case 'machine':
      return `machine ${end.uuid}${end.mac === undefined ? '' : ` ${end.mac}`}`;
    case 'network':
      return `network ${end.uuid}`;
    default:
      return end.kind;
  }
}

export function endOfKey(key: string): TraceEnd | undefined {
  const [kind, uuid, mac] = key.split(' ');
  if (kind === 'host' || kind === 'internet') return { kind };
  if (uuid === undefined) return undefined;
  if (kind === 'network') return { kind, uuid };
  return kind === 'machine' ? { kind, uuid, ...(mac === undefined ? {} : { mac }) } : undefined;
}

/** The node of the picture that an end is. */
export const nodeOfEnd = (end: TraceEnd): string =>
  end.kind === 'machine' || end.kind === 'network' ? `${end.kind} ${end.uuid}` : end.kind;

export interface EndChoice {
  readonly key: string;
  readonly kind: TraceEnd['kind'];
  readonly name: string;
  /** Only where a machine has several. */
  readonly card?: string;
}

export function endChoices(
  networks: readonly NetworkSummary[],
  machines: readonly Machine[],
  cards: readonly NetworkCard[],
): readonly EndChoice[] {
  const own = [...machines]
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap(({ uuid, name }): EndChoice[] => {
      const list = cards.filter(({ machine, mac }) => machine === uuid && mac !== undefined);
      return list.map(({ mac = '' }) => ({
        ...{ key: `machine ${uuid} ${mac}`, kind: 'machine', name },
        ...(list.length > 1 ? { card: mac } : {}),
      }));
    });
  return [
    ...own,
    ...networks.map(({ uuid, name }): EndChoice => ({ key: `network ${uuid}`, kind: 'network', name })),
    { key: 'host', kind: 'host', name: '' },
    { key: 'internet', kind: 'internet', name: '' },
  ];
}

/** Nothing for an empty text; undefined for one that is no port. */
export function readPort(text: string): { readonly port?: TracePort } | undefined {
  if (text.trim() === '') return {};
  const [, protocol = 'tcp', number = ''] = /^(?:(tcp|udp)[/ ])?(\d{1,5})$/i.exec(text.trim()) ?? [];
  const port = Number(number);
  if (port < 1 || port > 65_535) return undefined;
  return { port: { protocol: protocol.toLowerCase() === 'udp' ? 'udp' : 'tcp', port } };
}

/** What the picture shows of a trace: which nodes and cables it passes, and how that went. */
export interface TracePath {
  readonly nodes: ReadonlyMap<string, TraceStatus | 'beyond'>;
  readonly cables: ReadonlyMap<string, TraceStatus | 'beyond'>;
}

const rank: Readonly<Record<TraceStatus, number>> = { ok: 0, unknown: 1, failed: 2 };

/** The shortest way between the ends; what is behind the first hop that failed is beyond. */
export function pathOf(trace: Trace, from: TraceEnd, to: TraceEnd, graph: Topology): TracePath {
  const way = shortest(graph, nodeOfEnd(from), nodeOfEnd(to));
  const states = new Map<string, TraceStatus>();
  for (const { at, status } of trace.hops) {
    const node = nearest(nodeOfEnd(at), way.nodes);
    if (node !== undefined && rank[status] >= rank[states.get(node) ?? 'ok']) states.set(node, status);
  }
  const failed = trace.hops.find(({ id }) => id === trace.failed);
  const stop = failed === undefined ? Infinity : way.nodes.indexOf(nearest(nodeOfEnd(failed.at), way.nodes) ?? '');
  const nodes = new Map<string, TraceStatus | 'beyond'>();
  way.nodes.forEach((node, place) => {
    nodes.set(node, place > stop && stop >= 0 ? 'beyond' : place === stop ? 'failed' : softened(states.get(node)));
  });
  const cables = new Map(
    way.cables.map((cable, place) => [cable, place >= stop && stop >= 0 ? 'beyond' : 'ok'] as const),
  );
  return { nodes, cables };
}

const softened = (status: TraceStatus | undefined): TraceStatus => (status === 'unknown' ? 'unknown' : 'ok');

/** The host's part is done wherever the way passes it. */
function nearest(node: string, way: readonly string[]): string | undefined {
  if (way.includes(node)) return node;
  if (node !== 'host') return undefined;
  return way.find((each) => each.startsWith('device ')) ?? way.find((each) => each.startsWith('network '));
}

function shortest(
  { cables }: Topology,
  from: string,
  to: string,
): { readonly nodes: readonly string[]; readonly cables: readonly string[] } {
  const before = new Map<string, { readonly node: string; readonly cable: string } | undefined>([[from, undefined]]);
  const queue = [from];
  for (let node = queue.shift(); node !== undefined && node !== to; node = queue.shift()) {
    for (const cable of cables) {
      if (cable.state === 'next') continue;
      const next = cable.from === node ? cable.to : cable.to === node ? cable.from : undefined;
      if (next === undefined || before.has(next)) continue;
      before.set(next, { node, cable: cable.id });
      queue.push(next);
    }
  }
  if (!before.has(to)) return { nodes: from === to ? [from] : [from, to], cables: [] };
  const nodes = [to];
  const passed: string[] = [];
  for (let step = before.get(to); step !== undefined; step = before.get(step.node)) {
    nodes.unshift(step.node);
    passed.unshift(step.cable);
  }
  return { nodes, cables: passed };
}
