import Camera from 'lucide-react/icons/camera';
import HardDrive from 'lucide-react/icons/hard-drive';
import History from 'lucide-react/icons/history';
import MapPin from 'lucide-react/icons/map-pin';
import MemoryStick from 'lucide-react/icons/memory-stick';
import Trash from 'lucide-react/icons/trash-2';
import {
  snapshotForest,
  type SnapshotNode,
  type SnapshotSummary,
} from '../../../../src-shared/model/snapshot-summary.ts';
import { openDialog } from '../../../app/feedback/dialogs.tsx';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { formatBytes, formatRelative, formatTime } from '../../../app/format.ts';
import { t } from '../../../app/i18n.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { useInventory } from '../../../app/store/inventory-store.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button, IconButton } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { DeleteDialog, RevertDialog } from './change-dialogs.tsx';
import { CreateDialog } from './create-dialog.tsx';
import styles from './snapshots.module.css';
import { useSnapshots } from './use-snapshots.ts';

/** The moments one can bring a machine back to, as they hang together. */
export default function SnapshotsTab({ machine }: { machine: Machine }): React.JSX.Element {
  const verbs = useInventory((state) => state.connections.get(machine.uri)?.snapshotVerbs);
  if (verbs === undefined) return <NotHere />;
  return <Snapshots machine={machine} verbs={verbs} />;
}

function NotHere(): React.JSX.Element {
  return <EmptyState icon={Camera} title={t('snapshots:noSupport')} text={t('snapshots:noSupportText')} />;
}

interface Row {
  readonly snapshot: SnapshotSummary;
  readonly depth: number;
  /** Everything taken after it. */
  readonly below: readonly string[];
}

function rowsOf(nodes: readonly SnapshotNode<SnapshotSummary>[], depth = 0): readonly Row[] {
  return nodes.flatMap(({ snapshot, children }) => {
    const rows = rowsOf(children, depth + 1);
    return [{ snapshot, depth, below: rows.map((row) => row.snapshot.name) }, ...rows];
  });
}

function Snapshots({ machine, verbs }: { machine: Machine; verbs: readonly string[] }): React.JSX.Element {
  const { value, error, reload } = useSnapshots(machine);
  if (error?.code === 'no-support') return <NotHere />;
  if (error !== undefined) {
    return (
      <div className={styles.error}>
        <ErrorPanel error={error} actions={<Button onClick={reload}>{t('action.retry')}</Button>} />
      </div>
    );
  }
  const names = (value ?? []).map(({ name }) => name);
  const create = (): void => openDialog((close) => <CreateDialog machine={machine} names={names} close={close} />);
  const canCreate = verbs.includes('create');
  const rows = value === undefined ? undefined : rowsOf(snapshotForest(value));
  if (rows?.length === 0) {
    return (
      <EmptyState icon={Camera} title={t('snapshots:none')} text={t('snapshots:noneText')}>
        {canCreate && (
          <Button variant="primary" icon={Camera} onClick={create}>
            {t('snapshots:take')}
          </Button>
        )}
      </EmptyState>
    );
  }
  return (
    <div className={styles.snapshots}>
      <div className={styles.bar}>
        {canCreate && (
          <Button icon={Camera} onClick={create}>
            {t('snapshots:take')}
          </Button>
        )}
      </div>
      <table className={styles.table} role="treegrid" aria-label={t('snapshots:label', { name: machine.name })}>
        <thead>
          <tr>
            <th scope="col">{t('snapshots:column.name')}</th>
            <th scope="col">{t('snapshots:column.time')}</th>
            <th scope="col">{t('snapshots:column.state')}</th>
            <th scope="col">{t('snapshots:column.has')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {rows === undefined ? (
            <tr>
              <td colSpan={5}>
                <Skeleton width={220} />
              </td>
            </tr>
          ) : (
            rows.map((row) => <SnapshotRow key={row.snapshot.name} machine={machine} verbs={verbs} row={row} />)
          )}
        </tbody>
      </table>
    </div>
  );
}

function SnapshotRow(props: { machine: Machine; verbs: readonly string[]; row: Row }): React.JSX.Element {
  const { machine, verbs, row } = props;
  const { snapshot, depth, below } = row;
  const { name, description, createdSeconds, state, isCurrent, location, hasMemory, memoryBytes } = snapshot;
  const isExternal = location === 'external';
  const createdMs = createdSeconds * 1000;
  return (
    <tr aria-level={depth + 1} aria-current={isCurrent ? true : undefined} className={styles.row}>
      <th scope="row">
        <span className={styles.name} style={{ paddingInlineStart: `calc(var(--control) * ${depth})` }}>
          {depth > 0 && <span className={styles.branch} aria-hidden />}
          <span className={styles.words}>
            <span className={styles.title}>
              {name}
              {isCurrent && (
                <Badge tone="ok" icon={MapPin} tip={t('snapshots:currentTip')}>
                  {t('snapshots:current')}
                </Badge>
              )}
            </span>
            {description !== undefined && <span className={styles.description}>{description}</span>}
          </span>
        </span>
      </th>
      <td data-tip={formatTime(createdMs)}>{formatRelative(createdMs, Date.now())}</td>
      <td>{t(`snapshots:state.${state}`)}</td>
      <td>
        <span className={styles.parts}>
          <Badge
            tone="neutral"
            icon={HardDrive}
            tip={t(isExternal ? 'snapshots:externalTip' : 'snapshots:internalTip')}
          >
            {t(isExternal ? 'snapshots:external' : 'snapshots:disks')}
          </Badge>
          {hasMemory && (
            <Badge tone="neutral" icon={MemoryStick}>
              {memoryBytes === undefined
                ? t('snapshots:memory')
                : t('snapshots:memorySize', { size: formatBytes(memoryBytes) })}
            </Badge>
          )}
        </span>
      </td>
      <td className={styles.actions}>
        {verbs.includes('revert') && (
          <Button
            variant="quiet"
            size="small"
            icon={History}
            aria-label={t('snapshots:revert.label', { snapshot: name })}
            disabled={isExternal}
            tip={isExternal ? t('snapshots:revert.notExternal') : undefined}
            onClick={() => openDialog((close) => <RevertDialog machine={machine} snapshot={snapshot} close={close} />)}
          >
            {t('snapshots:revert.action')}
          </Button>
        )}
        {verbs.includes('delete') && (
          <IconButton
            size="small"
            icon={Trash}
            label={t('snapshots:delete.label', { snapshot: name })}
            onClick={() =>
              openDialog((close) => <DeleteDialog machine={machine} snapshot={snapshot} below={below} close={close} />)
            }
          />
        )}
      </td>
    </tr>
  );
}
