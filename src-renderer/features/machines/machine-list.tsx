import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import ArrowDown from 'lucide-react/icons/arrow-down';
import ArrowUp from 'lucide-react/icons/arrow-up';
import ChevronRight from 'lucide-react/icons/chevron-right';
import { memo, useEffect, useRef } from 'react';
import { t } from '../../app/i18n.ts';
import { useSeenMs } from '../../app/seen.tsx';
import type { Machine } from '../../app/store/inventory.ts';
import { useSettings } from '../../app/store/settings-store.ts';
import { Icon } from '../../components/icon.tsx';
import { Menu } from '../../components/menu.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useElementSize } from '../../components/use-element-size.ts';
import { Cell } from './cells.tsx';
import { groupLabel } from './group-label.ts';
import { gridTemplate, shownColumns } from './layout.ts';
import styles from './machine-list.module.css';
import { sortBy, toggleGroup, useMachines } from './machines-store.ts';
import { useMachineKeys } from './use-machine-keys.ts';
import type { Column, Line } from './view.ts';

/** Of the column heads, as the style has it. */
const headHeight = 29;

export const rowHeights = { comfortable: 36, compact: 28 } as const;

/** Thousands of machines as rows; only those in sight exist. */
export function MachineList({ lines, waiting }: { lines: readonly Line[]; waiting: boolean }): React.JSX.Element {
  const rowHeight = rowHeights[useSettings((state) => state.density)];
  const hidden = useMachines((state) => state.hiddenColumns);
  const selection = useMachines((state) => state.selection);
  const renaming = useMachines((state) => state.renaming);
  const grouping = useMachines((state) => state.grouping);
  const scroller = useRef<HTMLDivElement>(null);
  const [measure, size] = useElementSize();
  const shown = shownColumns((size?.width ?? 720) - 24, hidden);
  const template = gridTemplate(shown);
  const keys = useMachineKeys(lines, 1, () =>
    Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1),
  );
  const activeIndex = lines.findIndex((line) => line.type === 'machine' && line.machine.key === selection.active);

  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    // The heads stay at the top, and no row goes under them.
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    estimateSize: () => rowHeight,
    overscan: 6,
    // Before it is measured: enough rows for the largest screen's first paint.
    initialRect: { width: 800, height: window.innerHeight },
    // The row the keyboard is on exists wherever the list is scrolled to, for screen readers.
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      return activeIndex < 0 || indexes.includes(activeIndex) ? indexes : [...indexes, activeIndex];
    },
  });

  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  useEffect(() => {
    if (activeIndex >= 0) virtualizer.scrollToIndex(activeIndex, { align: 'auto' });
    // Only when the place moves, not when the list changes around it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [selection.active]);

  return (
    <div
      ref={(element) => {
        scroller.current = element;
        measure(element);
      }}
      role={grouping === 'none' ? 'grid' : 'treegrid'}
      aria-label={t('nav.machines')}
      aria-multiselectable
      aria-rowcount={lines.length + 1}
      aria-colcount={shown.length}
      aria-busy={waiting}
      aria-activedescendant={selection.active === undefined ? undefined : `machine-${selection.active}`}
      tabIndex={0}
      data-machines
      className={styles.grid}
      onKeyDown={keys.onKeyDown}
    >
      <Head shown={shown} template={template} />
      <div className={styles.body} role="rowgroup">
        {waiting ? (
          <Waiting shown={shown} template={template} rowHeight={rowHeight} />
        ) : (
          <div className={styles.rows} role="presentation" style={{ height: virtualizer.getTotalSize() }}>
            {virtualizer.getVirtualItems().map(({ index, start }) => {
              const line = lines[index];
              if (line === undefined) return undefined;
              const top = start - headHeight;
              const place = { top, height: rowHeight };
              if (line.type === 'group')
                return <GroupRow key={`group ${line.id}`} line={line} index={index} style={place} />;
              const { machine } = line;
              return (
                <Row
                  key={machine.key}
                  machine={machine}
                  index={index}
                  top={top}
                  height={rowHeight}
                  shown={shown.join()}
                  template={template}
                  level={grouping === 'none' ? undefined : 2}
                  selected={selection.chosen.has(machine.key)}
                  active={selection.active === machine.key}
                  renaming={renaming === machine.key}
                  handlers={keys.handlers}
                />
              );
            })}
          </div>
        )}
      </div>
      {keys.menu !== undefined && (
        <Menu anchor={keys.menu.at} label={t('machines:menu')} sections={keys.menu.sections} onClose={keys.closeMenu} />
      )}
    </div>
  );
}

function Head({ shown, template }: { shown: readonly Column[]; template: string }): React.JSX.Element {
  const sort = useMachines((state) => state.sort);
  return (
    <div role="rowgroup" className={styles.heads}>
      <div role="row" aria-rowindex={1} className={styles.head} style={{ gridTemplateColumns: template }}>
        {shown.map((column) => {
          const sorted = sort.column === column;
          return (
            <div
              key={column}
              role="columnheader"
              aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
            >
              <button
                type="button"
                tabIndex={-1}
                className={styles.columnHead}
                data-sorted={sorted}
                onClick={() => sortBy(column)}
              >
                <span className="truncate">{t(`machines:column.${column}`)}</span>
                {sorted && <Icon of={sort.descending ? ArrowDown : ArrowUp} />}
              </button>
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface RowProps {
  readonly machine: Machine;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  /** Joined, so that equal columns are an equal property. */
  readonly shown: string;
  readonly template: string;
  readonly level: number | undefined;
  readonly selected: boolean;
  readonly active: boolean;
  readonly renaming: boolean;
  readonly handlers: ReturnType<typeof useMachineKeys>['handlers'];
}

const Row = memo(function Row(props: RowProps): React.JSX.Element {
  const { machine, index, top, height, shown, template, level, selected, active, renaming, handlers } = props;
  const isStale = useSeenMs(machine.uri) !== undefined;
  return (
    <div
      id={`machine-${machine.key}`}
      role="row"
      aria-rowindex={index + 2}
      aria-level={level}
      aria-selected={selected}
      data-active={active}
      data-stale={isStale}
      draggable={!renaming}
      className={styles.row}
      style={{ top, height, gridTemplateColumns: template }}
      {...handlers(machine.key)}
    >
      {(shown.split(',') as Column[]).map((column) => (
        <div key={column} role="gridcell" className={styles.cell}>
          <Cell column={column} machine={machine} renaming={renaming} />
        </div>
      ))}
    </div>
  );
});

function GroupRow(props: {
  line: Extract<Line, { type: 'group' }>;
  index: number;
  style: { top: number; height: number };
}): React.JSX.Element {
  const { line, index, style } = props;
  const grouping = useMachines((state) => state.grouping);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-level={1}
      aria-expanded={!line.collapsed}
      className={styles.row}
      style={style}
      onClick={() => toggleGroup(line.id)}
    >
      <div role="gridcell" className={styles.group} data-open={!line.collapsed}>
        <Icon of={ChevronRight} />
        {groupLabel(grouping, line.id)}
        <span className={styles.count}>{line.count}</span>
      </div>
    </div>
  );
}

/** Rows to come, where they will be. */
function Waiting(props: { shown: readonly Column[]; template: string; rowHeight: number }): React.JSX.Element {
  const { shown, template, rowHeight } = props;
  return (
    <div className={styles.rows} role="presentation">
      {Array.from({ length: 8 }, (_, index) => (
        <div
          key={index}
          role="presentation"
          className={styles.row}
          style={{ top: index * rowHeight, height: rowHeight, gridTemplateColumns: template }}
        >
          {shown.map((column) => (
            <div key={column} className={styles.cell}>
              <Skeleton width={column === 'name' ? 96 + ((index * 37) % 60) : 48} />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
