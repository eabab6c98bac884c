import styles from './meter.module.css';
import { cx } from './cx.ts';

export interface MeterPart {
  readonly amount: number;
  readonly tone?: 'accent' | 'warn' | 'danger' | 'quiet';
}

/** A bar of parts of a whole. The words beside it say the figures. */
export function Meter({
  parts,
  total,
  label,
}: {
  parts: readonly MeterPart[];
  total: number;
  label: string;
}): React.JSX.Element {
  const sum = parts.reduce((all, part) => all + part.amount, 0);
  const scale = 100 / Math.max(total, sum, 1e-9);
  return (
    <div
      className={styles.meter}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={Math.min(sum, total)}
    >
      {parts.map((part, index) => (
        <div
          // Parts are told apart by their place.
          key={index}
          className={cx(styles.part, part.tone !== undefined && part.tone !== 'quiet' && styles[part.tone])}
          style={{ width: `${part.amount * scale}%` }}
        />
      ))}
    </div>
  );
}

/** Progress of a task; without `value` it is under way for an unknown time. */
export function ProgressBar({ value, label }: { value: number | undefined; label: string }): React.JSX.Element {
  return (
    <div
      className={styles.meter}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value === undefined ? undefined : Math.round(value * 100)}
      data-busy={value === undefined}
    >
      {value !== undefined && <div className={cx(styles.part, styles.accent)} style={{ width: `${value * 100}%` }} />}
    </div>
  );
}
