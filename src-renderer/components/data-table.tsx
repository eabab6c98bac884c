import ArrowDown from 'lucide-react/icons/arrow-down';
import ArrowUp from 'lucide-react/icons/arrow-up';
import { useMemo, useState } from 'react';
import { cx } from './cx.ts';
import styles from './data-table.module.css';
import { Icon } from './icon.tsx';
import { Skeleton } from './skeleton.tsx';

export interface TableColumn<R> {
  readonly id: string;
  readonly label: string;
  readonly cell: (row: R) => React.ReactNode;
  /** Present: the column can be sorted by it. */
  readonly sort?: (row: R) => string | number;
  /** Figures, aligned at their end. */
  readonly end?: boolean;
}

export interface DataTableProps<R> {
  readonly label: string;
  /** Undefined while they are on their way. */
  readonly rows: readonly R[] | undefined;
  readonly rowKey: (row: R) => string;
  readonly columns: readonly TableColumn<R>[];
  readonly actions?: (row: R) => React.ReactNode;
  readonly onContextMenu?: (row: R, at: { readonly x: number; readonly y: number }) => void;
  readonly className?: string | undefined;
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
const waitingRows = 5;

/** A table of up to a few hundred rows. */
export function DataTable<R>(props: DataTableProps<R>): React.JSX.Element {
  const { label, rows, rowKey, columns, actions, onContextMenu, className } = props;
  const [order, setOrder] = useState<{ readonly id: string; readonly descending: boolean }>();
  const sorted = useMemo(() => {
    const value = columns.find((column) => column.id === order?.id)?.sort;
    if (rows === undefined || value === undefined) return rows;
    const sign = order?.descending === true ? -1 : 1;
    return [...rows].sort((a, b) => {
      const [left, right] = [value(a), value(b)];
      return (
        sign *
        (typeof left === 'number' && typeof right === 'number'
          ? left - right
          : collator.compare(String(left), String(right)))
      );
    });
  }, [rows, columns, order]);

  return (
    <div className={cx(styles.wrap, className)}>
      <table aria-label={label} aria-busy={rows === undefined}>
        <thead>
          <tr>
            {columns.map((column) => {
              const current = order?.id === column.id;
              return (
                <th
                  key={column.id}
                  scope="col"
                  className={cx(styles.head, column.end === true && styles.end)}
                  aria-sort={current ? (order.descending ? 'descending' : 'ascending') : undefined}
                >
                  {column.sort === undefined ? (
                    column.label
                  ) : (
                    <button
                      type="button"
                      className={styles.sort}
                      onClick={() => setOrder({ id: column.id, descending: current && !order.descending })}
                    >
                      {column.label}
                      {current && <Icon of={order.descending ? ArrowDown : ArrowUp} />}
                    </button>
                  )}
                </th>
              );
            })}
            {actions !== undefined && <td className={styles.head} />}
          </tr>
        </thead>
        <tbody>
          {sorted === undefined
            ? Array.from({ length: waitingRows }, (_, index) => (
                <tr key={index} className={styles.row}>
                  {columns.map((column) => (
                    <td key={column.id} className={cx(column.end === true && styles.end)}>
                      <Skeleton width={column.end === true ? 48 : 120} />
                    </td>
                  ))}
                  {actions !== undefined && <td />}
                </tr>
              ))
            : sorted.map((row) => (
                <tr
                  key={rowKey(row)}
                  className={styles.row}
                  onContextMenu={(event) => {
                    if (onContextMenu === undefined) return;
                    event.preventDefault();
                    onContextMenu(row, { x: event.clientX, y: event.clientY });
                  }}
                >
                  {columns.map((column) => (
                    <td key={column.id} className={cx(column.end === true && styles.end, 'truncate')}>
                      {column.cell(row)}
                    </td>
                  ))}
                  {actions !== undefined && <td className={styles.actions}>{actions(row)}</td>}
                </tr>
              ))}
        </tbody>
      </table>
    </div>
  );
}
