import { memo, useEffect, useMemo, useState } from 'react';
import { machineKey } from '../../../app/store/inventory.ts';
import { statsStore } from '../../../app/store/stats-store.ts';
import { cx } from '../../../components/cx.ts';
import type { TracePath } from '../trace/ends.ts';
import type { Cable, Topology, TopologyNode } from './graph.ts';
import { type Box, cablePath, cableWidth, laneOf, portOf } from './layout.ts';
import styles from './topology.module.css';
import type { Point } from './use-held-cable.ts';

/** Two of them fit a lane. */
const laneWidth = 2.5;

/** Every cable: its colour is its state, its thickness the traffic, and a trace lies over those it passes. */
export const Cables = memo(function Cables(props: {
  uri: string;
  graph: Topology;
  boxes: ReadonlyMap<string, Box>;
  path: TracePath | undefined;
}): React.JSX.Element {
  const { uri, graph, boxes, path } = props;
  const traffic = useTraffic(uri, graph.cables);
  const drawn = useMemo(() => {
    const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
    const machines = graph.nodes.filter(({ kind }) => kind === 'machine').length;
    return graph.cables.flatMap((cable) => {
      const ends = endsOf(cable, boxes, nodes, machines);
      return ends === undefined
        ? []
        : [{ cable, isLaned: ends.lane !== undefined, d: cablePath(ends.from, ends.to, ends.lane) }];
    });
  }, [graph, boxes]);
  return (
    <>
      {drawn.map(({ cable, d, isLaned }) => {
        const width = traffic.get(cable.id) ?? cableWidth(0);
        return (
          <path
            key={cable.id}
            className={cx(
              styles.cable,
              styles[cable.state],
              path !== undefined && !path.cables.has(cable.id) && styles.aside,
            )}
            d={d}
            strokeWidth={isLaned ? Math.min(width, laneWidth) : width}
          />
        );
      })}
      {path !== undefined &&
        drawn
          .filter(({ cable }) => path.cables.has(cable.id))
          .map(({ cable, d }) => (
            <path
              key={`trace ${cable.id}`}
              className={cx(styles.cable, styles.traced)}
              data-trace={path.cables.get(cable.id)}
              d={d}
            />
          ))}
    </>
  );
});

function endsOf(
  cable: Cable,
  boxes: ReadonlyMap<string, Box>,
  nodes: ReadonlyMap<string, TopologyNode>,
  machines: number,
): { readonly from: Point; readonly to: Point; readonly lane: Point | undefined } | undefined {
  const [from, to] = [boxes.get(cable.from), boxes.get(cable.to)];
  if (from === undefined || to === undefined) return undefined;
  const start = { x: from.x + from.width, y: from.y + from.height / 2 };
  const node = nodes.get(cable.to);
  if (node?.kind !== 'machine' || cable.card === undefined) {
    return { from: start, to: { x: to.x, y: to.y + to.height / 2 }, lane: undefined };
  }
  return { from: start, to: portOf(to, node.cards.indexOf(cable.card), node.cards.length), lane: laneOf(to, machines) };
}

/** How thick each cable of a card is, as figures come in; they are the machine's, not the card's. */
function useTraffic(uri: string, cables: readonly Cable[]): ReadonlyMap<string, number> {
  const [widths, setWidths] = useState<ReadonlyMap<string, number>>(new Map());
  useEffect(
    () =>
      statsStore.subscribe((of) => {
        if (of !== uri) return;
        const next = new Map(
          cables.flatMap(({ id, card, state }) => {
            if (card === undefined || (state !== 'up' && state !== 'unaddressed')) return [];
            const latest = statsStore.of(machineKey(uri, card.machine)).latest;
            const rate = (latest?.networkRxBytesPerSecond ?? 0) + (latest?.networkTxBytesPerSecond ?? 0);
            // Nobody sees less than half a pixel; most cables stay as they are from one second to the next.
            return [[id, Math.round(cableWidth(rate) * 2) / 2] as const];
          }),
        );
        setWidths((before) =>
          next.size === before.size && [...next].every(([id, width]) => before.get(id) === width) ? before : next,
        );
      }),
    [uri, cables],
  );
  return widths;
}
