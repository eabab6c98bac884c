import Database from 'lucide-react/icons/database';
import FolderPlus from 'lucide-react/icons/folder-plus';
import Plus from 'lucide-react/icons/plus';
import { useEffect, useState } from 'react';
import type { PoolInfo } from '../../../src-shared/contract/storage.ts';
import { engine } from '../../app/client.ts';
import { onPoolEvent } from '../../app/feed.ts';
import { openDialog } from '../../app/feedback/dialogs.tsx';
import { ErrorPanel } from '../../app/feedback/error-panel.tsx';
import { formatBytes } from '../../app/format.ts';
import { t } from '../../app/i18n.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { useJobs } from '../../app/store/jobs-store.ts';
import { useSettings } from '../../app/store/settings-store.ts';
import { useAnswer } from '../../app/use-answer.ts';
import { IconButton } from '../../components/button.tsx';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Icon } from '../../components/icon.tsx';
import { Meter } from '../../components/meter.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { NewPoolDialog } from './new-pool-dialog.tsx';
import styles from './storage-screen.module.css';
import { Volumes } from './volumes.tsx';

/** Answers whose end changes what pools hold. */
const storageJobs = /^(volume|storage|domain\.create)/;

/** Pools at the left, the volumes of one at the right. */
export default function StorageScreen(): React.JSX.Element {
  const uri = useSettings((state) => state.defaultUri);
  const open = useInventory((state) => state.connections.get(uri)?.state === 'open');
  const pools = useAnswer(open ? uri : undefined, async () => {
    // The pool new machines use exists as soon as somebody looks for it.
    await engine.call('storage.default-pool', { uri });
    return await engine.call('storage.pools', { uri });
  });
  const [chosen, setChosen] = useState<string>();
  const { reload } = pools;

  useEffect(() => onPoolEvent(reload), [reload]);
  useEffect(
    () =>
      useJobs.subscribe(({ jobs }, { jobs: before }) => {
        const ended = [...jobs.values()].some(
          (job) => storageJobs.test(job.kind) && job.state !== 'running' && before.get(job.id)?.state === 'running',
        );
        if (ended) reload();
      }),
    [reload],
  );

  const list = pools.value;
  const pool = list?.find((each) => each.uuid === chosen) ?? list?.find((each) => each.name === 'default') ?? list?.[0];
  const create = (): void => openDialog((close) => <NewPoolDialog uri={uri} close={close} onMade={setChosen} />);

  return (
    <div className={styles.screen}>
      <nav className={styles.pools} aria-label={t('storage:pools')}>
        <div className={styles.head}>
          <h1>{t('nav.storage')}</h1>
          <IconButton icon={FolderPlus} label={t('storage:newPool.title')} onClick={create} />
        </div>
        {pools.error !== undefined && <ErrorPanel error={pools.error} />}
        {list === undefined && pools.error === undefined && (
          <div className={styles.pool} aria-busy>
            <Skeleton width={120} />
            <Skeleton width={200} />
          </div>
        )}
        {list?.map((each) => (
          <PoolButton key={each.uuid} pool={each} current={each === pool} onChoose={() => setChosen(each.uuid)} />
        ))}
      </nav>
      <div className={styles.main}>
        {pool !== undefined ? (
          <Volumes key={pool.uuid} uri={uri} pool={pool} version={list} onChanged={reload} />
        ) : (
          list !== undefined && (
            <EmptyState icon={Database} title={t('storage:noPools')} text={t('storage:noPoolsText')}>
              <Button variant="primary" icon={Plus} onClick={create}>
                {t('storage:newPool.title')}
              </Button>
            </EmptyState>
          )
        )}
      </div>
    </div>
  );
}

/** Less than this share left is worth a colour. */
const nearlyFull = 0.1;

function PoolButton(props: { pool: PoolInfo; current: boolean; onChoose: () => void }): React.JSX.Element {
  const { pool, current, onChoose } = props;
  const used = pool.capacityBytes - pool.availableBytes;
  const low = pool.active && pool.availableBytes < pool.capacityBytes * nearlyFull;
  return (
    <button type="button" className={styles.pool} aria-current={current ? 'true' : undefined} onClick={onChoose}>
      <span className={styles.poolName}>
        <Icon of={Database} />
        <span className="truncate">{pool.name}</span>
        {!pool.active && <span className={styles.poolState}>{t('storage:inactive')}</span>}
      </span>
      <Meter
        parts={[{ amount: used, tone: low ? 'warn' : 'quiet' }]}
        total={pool.capacityBytes}
        label={t('storage:used', { pool: pool.name })}
      />
      <span className={styles.poolFree}>
        <span>{pool.active ? t('storage:free', { size: formatBytes(pool.availableBytes) }) : '–'}</span>
        <span>{pool.active ? t('storage:volumesCount', { count: pool.volumes }) : ''}</span>
      </span>
    </button>
  );
}
