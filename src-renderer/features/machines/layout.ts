/** Which columns there is room for, and how wide they are. Pure. */
import { type Column, columns } from './view.ts';

export const columnWidths: Readonly<Record<Column, number>> = {
  name: 190,
  state: 112,
  address: 132,
  cpu: 112,
  memory: 140,
  size: 80,
  uptime: 92,
  tags: 140,
};

/** The first to go when the window gets narrower. */
const leastNeeded: readonly Column[] = ['tags', 'size', 'uptime', 'memory', 'address', 'cpu', 'state'];

export function shownColumns(width: number, hidden: readonly Column[]): readonly Column[] {
  let shown = columns.filter((column) => column === 'name' || !hidden.includes(column));
  for (const column of leastNeeded) {
    const needed = shown.reduce((sum, each) => sum + columnWidths[each], 0);
    if (needed <= width) break;
    shown = shown.filter((each) => each !== column);
  }
  return shown;
}

/** The name takes what the others leave. */
export function gridTemplate(shown: readonly Column[]): string {
  return shown
    .map((column) => (column === 'name' ? `minmax(${columnWidths.name - 60}px, 1fr)` : `${columnWidths[column]}px`))
    .join(' ');
}

/** Cards in a row, at least this wide. */
export function cardsInRow(width: number, cardWidth: number, gap: number): number {
  return Math.max(1, Math.floor((width + gap) / (cardWidth + gap)));
}
