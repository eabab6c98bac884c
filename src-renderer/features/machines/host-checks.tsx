import ChevronRight from 'lucide-react/icons/chevron-right';
import CircleAlert from 'lucide-react/icons/circle-alert';
import CircleCheck from 'lucide-react/icons/circle-check';
import LoaderCircle from 'lucide-react/icons/loader-circle';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { useEffect, useState } from 'react';
import type { HostCheck } from '../../../src-shared/contract/app.ts';
import type { ErrorData } from '../../../src-shared/errors.ts';
import { engine, errorDataOf } from '../../app/client.ts';
import { copyText, ErrorPanel } from '../../app/feedback/error-panel.tsx';
import { hostText } from '../../app/host-words.ts';
import { t, textOf } from '../../app/i18n.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { cx } from '../../components/cx.ts';
import { Icon } from '../../components/icon.tsx';
import styles from './host-checks.module.css';

const icons = { ok: CircleCheck, warning: TriangleAlert, failed: CircleAlert };
const order = { failed: 0, warning: 1, ok: 2 };

/** What this computer has and lacks. All well: one closed line. Otherwise what is wrong, why, and what to do. */
export function HostChecks(): React.JSX.Element {
  const [checks, setChecks] = useState<readonly HostCheck[]>();
  const [error, setError] = useState<ErrorData>();
  useEffect(() => {
    engine.call('app.checks', {}).then(setChecks, (thrown: unknown) => setError(errorDataOf(thrown)));
  }, []);
  if (error !== undefined) return <ErrorPanel error={error} />;

  const all = [...(checks ?? [])].sort((a, b) => order[a.status] - order[b.status]);
  const worst = all[0]?.status ?? 'ok';
  const wrong = all.filter((check) => check.status !== 'ok').length;
  return (
    <details className={styles.checks} open={wrong > 0}>
      <summary className={styles[worst]}>
        <Icon of={checks === undefined ? LoaderCircle : icons[worst]} />
        {checks === undefined
          ? t('machines:checks.checking')
          : wrong === 0
            ? t('machines:checks.ok')
            : t('machines:checks.wrong', { count: wrong })}
        <Icon of={ChevronRight} className={styles.chevron} />
      </summary>
      <ul className={styles.list}>
        {all.map((check) => (
          <li key={check.id} className={cx(styles.check, styles[check.status])}>
            <Icon of={icons[check.status]} />
            <div className={styles.title}>
              {textOf(`machines:checks.title.${check.id}`, check.id)}
              <span className={styles.found}>{hostText(check.found, check.words?.found)}</span>
            </div>
            {check.cause !== undefined && <p className={styles.text}>{hostText(check.cause, check.words?.cause)}</p>}
            {check.fix !== undefined && <p className={styles.text}>{hostText(check.fix, check.words?.fix)}</p>}
            {check.command !== undefined && <Command text={check.command} />}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Command({ text }: { text: string }): React.JSX.Element {
  return (
    <div className={styles.command}>
      <code>{text}</code>
      <CopyButton label={t('machines:checks.copy')} doneLabel={t('action.copied')} copy={() => copyText(text)} />
    </div>
  );
}
