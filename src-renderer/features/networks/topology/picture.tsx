import { useEffect, useMemo, useRef, useState } from 'react';
import type { NetworkCard } from '../../../../src-shared/model/network-view.ts';
import { t } from '../../../app/i18n.ts';
import { type Machine, machineKey } from '../../../app/store/inventory.ts';
import { statsStore } from '../../../app/store/stats-store.ts';
import { cx } from '../../../components/cx.ts';
import type { NetworkView } from '../use-networks.ts';
import type { CableTarget } from './connect-card.ts';
import { openConnect } from './connect-dialog.tsx';
import type { Cable, Topology, TopologyNode } from './graph.ts';
import { type Box, cablePath, cableWidth, laneOf, layoutOf, portOf } from './layout.ts';
import { NodeCard } from './node-card.tsx';
import styles from './topology.module.css';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A cable in the hand. */
interface Held {
  readonly machine: Machine;
  readonly card: NetworkCard;
  readonly from: Point;
  readonly to: Point;
  readonly over: string | undefined;
}

/** Two of them fit a lane. */
const laneWidth = 2.5;

/** Less is a click with an unsteady hand. */
const dragStart = 4;

/** Nodes are ordinary controls at their places; cables are drawn below them. */
export function Picture({ view, graph }: { view: NetworkView; graph: Topology }): React.JSX.Element {
  const { boxes, width, height } = useMemo(() => layoutOf(graph), [graph]);
  const [held, setHeld] = useState<Held>();
  const canvas = useRef<HTMLDivElement>(null);
  const traffic = useTraffic(view.uri, graph.cables);
  const byId = useMemo(() => new Map(graph.nodes.map((node) => [node.id, node])), [graph]);

  const take = (event: React.PointerEvent<HTMLElement>, machine: Machine, card: NetworkCard, from: Point): void => {
    const area = canvas.current;
    if (area === null || event.button !== 0) return;
    const port = event.currentTarget;
    const start = { x: event.clientX, y: event.clientY };
    let now: Held | undefined;
    delete port.dataset['dragged'];
    port.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent): void => {
      if (now === undefined && Math.hypot(moved.clientX - start.x, moved.clientY - start.y) < dragStart) return;
      const edge = area.getBoundingClientRect();
      const over = dropAt(moved.clientX, moved.clientY);
      now = { machine, card, from, to: { x: moved.clientX - edge.left, y: moved.clientY - edge.top }, over };
      setHeld(now);
    };
    const end = (ended: PointerEvent): void => {
      port.removeEventListener('pointermove', move);
      port.removeEventListener('pointerup', end);
      port.removeEventListener('pointercancel', end);
      setHeld(undefined);
      if (now === undefined) return;
      // The click that follows is the end of this, not a wish of its own.
      port.dataset['dragged'] = 'true';
      const node = ended.type === 'pointerup' ? byId.get(dropAt(ended.clientX, ended.clientY) ?? '') : undefined;
      const target = node === undefined ? undefined : targetOf(node);
      if (target !== undefined) openConnect(view, machine, card, target);
    };
    port.addEventListener('pointermove', move);
    port.addEventListener('pointerup', end);
    port.addEventListener('pointercancel', end);
  };

  return (
    <div className={styles.scroll} role="group" aria-label={t('networks:topology.label')}>
      <div ref={canvas} className={styles.canvas} style={{ width, height }} data-holding={held !== undefined}>
        <svg width={width} height={height} aria-hidden className={styles.cables}>
          {graph.cables.map((cable) => {
            const ends = endsOf(cable, boxes, byId);
            return ends === undefined ? undefined : (
              <path
                key={cable.id}
                className={cx(styles.cable, styles[cable.state])}
                d={cablePath(ends.from, ends.to, ends.lane)}
                strokeWidth={Math.min(
                  traffic.get(cable.id) ?? cableWidth(0),
                  ends.lane === undefined ? Infinity : laneWidth,
                )}
              />
            );
          })}
          {held !== undefined && (
            <path className={cx(styles.cable, styles.held)} d={cablePath(held.to, held.from)} strokeWidth={2.5} />
          )}
        </svg>
        {graph.nodes.map((node) => {
          const box = boxes.get(node.id);
          return box === undefined ? undefined : (
            <NodeCard
              key={node.id}
              node={node}
              box={box}
              view={view}
              isTarget={held?.over === node.id && targetOf(node) !== undefined}
              onTake={take}
            />
          );
        })}
      </div>
    </div>
  );
}

const dropAt = (x: number, y: number): string | undefined =>
  document.elementsFromPoint(x, y).flatMap((element) => {
    const id =
      element instanceof HTMLElement ? element.closest<HTMLElement>('[data-node]')?.dataset['node'] : undefined;
    return id ?? [];
  })[0];

/** What a card can be plugged into. */
function targetOf(node: TopologyNode): CableTarget | undefined {
  if (node.kind === 'network') return { kind: 'network', name: node.network.name };
  if (node.kind === 'device' && node.device.kind === 'bridge') return { kind: 'bridge', name: node.device.name };
  return undefined;
}

function endsOf(
  cable: Cable,
  boxes: ReadonlyMap<string, Box>,
  nodes: ReadonlyMap<string, TopologyNode>,
): { readonly from: Point; readonly to: Point; readonly lane: Point | undefined } | undefined {
  const [from, to] = [boxes.get(cable.from), boxes.get(cable.to)];
  if (from === undefined || to === undefined) return undefined;
  const start = { x: from.x + from.width, y: from.y + from.height / 2 };
  const node = nodes.get(cable.to);
  if (node?.kind !== 'machine' || cable.card === undefined) {
    return { from: start, to: { x: to.x, y: to.y + to.height / 2 }, lane: undefined };
  }
  return { from: start, to: portOf(to, node.cards.indexOf(cable.card), node.cards.length), lane: laneOf(to) };
}

/** How thick each cable of a card is, as figures come in; they are the machine's, not the card's. */
function useTraffic(uri: string, cables: readonly Cable[]): ReadonlyMap<string, number> {
  const [widths, setWidths] = useState<ReadonlyMap<string, number>>(new Map());
  useEffect(
    () =>
      statsStore.subscribe((of) => {
        if (of !== uri) return;
        setWidths(
          new Map(
            cables.flatMap(({ id, card, state }) => {
              if (card === undefined || state !== 'up') return [];
              const latest = statsStore.of(machineKey(uri, card.machine)).latest;
              const rate = (latest?.networkRxBytesPerSecond ?? 0) + (latest?.networkTxBytesPerSecond ?? 0);
              return [[id, cableWidth(rate)] as const];
            }),
          ),
        );
      }),
    [uri, cables],
  );
  return widths;
}
