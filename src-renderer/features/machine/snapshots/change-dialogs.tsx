/** Going back to a snapshot, and deleting one: what is lost is said before. */
import { useState } from 'react';
import type { SnapshotSummary } from '../../../../src-shared/model/snapshot-summary.ts';
import { engine } from '../../../app/client.ts';
import { FormDialog } from '../../../app/feedback/form-dialog.tsx';
import { formatTime } from '../../../app/format.ts';
import { t } from '../../../app/i18n.ts';
import { jobEnd } from '../../../app/job-end.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { Checkbox } from '../../../components/inputs.tsx';
import styles from './snapshots.module.css';

interface ChangeProps {
  machine: Machine;
  snapshot: SnapshotSummary;
  close: () => void;
}

export function RevertDialog({ machine, snapshot, close }: ChangeProps): React.JSX.Element {
  const { uri, uuid } = machine;
  const { name, hasMemory, createdSeconds } = snapshot;
  const [start, setStart] = useState(false);
  const isOn = machine.id !== undefined;
  return (
    <FormDialog
      title={t('snapshots:revert.title', { name: machine.name, snapshot: name })}
      confirm={t('snapshots:revert.confirm')}
      valid
      danger
      close={close}
      submit={async () => {
        const running = start ? { running: true } : {};
        await jobEnd(async () => await engine.call('snapshots.revert', { uri, uuid, name, ...running }));
      }}
    >
      <p>{t('snapshots:revert.text', { time: formatTime(createdSeconds * 1000) })}</p>
      <ul className={styles.lost}>
        <li>{t('snapshots:revert.disks')}</li>
        {isOn && <li>{t('snapshots:revert.memory')}</li>}
        <li>{t('snapshots:revert.hardware')}</li>
      </ul>
      <p>{t(hasMemory ? 'snapshots:revert.goesOn' : 'snapshots:revert.isOff')}</p>
      {!hasMemory && <Checkbox label={t('snapshots:revert.start')} checked={start} onChange={setStart} />}
    </FormDialog>
  );
}

export function DeleteDialog(props: ChangeProps & { below: readonly string[] }): React.JSX.Element {
  const { machine, snapshot, below, close } = props;
  const { uri, uuid } = machine;
  const { name } = snapshot;
  const [children, setChildren] = useState(false);
  const isExternal = snapshot.location === 'external';
  return (
    <FormDialog
      title={t('snapshots:delete.title', { snapshot: name })}
      confirm={t('snapshots:delete.confirm')}
      valid
      danger
      close={close}
      submit={async () => {
        const options = { ...(children ? { children } : {}), ...(isExternal ? { metadataOnly: true } : {}) };
        await jobEnd(async () => await engine.call('snapshots.delete', { uri, uuid, name, ...options }));
      }}
    >
      <p>{t(isExternal ? 'snapshots:delete.external' : 'snapshots:delete.text', { name: machine.name })}</p>
      {below.length > 0 && (
        <Checkbox
          label={t('snapshots:delete.children', { count: below.length })}
          hint={below.join(', ')}
          checked={children}
          onChange={setChildren}
        />
      )}
    </FormDialog>
  );
}
