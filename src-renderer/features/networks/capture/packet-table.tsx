import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import type { PacketRow } from '../../../../src-shared/model/capture.ts';
import { t } from '../../../app/i18n.ts';
import { cx } from '../../../components/cx.ts';
import styles from './capture.module.css';
import { clockOf } from './packet-list.ts';

const rowHeight = 22;
const headHeight = 28;
const columns = ['number', 'time', 'source', 'destination', 'protocol', 'length', 'info'] as const;

/** Thousands of packets as rows; only those in sight exist. It follows the newest while it is scrolled to its end. */
export function PacketTable(props: {
  rows: readonly PacketRow[];
  chosen: number | undefined;
  onChoose: (number: number | undefined) => void;
}): React.JSX.Element {
  const { rows, chosen, onChoose } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(true);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const at = chosen === undefined ? -1 : rows.findIndex(({ number }) => number === chosen);

  useEffect(() => {
    const element = scroller.current;
    if (follows && element !== null) element.scrollTop = element.scrollHeight;
  }, [follows, rows]);

  const move = (index: number): void => {
    const to = Math.max(0, Math.min(rows.length - 1, index));
    setFollows(false);
    onChoose(rows[to]?.number);
    virtualizer.scrollToIndex(to, { align: 'auto' });
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const from = at < 0 ? rows.length : at;
    const steps: Readonly<Record<string, number>> = {
      ArrowUp: from - 1,
      ArrowDown: at < 0 ? rows.length - 1 : at + 1,
      PageUp: from - page,
      PageDown: from + page,
      Home: 0,
      End: rows.length - 1,
    };
    const step = steps[event.key];
    if (event.key === 'Escape') onChoose(undefined);
    else if (step !== undefined && rows.length > 0) move(step);
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={t('cable:packets')}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={at < 0 ? undefined : `packet-${chosen}`}
      tabIndex={0}
      className={styles.table}
      onKeyDown={onKeyDown}
      onWheel={(event) => {
        if (event.deltaY < 0) setFollows(false);
      }}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        if (scrollTop + clientHeight >= scrollHeight - 2) setFollows(true);
      }}
    >
      <div role="row" aria-rowindex={1} className={cx(styles.line, styles.head)}>
        {columns.map((column) => (
          <span key={column} role="columnheader">
            {t(`cable:column.${column}`)}
          </span>
        ))}
      </div>
      <div role="presentation" className={styles.rows} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return undefined;
          return (
            <Row
              key={row.number}
              row={row}
              index={index}
              top={start - headHeight}
              chosen={row.number === chosen}
              onChoose={() => {
                setFollows(false);
                onChoose(row.number);
              }}
            />
          );
        })}
      </div>
    </div>
  );
}

function Row(props: {
  row: PacketRow;
  index: number;
  top: number;
  chosen: boolean;
  onChoose: () => void;
}): React.JSX.Element {
  const { row, index, top, chosen, onChoose } = props;
  return (
    <div
      id={`packet-${row.number}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      className={cx(styles.line, styles.row)}
      style={{ top, height: rowHeight }}
      onClick={onChoose}
    >
      <span role="gridcell" className={styles.number}>
        {row.number}
      </span>
      <span role="gridcell">{clockOf(row.timeUs)}</span>
      <span role="gridcell" className="truncate">
        {row.source}
      </span>
      <span role="gridcell" className="truncate">
        {row.destination}
      </span>
      <span role="gridcell" className={styles.protocol} data-protocol={row.protocol}>
        {row.protocol}
      </span>
      <span role="gridcell" className={styles.number}>
        {row.length}
      </span>
      <span role="gridcell" className="truncate">
        {row.info}
      </span>
    </div>
  );
}
