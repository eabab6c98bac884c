import Ellipsis from 'lucide-react/icons/ellipsis';
import HardDrive from 'lucide-react/icons/hard-drive';
import Plus from 'lucide-react/icons/plus';
import RefreshCw from 'lucide-react/icons/refresh-cw';
import Upload from 'lucide-react/icons/upload';
import { useEffect, useRef, useState } from 'react';
import type { PoolInfo, VolumeInfo } from '../../../src-shared/contract/storage.ts';
import { engine } from '../../app/client.ts';
import { openDialog } from '../../app/feedback/dialogs.tsx';
import { ErrorPanel } from '../../app/feedback/error-panel.tsx';
import { reportError } from '../../app/feedback/notices.ts';
import { formatBytes, formatRelative } from '../../app/format.ts';
import { t } from '../../app/i18n.ts';
import { useAnswer } from '../../app/use-answer.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { DataTable, type TableColumn } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Menu } from '../../components/menu.tsx';
import { MenuIconButton } from '../../components/menu-button.tsx';
import { SearchInput } from '../../components/search-input.tsx';
import { importImage } from './import-dialog.tsx';
import { NewVolumeDialog } from './new-volume-dialog.tsx';
import { poolMenu } from './pool-menu.ts';
import styles from './storage-screen.module.css';
import { volumeMenu } from './volume-menu.tsx';

export interface VolumesProps {
  readonly uri: string;
  readonly pool: PoolInfo;
  /** Another value: the pool may hold something else now. */
  readonly version: unknown;
  readonly onChanged: () => void;
}

/** The volumes of a pool, and what can be done with them. */
export function Volumes({ uri, pool, version, onChanged }: VolumesProps): React.JSX.Element {
  const { uuid } = pool;
  const [search, setSearch] = useState('');
  const [menu, setMenu] = useState<{ readonly volume: VolumeInfo; readonly at: { x: number; y: number } }>();
  const volumes = useAnswer(pool.active ? `${uri} ${uuid}` : undefined, () =>
    engine.call('storage.volumes', { uri, pool: uuid }),
  );
  const { reload } = volumes;
  const seen = useRef(version);
  useEffect(() => {
    if (seen.current === version) return;
    seen.current = version;
    reload();
  }, [version, reload]);

  const words = search.toLocaleLowerCase();
  const rows = volumes.value?.filter((volume) =>
    `${volume.name} ${volume.usedBy.join(' ')}`.toLocaleLowerCase().includes(words),
  );
  const create = (): void => openDialog((close) => <NewVolumeDialog uri={uri} pool={pool} close={close} />);
  const refresh = (): void => {
    engine.call('storage.pool-refresh', { uri, pool: uuid }).then(onChanged, reportError);
  };

  return (
    <>
      <header className={styles.bar}>
        <h2>{pool.name}</h2>
        <span className={`${styles.path ?? ''} truncate`} data-selectable>
          {pool.path}
        </span>
        <SearchInput
          className={styles.search}
          value={search}
          onChange={setSearch}
          placeholder={t('storage:search')}
          aria-label={t('storage:search')}
          clearLabel={t('action.clear')}
        />
        <IconButton icon={RefreshCw} label={t('storage:refresh')} disabled={!pool.active} onClick={refresh} />
        <MenuIconButton
          icon={Ellipsis}
          label={t('storage:poolActions', { pool: pool.name })}
          sections={() => poolMenu(uri, pool, onChanged)}
        />
        <Button
          icon={Upload}
          disabled={!pool.active}
          onClick={() => {
            importImage(uri, pool).catch(reportError);
          }}
        >
          {t('storage:import.action')}
        </Button>
        <Button variant="primary" icon={Plus} disabled={!pool.active} onClick={create}>
          {t('storage:newVolume.action')}
        </Button>
      </header>
      {volumes.error !== undefined && (
        <div className={styles.pad}>
          <ErrorPanel error={volumes.error} />
        </div>
      )}
      {!pool.active ? (
        <EmptyState icon={HardDrive} title={t('storage:stopped.title')} text={t('storage:stopped.text')}>
          <Button
            variant="primary"
            onClick={() => {
              engine.call('storage.pool-start', { uri, pool: uuid }).then(onChanged, reportError);
            }}
          >
            {t('storage:verb.start')}
          </Button>
        </EmptyState>
      ) : volumes.value?.length === 0 ? (
        <EmptyState icon={HardDrive} title={t('storage:empty.title')} text={t('storage:empty.text')}>
          <Button variant="primary" icon={Plus} onClick={create}>
            {t('storage:newVolume.title')}
          </Button>
        </EmptyState>
      ) : (
        <DataTable
          className={styles.table}
          label={t('storage:volumesOf', { pool: pool.name })}
          rows={rows}
          rowKey={(volume) => volume.name}
          columns={columns()}
          onContextMenu={(volume, at) => setMenu({ volume, at })}
          actions={(volume) => (
            <MenuIconButton
              size="small"
              icon={Ellipsis}
              label={t('storage:volumeActions', { volume: volume.name })}
              sections={() => volumeMenu(uri, volume, reload)}
            />
          )}
        />
      )}
      {menu !== undefined && (
        <Menu
          anchor={menu.at}
          label={t('storage:volumeActions', { volume: menu.volume.name })}
          sections={volumeMenu(uri, menu.volume, reload)}
          onClose={() => setMenu(undefined)}
        />
      )}
    </>
  );
}

function columns(): readonly TableColumn<VolumeInfo>[] {
  return [
    { id: 'name', label: t('storage:column.name'), cell: (volume) => volume.name, sort: (volume) => volume.name },
    {
      id: 'format',
      label: t('storage:column.format'),
      cell: (volume) => volume.format,
      sort: (volume) => volume.format,
    },
    {
      id: 'capacity',
      label: t('storage:column.capacity'),
      end: true,
      cell: (volume) => formatBytes(volume.capacityBytes),
      sort: (volume) => volume.capacityBytes,
    },
    {
      id: 'allocation',
      label: t('storage:column.allocation'),
      end: true,
      cell: (volume) => formatBytes(volume.allocationBytes),
      sort: (volume) => volume.allocationBytes,
    },
    {
      id: 'users',
      label: t('storage:column.users'),
      cell: (volume) =>
        volume.usedBy.length === 0 ? (
          <span className={styles.unused}>{t('storage:unused')}</span>
        ) : (
          <span className={styles.users}>{volume.usedBy.join(', ')}</span>
        ),
      sort: (volume) => volume.usedBy.join(' '),
    },
    {
      id: 'modified',
      label: t('storage:column.modified'),
      cell: (volume) => formatRelative(volume.modifiedMs, Date.now()),
      sort: (volume) => volume.modifiedMs,
    },
  ];
}
