import ArrowLeft from 'lucide-react/icons/arrow-left';
import RotateCcw from 'lucide-react/icons/rotate-ccw';
import Trash from 'lucide-react/icons/trash-2';
import type { BinEntry } from '../../../src-shared/contract/domains.ts';
import { engine } from '../../app/client.ts';
import { confirm } from '../../app/feedback/confirm.tsx';
import { ErrorPanel } from '../../app/feedback/error-panel.tsx';
import { notify, reportError } from '../../app/feedback/notices.ts';
import { formatRelative } from '../../app/format.ts';
import { t } from '../../app/i18n.ts';
import { go, paths } from '../../app/routes.ts';
import { useAnswer } from '../../app/use-answer.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ScreenBar } from '../../components/toolbar.tsx';
import styles from './bin-screen.module.css';

/** Deleted machines, until they are removed for good. */
export default function BinScreen(): React.JSX.Element {
  const bin = useAnswer('bin', () => engine.call('bin.list', {}));
  const { reload } = bin;

  const restore = async ({ id, name }: BinEntry): Promise<void> => {
    await engine.call('bin.restore', { id });
    notify({ tone: 'ok', text: t('storage:bin.restored', { name }), timeoutMs: 6000 });
    reload();
  };
  const purge = async ({ id, name, disks }: BinEntry): Promise<void> => {
    const sure = await confirm({
      title: t('storage:bin.purgeTitle', { name }),
      text: t('storage:bin.purgeText', { count: disks.length }),
      confirm: t('storage:bin.purge'),
      danger: true,
    });
    if (!sure) return;
    await engine.call('bin.purge', { id });
    reload();
  };

  return (
    <div className={styles.screen}>
      <ScreenBar
        title={
          <>
            <IconButton icon={ArrowLeft} label={t('action.back')} onClick={() => go(paths.machines)} />
            {t('storage:bin.title')}
          </>
        }
      />
      {bin.error !== undefined && (
        <div className={styles.pad}>
          <ErrorPanel error={bin.error} />
        </div>
      )}
      {bin.value?.length === 0 ? (
        <EmptyState icon={Trash} title={t('storage:bin.empty')} text={t('storage:bin.emptyText')} />
      ) : (
        <>
          <p className={styles.text}>{t('storage:bin.text')}</p>
          <DataTable
            className={styles.table}
            label={t('storage:bin.title')}
            rows={bin.value}
            rowKey={(entry) => entry.id}
            columns={[
              { id: 'name', label: t('storage:column.name'), cell: (entry) => entry.name, sort: (entry) => entry.name },
              {
                id: 'disks',
                label: t('storage:bin.disks'),
                cell: (entry) =>
                  entry.disks.length === 0 ? '–' : entry.disks.map((path) => path.split('/').at(-1)).join(', '),
              },
              {
                id: 'deleted',
                label: t('storage:bin.deleted'),
                cell: (entry) => formatRelative(entry.deletedMs, Date.now()),
                sort: (entry) => entry.deletedMs,
              },
              {
                id: 'purged',
                label: t('storage:bin.purged'),
                cell: (entry) => formatRelative(entry.purgeMs, Date.now()),
                sort: (entry) => entry.purgeMs,
              },
            ]}
            actions={(entry) => (
              <span className={styles.actions}>
                <Button
                  size="small"
                  icon={RotateCcw}
                  onClick={() => {
                    restore(entry).catch(reportError);
                  }}
                >
                  {t('storage:bin.restore')}
                </Button>
                <IconButton
                  size="small"
                  icon={Trash}
                  label={t('storage:bin.purge')}
                  onClick={() => {
                    purge(entry).catch(reportError);
                  }}
                />
              </span>
            )}
          />
        </>
      )}
    </div>
  );
}
