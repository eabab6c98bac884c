import { useState } from 'react';
import { parseDomain } from '../../../../src-shared/model/domain/index.ts';
import { engine } from '../../../app/client.ts';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { reportError } from '../../../app/feedback/notices.ts';
import { formatRelative, formatTime } from '../../../app/format.ts';
import { t } from '../../../app/i18n.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { useAnswer } from '../../../app/use-answer.ts';
import { Button } from '../../../components/button.tsx';
import { announce } from '../../../components/live-region.tsx';
import { isChanged } from '../../../app/edit/draft.ts';
import type { Definition } from '../edit/use-definition.ts';
import styles from './overview.module.css';

const shownAtFirst = 5;

/** What the machine was defined as before. Restoring is an edit like any other: shown first, then applied. */
export function PastDefinitions(props: { machine: Machine; definition: Definition }): React.JSX.Element | undefined {
  const { machine, definition } = props;
  const { uri, uuid } = machine;
  const [all, setAll] = useState(false);
  const { draft } = definition;
  // Each definition stored is one more in the history.
  const past = useAnswer(draft === undefined ? undefined : `${uuid}@${uri} ${draft.stored.text}`, () =>
    engine.call('domains.history', { uri, uuid }),
  );
  const ordered = [...(past.value ?? [])].sort((a, b) => b.timeMs - a.timeMs);
  if (past.error === undefined && ordered.length === 0) return undefined;

  const restore = async (entry: string): Promise<void> => {
    const old = parseDomain(await engine.call('domains.history-xml', { uri, uuid, entry }));
    definition.edit((now) => ({ ...old, name: now.name, ...(now.uuid === undefined ? {} : { uuid: now.uuid }) }));
    announce(t('machine:history.staged'));
  };

  return (
    <section className={styles.section} aria-label={t('machine:history.title')}>
      <div className={styles.sectionHead}>
        <h2>{t('machine:history.title')}</h2>
        {ordered.length > shownAtFirst && (
          <Button variant="quiet" size="small" onClick={() => setAll(!all)}>
            {all ? t('machine:history.fewer') : t('machine:history.all', { count: ordered.length })}
          </Button>
        )}
      </div>
      {past.error !== undefined && <ErrorPanel error={past.error} />}
      <ol className={styles.history}>
        {ordered.slice(0, all ? undefined : shownAtFirst).map((entry, index) => (
          <li key={entry.id}>
            <span className={styles.when} data-tip={formatTime(entry.timeMs)}>
              {formatRelative(entry.timeMs, Date.now())}
            </span>
            <span className={styles.author}>{t('machine:history.by', { author: entry.author })}</span>
            {index === 0 ? (
              <span className={styles.current}>{t('machine:history.current')}</span>
            ) : (
              <Button
                variant="quiet"
                size="small"
                disabled={draft === undefined || isChanged(draft)}
                tip={draft !== undefined && isChanged(draft) ? t('machine:history.busy') : undefined}
                onClick={() => {
                  restore(entry.id).catch(reportError);
                }}
              >
                {t('machine:history.restore')}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
