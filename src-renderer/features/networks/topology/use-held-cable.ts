/** A cable in the hand: taken by the pointer or by the keyboard, over something, dropped or put back. */
import { type RefObject, useCallback, useMemo, useRef, useState } from 'react';
import type { NetworkCard } from '../../../../src-shared/model/network-view.ts';
import { t } from '../../../app/i18n.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { announce } from '../../../components/live-region.tsx';
import type { NetworkView } from '../use-networks.ts';
import type { CableTarget } from './connect-card.ts';
import type { TopologyNode } from './graph.ts';
import type { Box } from './layout.ts';
import { moveCable, unplugCable } from './move-cable.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What a port belongs to; without a card it is one for a new card. */
export interface Plug {
  readonly machine: Machine;
  readonly card: NetworkCard | undefined;
  readonly at: Point;
}

export interface Held extends Plug {
  readonly by: 'pointer' | 'keys';
  readonly to: Point;
  readonly over: string | undefined;
}

/** Less is a click with an unsteady hand. */
const dragStart = 4;

export interface HeldCable {
  readonly held: Held | undefined;
  readonly take: (event: React.PointerEvent<HTMLElement>, plug: Plug) => void;
  readonly key: (event: React.KeyboardEvent<HTMLElement>, plug: Plug) => void;
  readonly putBack: () => void;
}

export function useHeldCable(
  view: NetworkView,
  nodes: readonly TopologyNode[],
  boxes: ReadonlyMap<string, Box>,
  canvas: RefObject<HTMLElement | null>,
): HeldCable {
  const [held, setHeld] = useState<Held>();
  const targets = useMemo(() => nodes.filter((node) => targetOf(node) !== undefined), [nodes]);
  // Nodes keep their handlers while the picture changes around them.
  const now = useRef({ view, nodes, boxes, targets, held });
  now.current = { view, nodes, boxes, targets, held };

  const drop = useCallback((plug: Plug, over: string | undefined): void => {
    const { view: seen, nodes: all } = now.current;
    const node = all.find(({ id }) => id === over);
    const target = node === undefined ? undefined : targetOf(node);
    if (target !== undefined) moveCable(seen, plug.machine, plug.card, target);
    else if (node === undefined && plug.card?.plugged === true) unplugCable(seen, plug.machine, plug.card);
  }, []);

  const take = useCallback(
    (event: React.PointerEvent<HTMLElement>, plug: Plug): void => {
      const area = canvas.current;
      if (area === null || event.button !== 0) return;
      const port = event.currentTarget;
      const start = { x: event.clientX, y: event.clientY };
      let last: Held | undefined;
      delete port.dataset['dragged'];
      port.setPointerCapture(event.pointerId);
      const move = (moved: PointerEvent): void => {
        if (last === undefined && Math.hypot(moved.clientX - start.x, moved.clientY - start.y) < dragStart) return;
        const edge = area.getBoundingClientRect();
        const scale = edge.width / area.offsetWidth;
        const to = { x: (moved.clientX - edge.left) / scale, y: (moved.clientY - edge.top) / scale };
        last = { ...plug, by: 'pointer', to, over: nodeAt(moved.clientX, moved.clientY) };
        setHeld(last);
      };
      const stop = (): void => {
        port.removeEventListener('pointermove', move);
        port.removeEventListener('pointerup', end);
        port.removeEventListener('pointercancel', end);
        window.removeEventListener('keydown', escape, true);
        setHeld(undefined);
      };
      const end = (ended: PointerEvent): void => {
        stop();
        if (last === undefined) return;
        // The click that follows is the end of this, not a wish of its own.
        port.dataset['dragged'] = 'true';
        if (ended.type === 'pointerup') drop(plug, nodeAt(ended.clientX, ended.clientY));
      };
      const escape = (pressed: KeyboardEvent): void => {
        if (pressed.key !== 'Escape') return;
        pressed.stopPropagation();
        port.dataset['dragged'] = 'true';
        stop();
        announce(t('trace:topology.putBack'));
      };
      port.addEventListener('pointermove', move);
      port.addEventListener('pointerup', end);
      port.addEventListener('pointercancel', end);
      window.addEventListener('keydown', escape, true);
    },
    [canvas, drop],
  );

  const putBack = useCallback((): void => {
    if (now.current.held?.by !== 'keys') return;
    setHeld(undefined);
    announce(t('trace:topology.putBack'));
  }, []);

  const key = useCallback(
    (event: React.KeyboardEvent<HTMLElement>, plug: Plug): void => {
      const { held: holding, targets: all, boxes: places } = now.current;
      const isHolding =
        holding?.by === 'keys' && holding.machine.key === plug.machine.key && holding.card === plug.card;
      const over = (node: TopologyNode | undefined): void => {
        const box = node === undefined ? undefined : places.get(node.id);
        const to = box === undefined ? plug.at : { x: box.x + box.width, y: box.y + box.height / 2 };
        setHeld({ ...plug, by: 'keys', to, over: node?.id });
        if (node !== undefined) announce(t('trace:topology.over', { name: targetOf(node)?.name ?? '' }));
      };
      const use = (): void => {
        event.preventDefault();
        event.stopPropagation();
      };
      if (!isHolding) {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        use();
        over(all.find((node) => targetOf(node)?.name === plug.card?.source));
        announce(t('trace:topology.held', { machine: plug.machine.name }));
        return;
      }
      const place = all.findIndex(({ id }) => id === holding.over);
      switch (event.key) {
        case 'ArrowDown':
        case 'ArrowRight':
          use();
          return over(all[(place + 1) % all.length]);
        case 'ArrowUp':
        case 'ArrowLeft':
          use();
          return over(all[(place <= 0 ? all.length : place) - 1]);
        case 'Enter':
        case ' ':
          use();
          setHeld(undefined);
          if (holding.over !== undefined) drop(plug, holding.over);
          return;
        case 'Delete':
        case 'Backspace':
          use();
          setHeld(undefined);
          return drop(plug, undefined);
        case 'Escape':
          use();
          return putBack();
      }
    },
    [drop, putBack],
  );
  return { held, take, key, putBack };
}

/** The node at a point of the window; undefined beside everything. */
const nodeAt = (x: number, y: number): string | undefined =>
  document.elementsFromPoint(x, y).flatMap((element) => {
    const id =
      element instanceof HTMLElement ? element.closest<HTMLElement>('[data-node]')?.dataset['node'] : undefined;
    return id ?? [];
  })[0];

/** What a card can be plugged into. */
export function targetOf(node: TopologyNode): CableTarget | undefined {
  if (node.kind === 'network') return { kind: 'network', name: node.network.name };
  if (node.kind === 'device' && node.device.kind === 'bridge') return { kind: 'bridge', name: node.device.name };
  return undefined;
}
