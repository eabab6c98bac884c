import Clock from 'lucide-react/icons/clock';
import Zap from 'lucide-react/icons/zap';
import type { PlannedChange } from '../../../../src-shared/contract/domains.ts';
import { t } from '../../../app/i18n.ts';
import { Badge } from '../../../components/badge.tsx';
import { cx } from '../../../components/cx.ts';
import { changeWords } from './change-words.ts';
import styles from './change-list.module.css';
import { diffLines } from './diff-lines.ts';

/** Each change with its lines before and after. */
export function ChangeList(props: { changes: readonly PlannedChange[]; running: boolean }): React.JSX.Element {
  const { changes, running } = props;
  return (
    <ul className={styles.list}>
      {changes.map((change, index) => (
        // A path can change twice: the place in the list tells changes apart.
        <li key={index} className={styles.change}>
          <div className={styles.head}>
            <span className={styles.words}>{changeWords(change)}</span>
            {running &&
              (change.when === 'now' ? (
                <Badge tone="ok" icon={Zap}>
                  {t('machine:edit.now')}
                </Badge>
              ) : (
                <Badge tone="warn" icon={Clock}>
                  {t('machine:edit.nextBoot')}
                </Badge>
              ))}
          </div>
          <pre className={styles.diff} data-selectable>
            {diffLines(change.before ?? '', change.after ?? '').map(({ kind, text }, line) => (
              <span key={line} className={cx(styles.line, styles[kind])}>
                {kind === 'added' ? '+ ' : kind === 'removed' ? '− ' : '  '}
                {text}
                {'\n'}
              </span>
            ))}
          </pre>
        </li>
      ))}
    </ul>
  );
}
