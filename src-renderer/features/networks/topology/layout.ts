/** Places of a topology's nodes: four columns, each node level with the middle of what hangs on it. Pure. */
import type { Topology, TopologyNode } from './graph.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly boxes: ReadonlyMap<string, Box>;
  readonly width: number;
  readonly height: number;
}

const columns: Readonly<Record<TopologyNode['kind'], number>> = {
  internet: 0,
  host: 1,
  device: 1,
  network: 2,
  user: 2,
  missing: 2,
  machine: 3,
};

const widths = [112, 192, 216, 216];
const gapX = 84;
const gapY = 12;
const margin = 24;
const nodeHeight = 52;
/** A machine has room for the ports of its cards. */
export const portPitch = 26;

const xOf = (column: number): number => margin + widths.slice(0, column).reduce((sum, width) => sum + width + gapX, 0);

const heightOf = (node: TopologyNode): number =>
  node.kind === 'machine' ? Math.max(nodeHeight, node.cards.length * portPitch) : nodeHeight;

export function layoutOf({ nodes, cables }: Topology): Layout {
  const boxes = new Map<string, Box>();
  const middle = (id: string): number | undefined => {
    const box = boxes.get(id);
    return box === undefined ? undefined : box.y + box.height / 2;
  };
  for (const column of [3, 2, 1, 0]) {
    const own = nodes.filter(({ kind }) => columns[kind] === column);
    const wished = own.map((node) => {
      const ends = cables.filter(({ from }) => from === node.id).flatMap(({ to }) => middle(to) ?? []);
      const wish = ends.length === 0 ? undefined : ends.reduce((sum, each) => sum + each, 0) / ends.length;
      return { node, wish };
    });
    // Those with nothing on them come last; the order of the rest follows what they lead to.
    if (column < 3) wished.sort((a, b) => (a.wish ?? Infinity) - (b.wish ?? Infinity));
    let y = margin;
    for (const { node, wish } of wished) {
      const height = heightOf(node);
      const top = Math.max(y, wish === undefined ? y : wish - height / 2);
      boxes.set(node.id, { x: xOf(column), y: top, width: widths[column] ?? 0, height });
      y = top + height + gapY;
    }
  }
  const bottom = Math.max(0, ...[...boxes.values()].map((box) => box.y + box.height));
  return { boxes, width: xOf(3) + (widths[3] ?? 0) + margin, height: bottom + margin };
}

/** Where the cable of a machine's card is plugged in. */
export function portOf(box: Box, place: number, count: number): { readonly x: number; readonly y: number } {
  return { x: box.x, y: box.y + box.height / 2 + (place - (count - 1) / 2) * portPitch };
}

/** A cable hangs level at both ends. */
export function cablePath(from: { x: number; y: number }, to: { x: number; y: number }): string {
  const bend = Math.max(24, Math.abs(to.x - from.x) / 2);
  return `M${from.x} ${from.y} C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`;
}

/** One and a half pixels for next to nothing, a pixel more for each ten times as much. */
export function cableWidth(bytesPerSecond: number): number {
  return 1.5 + Math.min(5, Math.max(0, Math.log10(Math.max(bytesPerSecond, 1) / 1000)));
}
