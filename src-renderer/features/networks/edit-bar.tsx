import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { useState } from 'react';
import type { ErrorData } from '../../../src-shared/errors.ts';
import { errorDataOf } from '../../app/client.ts';
import { ErrorPanel } from '../../app/feedback/error-panel.tsx';
import { t } from '../../app/i18n.ts';
import { Button } from '../../components/button.tsx';
import bar from '../../components/edit-bar.module.css';
import { Icon } from '../../components/icon.tsx';
import styles from './network-page.module.css';

/** What keeps an edit from being stored, or that it is not yet; stored or thrown away as one. */
export function EditBar(props: {
  words: string;
  confirm: string;
  valid: boolean;
  overtaken?: boolean;
  submit: () => Promise<void>;
  discard: () => void;
  discardLabel?: string;
}): React.JSX.Element {
  const { words, confirm, valid, overtaken, submit, discard, discardLabel } = props;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorData>();
  const run = (): void => {
    setBusy(true);
    setError(undefined);
    submit()
      .catch((thrown: unknown) => setError(errorDataOf(thrown)))
      .finally(() => setBusy(false));
  };
  return (
    <section className={styles.bar} aria-label={t('networks:save.label')} data-bottom-bar>
      {error !== undefined && <ErrorPanel error={error} />}
      <div className={bar.row}>
        <span className={bar.words} role="status">
          {words}
        </span>
        {overtaken === true && (
          <span className={bar.overtaken}>
            <Icon of={TriangleAlert} />
            {t('networks:save.overtaken')}
          </span>
        )}
        <span className={bar.space} />
        <Button disabled={busy} onClick={discard}>
          {discardLabel ?? t('networks:save.discard')}
        </Button>
        <Button variant="primary" busy={busy} disabled={busy || !valid} onClick={run}>
          {confirm}
        </Button>
      </div>
    </section>
  );
}
