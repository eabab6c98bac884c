import styles from './chart-legend.module.css';
import { cx } from './cx.ts';

export interface LegendEntry {
  readonly id: string;
  /** Absent where one line needs no name. */
  readonly label?: React.ReactNode;
  /** Which of the theme's graph colours, 1…8. */
  readonly color: number;
  /** The line's latest figure. */
  readonly value: string;
}

/** What the lines of a chart are, and where they are now. */
export function ChartLegend({
  entries,
  strong,
}: {
  entries: readonly LegendEntry[];
  /** The figures are what is looked at first. */
  strong?: boolean;
}): React.JSX.Element {
  return (
    <ul className={cx(styles.legend, strong === true && styles.strong)}>
      {entries.map(({ id, label, color, value }) => (
        <li key={id}>
          {label !== undefined && (
            <>
              <span className={styles.swatch} style={{ background: `var(--graph-${color})` }} aria-hidden />
              {label}
            </>
          )}
          <span className={styles.value}>{value}</span>
        </li>
      ))}
    </ul>
  );
}
