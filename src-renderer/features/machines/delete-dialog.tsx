import { useEffect, useState } from 'react';
import { engine, errorDataOf } from '../../app/client.ts';
import { ErrorPanel } from '../../app/feedback/error-panel.tsx';
import { reportError } from '../../app/feedback/notices.ts';
import { formatBytes } from '../../app/format.ts';
import { t } from '../../app/i18n.ts';
import type { Machine } from '../../app/store/inventory.ts';
import { useSettings } from '../../app/store/settings-store.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Checkbox } from '../../components/inputs.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { MuiScope } from '../../components/mui/scope.tsx';
import type { ErrorData } from '../../../src-shared/errors.ts';
import type { VolumeInfo } from '../../../src-shared/contract/storage.ts';
import { moveToBin } from './actions.ts';
import styles from './dialogs.module.css';
import { type DiskFile, disksOf } from './disks-of.ts';

interface Found {
  readonly machine: Machine;
  readonly disks: readonly (DiskFile & {
    readonly volume: VolumeInfo | undefined;
    readonly sharedWith: readonly string[];
  })[];
}

/** What the volumes of active pools are and who uses them; where storage can't be asked, disks stand by their path. */
async function volumesByPath(uri: string): Promise<ReadonlyMap<string, VolumeInfo>> {
  const pools = await engine.call('storage.pools', { uri });
  const lists = await Promise.all(
    pools.filter((pool) => pool.active).map((pool) => engine.call('storage.volumes', { uri, pool: pool.uuid })),
  );
  return new Map(lists.flat().map((volume) => [volume.path, volume]));
}

async function find(machines: readonly Machine[]): Promise<readonly Found[]> {
  const volumes = new Map<string, ReadonlyMap<string, VolumeInfo>>();
  const found: Found[] = [];
  for (const machine of machines) {
    const { uri, uuid, name } = machine;
    const known = volumes.get(uri) ?? (await volumesByPath(uri).catch(() => new Map<string, VolumeInfo>()));
    volumes.set(uri, known);
    const xml = await engine.call('domains.xml', { uri, uuid, inactive: true });
    const disks = disksOf(xml).map((disk) => {
      const volume = known.get(disk.path);
      return { ...disk, volume, sharedWith: volume?.usedBy.filter((user) => user !== name) ?? [] };
    });
    found.push({ machine, disks });
  }
  return found;
}

/** Deleting: disks stay unless ticked, and everything lands in the bin. */
export default function DeleteDialog(props: { machines: readonly Machine[]; close: () => void }): React.JSX.Element {
  const { machines, close } = props;
  const [found, setFound] = useState<readonly Found[]>();
  const [error, setError] = useState<ErrorData>();
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const days = useSettings((state) => state.binDays);
  const [only] = machines;

  useEffect(() => {
    find(machines).then(setFound, (thrown: unknown) => setError(errorDataOf(thrown)));
  }, [machines]);

  const submit = (): void => {
    if (found === undefined) return;
    close();
    moveToBin(
      found.map(({ machine, disks }) => ({
        machine,
        disks: disks.map((disk) => disk.path).filter((path) => ticked.has(path)),
      })),
    ).catch(reportError);
  };

  return (
    <MuiScope>
      <Dialog
        wide={machines.length > 1}
        title={t('machines:delete.title', { count: machines.length, name: only?.name ?? '' })}
        onClose={close}
        onSubmit={submit}
        actions={
          <>
            <Button onClick={close}>{t('action.cancel')}</Button>
            <Button type="submit" variant="danger" disabled={found === undefined}>
              {t('machines:delete.confirm')}
            </Button>
          </>
        }
      >
        <p>{days === 0 ? t('machines:delete.noBin') : t('machines:delete.text', { count: days })}</p>
        {error !== undefined && <ErrorPanel error={error} />}
        <div className={styles.machines}>
          {machines.map((machine) => (
            <div key={machine.key} className={styles.machine}>
              <h3>{machine.name}</h3>
              <Disks
                disks={found?.find((each) => each.machine === machine)?.disks}
                ticked={ticked}
                onTick={(path, on) => {
                  const next = new Set(ticked);
                  if (on) next.add(path);
                  else next.delete(path);
                  setTicked(next);
                }}
              />
            </div>
          ))}
        </div>
      </Dialog>
    </MuiScope>
  );
}

function Disks(props: {
  disks: Found['disks'] | undefined;
  ticked: ReadonlySet<string>;
  onTick: (path: string, on: boolean) => void;
}): React.JSX.Element {
  const { disks, ticked, onTick } = props;
  if (disks === undefined) return <Skeleton width={220} />;
  if (disks.length === 0) return <span className={styles.detail}>{t('machines:delete.noDisks')}</span>;
  return (
    <>
      {disks.map((disk) => (
        <Checkbox
          key={disk.path}
          label={<span className={styles.path}>{disk.path}</span>}
          checked={ticked.has(disk.path)}
          onChange={(on) => onTick(disk.path, on)}
          hint={
            disk.sharedWith.length > 0 ? (
              <span className={styles.shared}>
                {t('machines:delete.shared', { names: disk.sharedWith.join(', ') })}
              </span>
            ) : (
              <span className={styles.detail}>
                {disk.volume === undefined
                  ? t('machines:delete.disk')
                  : t('machines:delete.diskSize', { size: formatBytes(disk.volume.allocationBytes) })}
              </span>
            )
          }
        />
      ))}
    </>
  );
}
