/**
 * Places of a topology's nodes: the Internet, the host, networks and machines from left to right, each level with the
 * middle of what hangs on it. Pure.
 */
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

const widths = [104, 168, 208, 184];
const gapX = 56;
/** Before machines there is room for their addresses, where they are shown. */
const gapAddresses = 136;
const gapDense = 40;
const gapY = 12;
const margin = 24;
const nodeHeight = 52;
/** A machine has room for the ports of its cards. */
export const portPitch = 26;

/** So many machines stand below each other as they are; more are drawn as lines, side by side. */
const roomyMachines = 8;
const lineHeight = 34;
const mostSideBySide = 3;
const gapMachines = 32;

const xOf = (column: number): number => margin + widths.slice(0, column).reduce((sum, width) => sum + width + gapX, 0);

const isDense = (machines: number): boolean => machines > roomyMachines;
const machinesAt = (count: number): number => xOf(3) - gapX + (isDense(count) ? gapDense : gapAddresses);

type MachineNode = Extract<TopologyNode, { kind: 'machine' }>;

/** Machines in their order, downwards and then to the right. */
function placeMachines(nodes: readonly MachineNode[], boxes: Map<string, Box>): void {
  const dense = isDense(nodes.length);
  const heightOf = (node: MachineNode): number =>
    Math.max(dense ? lineHeight : nodeHeight, node.cards.length * portPitch);
  const total = nodes.reduce((sum, node) => sum + heightOf(node) + gapY, 0);
  const side = Math.min(mostSideBySide, Math.ceil(nodes.length / roomyMachines));
  const width = widths[3] ?? 0;
  let [x, y] = [machinesAt(nodes.length), margin];
  for (const node of nodes) {
    const height = heightOf(node);
    boxes.set(node.id, { x, y, width, height });
    y += height + gapY;
    if (y - margin < total / side) continue;
    x += width + gapMachines;
    y = margin;
  }
}

export function layoutOf({ nodes, cables }: Topology): Layout {
  const boxes = new Map<string, Box>();
  placeMachines(
    nodes.filter((node) => node.kind === 'machine'),
    boxes,
  );
  const middle = (id: string): number | undefined => {
    const box = boxes.get(id);
    return box === undefined ? undefined : box.y + box.height / 2;
  };
  for (const column of [2, 1, 0]) {
    const wished = nodes
      .filter(({ kind }) => columns[kind] === column)
      .map((node) => {
        const ends = cables.filter(({ from }) => from === node.id).flatMap(({ to }) => middle(to) ?? []);
        const wish = ends.length === 0 ? undefined : ends.reduce((sum, each) => sum + each, 0) / ends.length;
        return { node, wish };
      })
      // The order follows what they lead to; those with nothing on them come last.
      .sort((a, b) => (a.wish ?? Infinity) - (b.wish ?? Infinity));
    let y = margin;
    for (const { node, wish } of wished) {
      const top = Math.max(y, wish === undefined ? y : wish - nodeHeight / 2);
      boxes.set(node.id, { x: xOf(column), y: top, width: widths[column] ?? 0, height: nodeHeight });
      y = top + nodeHeight + gapY;
    }
  }
  const all = [...boxes.values()];
  return {
    boxes,
    width: Math.max(xOf(3) - gapX, ...all.map((box) => box.x + box.width)) + margin,
    height: Math.max(0, ...all.map((box) => box.y + box.height)) + margin,
  };
}

/** Where the cable of a machine's card is plugged in. */
export function portOf(box: Box, place: number, count: number): { readonly x: number; readonly y: number } {
  return { x: box.x, y: box.y + box.height / 2 + (place - (count - 1) / 2) * portPitch };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Cables of two columns behind the first share the gap below a row. */
const laneOffset = 3;

/** Where the cable of a machine behind the first column turns into the gap below its row, so as not to cross others. */
export function laneOf(box: Box, machines: number): Point | undefined {
  const first = machinesAt(machines);
  const behind = Math.round((box.x - first) / ((widths[3] ?? 0) + gapMachines));
  if (behind === 0) return undefined;
  return { x: first - 8, y: box.y + box.height + laneOffset * (behind + 0.5) };
}

/** A cable hangs level at both ends, and on the way along its lane. */
export function cablePath(from: Point, to: Point, lane?: Point): string {
  if (lane !== undefined) {
    const turn = to.x - gapMachines + laneOffset;
    return `${cablePath(from, lane)} H${turn} C${to.x - laneOffset} ${lane.y} ${turn} ${to.y} ${to.x} ${to.y}`;
  }
  const bend = Math.max(24, Math.abs(to.x - from.x) / 2);
  return `M${from.x} ${from.y} C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`;
}

/** One and a half pixels for next to nothing, a pixel more for each ten times as much. */
export function cableWidth(bytesPerSecond: number): number {
  return 1.5 + Math.min(5, Math.max(0, Math.log10(Math.max(bytesPerSecond, 1) / 1000)));
}
