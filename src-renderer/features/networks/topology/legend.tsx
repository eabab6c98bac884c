import { t } from '../../../app/i18n.ts';
import type { CableState } from './graph.ts';
import { cableWidth } from './layout.ts';
import styles from './topology.module.css';

const states: readonly CableState[] = ['up', 'unaddressed', 'next', 'idle', 'unplugged', 'broken'];

const rates = [
  { bytes: 1_000, label: '1 kB/s' },
  { bytes: 1_000_000, label: '1 MB/s' },
  { bytes: 100_000_000, label: '100 MB/s' },
];

/** What a cable's colour, dashes and thickness mean. */
export function Legend(): React.JSX.Element {
  return (
    <div className={styles.legends}>
      <ul className={styles.legend} aria-label={t('networks:topology.legend')}>
        {states.map((state) => (
          <li key={state}>
            <Sample state={state} width={2} />
            {state === 'unaddressed' ? t('trace:topology.unaddressed') : t(`networks:cable.${state}`)}
          </li>
        ))}
      </ul>
      <ul className={styles.legend} aria-label={t('trace:topology.traffic')}>
        {rates.map(({ bytes, label }) => (
          <li key={label}>
            <Sample state="up" width={cableWidth(bytes)} />
            {label}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Sample({ state, width }: { state: CableState; width: number }): React.JSX.Element {
  return (
    <svg width="32" height="8" aria-hidden>
      <path className={styles[state]} d="M0 4 H32" fill="none" strokeWidth={width} />
    </svg>
  );
}
