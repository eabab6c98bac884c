import CircleAlert from 'lucide-react/icons/circle-alert';
import Info from 'lucide-react/icons/info';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import type { NetworkFinding } from '../../../src-shared/model/network-summary.ts';
import { hostText } from '../../app/host-words.ts';
import { t } from '../../app/i18n.ts';
import { Icon } from '../../components/icon.tsx';
import styles from './plan-view.module.css';

const icons = { info: Info, warning: TriangleAlert, error: CircleAlert };

/** What was found while planning, each with what can be done about it. */
export function Findings({ findings }: { findings: readonly NetworkFinding[] }): React.JSX.Element {
  return (
    <ul className={styles.findings}>
      {findings.map(({ id, severity, message, fix, words }, index) => (
        <li key={`${id} ${index}`} className={styles[severity]}>
          <Icon of={icons[severity]} />
          <span>
            <span className="visually-hidden">{t(`networks:severity.${severity}`)} </span>
            {hostText(message, words?.message)}
            {fix !== undefined && <span className={styles.fix}>{hostText(fix, words?.fix)}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Sentences in the order in which they are done. */
export function Sentences({ label, sentences }: { label: string; sentences: readonly string[] }): React.JSX.Element {
  return (
    <section className={styles.steps} aria-label={label}>
      <h3>{label}</h3>
      {sentences.length === 0 ? (
        <p>{t('networks:plan.nothing')}</p>
      ) : (
        <ol>
          {sentences.map((sentence, index) => (
            <li key={index}>{sentence}</li>
          ))}
        </ol>
      )}
    </section>
  );
}
