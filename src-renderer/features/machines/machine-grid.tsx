import { useVirtualizer } from '@tanstack/react-virtual';
import ChevronRight from 'lucide-react/icons/chevron-right';
import { useEffect, useMemo, useRef } from 'react';
import { t } from '../../app/i18n.ts';
import type { Machine } from '../../app/store/inventory.ts';
import { cx } from '../../components/cx.ts';
import { Icon } from '../../components/icon.tsx';
import { Menu } from '../../components/menu.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { useElementSize } from '../../components/use-element-size.ts';
import { groupLabel } from './group-label.ts';
import { cardsInRow } from './layout.ts';
import { cpuText, figuresOf, LiveText } from './live-figure.tsx';
import styles from './machine-grid.module.css';
import { toggleGroup, useMachines } from './machines-store.ts';
import { RenameField } from './rename-field.tsx';
import { StateBadge } from './state.tsx';
import { Thumbnail } from './thumbnail.tsx';
import { useMachineKeys } from './use-machine-keys.ts';
import { isActive, type Line } from './view.ts';

const cardWidth = 212;
const gap = 12;
const textHeight = 72;
const headingHeight = 32;

type GridRow =
  | { readonly type: 'group'; readonly line: Extract<Line, { type: 'group' }> }
  | { readonly type: 'cards'; readonly machines: readonly Machine[] };

/** Lines as rows of so many cards; a heading starts a new row. */
export function gridRows(lines: readonly Line[], perRow: number): readonly GridRow[] {
  const rows: GridRow[] = [];
  let open: Machine[] | undefined;
  for (const line of lines) {
    if (line.type === 'group') {
      rows.push({ type: 'group', line });
      open = undefined;
    } else if (open === undefined || open.length === perRow) {
      open = [line.machine];
      rows.push({ type: 'cards', machines: open });
    } else open.push(line.machine);
  }
  return rows;
}

/** Machines as cards with what is on their screens. */
export function MachineGrid({ lines }: { lines: readonly Line[] }): React.JSX.Element {
  const selection = useMachines((state) => state.selection);
  const grouping = useMachines((state) => state.grouping);
  const renaming = useMachines((state) => state.renaming);
  const scroller = useRef<HTMLDivElement>(null);
  const [measure, size] = useElementSize();
  const width = (size?.width ?? 720) - 24;
  const perRow = cardsInRow(width, cardWidth, gap);
  const rows = useMemo(() => gridRows(lines, perRow), [lines, perRow]);
  const actualWidth = (width - gap * (perRow - 1)) / perRow;
  const rowHeight = Math.round((actualWidth - 18) * (10 / 16)) + textHeight + 2;
  const keys = useMachineKeys(lines, perRow, () => Math.max(1, Math.floor((size?.height ?? 0) / rowHeight)));
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (rows[index]?.type === 'group' ? headingHeight : rowHeight + gap),
    overscan: 1,
    initialRect: { width: 800, height: window.innerHeight },
  });
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight, rows]);
  useEffect(() => {
    const index = rows.findIndex(
      (row) => row.type === 'cards' && row.machines.some((machine) => machine.key === selection.active),
    );
    if (index >= 0) virtualizer.scrollToIndex(index, { align: 'auto' });
    // Only when the place moves, not when the rows change around it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [selection.active]);

  return (
    <div
      ref={(element) => {
        scroller.current = element;
        measure(element);
      }}
      role="listbox"
      aria-label={t('nav.machines')}
      aria-multiselectable
      aria-activedescendant={selection.active === undefined ? undefined : `machine-${selection.active}`}
      tabIndex={0}
      data-machines
      className={styles.grid}
      onKeyDown={keys.onKeyDown}
    >
      <div className={styles.rows} role="presentation" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return undefined;
          if (row.type === 'group') {
            return (
              <div key={`group ${row.line.id}`} role="presentation" className={styles.row} style={{ top: start }}>
                <button
                  type="button"
                  className={styles.heading}
                  style={{ height: headingHeight }}
                  aria-expanded={!row.line.collapsed}
                  tabIndex={-1}
                  onClick={() => toggleGroup(row.line.id)}
                >
                  <Icon of={ChevronRight} />
                  {groupLabel(grouping, row.line.id)}
                  <span>{row.line.count}</span>
                </button>
              </div>
            );
          }
          return (
            <div
              key={row.machines[0]?.key}
              role="presentation"
              className={styles.row}
              style={{ top: start, gridTemplateColumns: `repeat(${perRow}, minmax(0, 1fr))` }}
            >
              {row.machines.map((machine) => (
                <div
                  key={machine.key}
                  id={`machine-${machine.key}`}
                  role="option"
                  aria-selected={selection.chosen.has(machine.key)}
                  data-active={selection.active === machine.key}
                  draggable
                  className={styles.card}
                  style={{ height: rowHeight }}
                  {...keys.handlers(machine.key)}
                >
                  <Card machine={machine} renaming={renaming === machine.key} />
                </div>
              ))}
            </div>
          );
        })}
      </div>
      {keys.menu !== undefined && (
        <Menu anchor={keys.menu.at} label={t('machines:menu')} sections={keys.menu.sections} onClose={keys.closeMenu} />
      )}
    </div>
  );
}

function Card({ machine, renaming }: { machine: Machine; renaming: boolean }): React.JSX.Element {
  const figures = figuresOf(machine);
  return (
    <>
      <Thumbnail machine={machine} />
      <div className={styles.text}>
        {renaming ? (
          <RenameField machine={machine} />
        ) : (
          <>
            <span className={cx(styles.name, 'truncate')}>{machine.name}</span>
            <StateBadge machine={machine} />
          </>
        )}
      </div>
      <div className={styles.meta}>
        <span className={cx(styles.address, 'truncate')}>{machine.addresses[0] ?? machine.title ?? ''}</span>
        {isActive(machine) && (
          <>
            <Sparkline series={figures.cpu} width={44} height={14} max={1} />
            <LiveText figures={figures} text={cpuText} className="tabular" />
          </>
        )}
      </div>
    </>
  );
}
