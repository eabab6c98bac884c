import { t } from '../../../app/i18n.ts';
import type { CableState } from './graph.ts';
import styles from './topology.module.css';

const states: readonly CableState[] = ['up', 'next', 'idle', 'unplugged', 'broken'];

/** What a cable's colour and dashes mean. */
export function Legend(): React.JSX.Element {
  return (
    <ul className={styles.legend} aria-label={t('networks:topology.legend')}>
      {states.map((state) => (
        <li key={state}>
          <svg width="32" height="8" aria-hidden>
            <path className={styles[state]} d="M0 4 H32" fill="none" strokeWidth="2" />
          </svg>
          {t(`networks:cable.${state}`)}
        </li>
      ))}
    </ul>
  );
}
