import { useState } from 'react';
import { formatSnapshot } from '../../../../src-shared/model/snapshot.ts';
import { engine } from '../../../app/client.ts';
import { FormDialog } from '../../../app/feedback/form-dialog.tsx';
import { t } from '../../../app/i18n.ts';
import { jobEnd } from '../../../app/job-end.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { Field } from '../../../components/field.tsx';
import { TextInput } from '../../../components/inputs.tsx';
import { Segmented } from '../../../components/segmented.tsx';
import styles from './snapshots.module.css';

type Kind = 'whole' | 'disks';

/** `Snapshot 3`: the first number that is free. */
function suggested(names: readonly string[]): string {
  for (let number = names.length + 1; ; number += 1) {
    const name = t('snapshots:create.suggested', { number });
    if (!names.includes(name)) return name;
  }
}

export function CreateDialog(props: {
  machine: Machine;
  names: readonly string[];
  close: () => void;
}): React.JSX.Element {
  const { machine, names, close } = props;
  const { uri, uuid } = machine;
  const [name, setName] = useState(() => suggested(names));
  const [description, setDescription] = useState('');
  const [kind, setKind] = useState<Kind>('whole');
  const isOn = machine.id !== undefined;
  const wrong = names.includes(name)
    ? t('snapshots:create.taken')
    : name.includes('/') || name.startsWith('.')
      ? t('snapshots:create.badName')
      : undefined;
  return (
    <FormDialog
      title={t('snapshots:create.title', { name: machine.name })}
      confirm={t('snapshots:create.confirm')}
      valid={name.trim() !== '' && wrong === undefined}
      close={close}
      submit={async () => {
        const xml = formatSnapshot({ name, ...(description.trim() === '' ? {} : { description: description.trim() }) });
        const diskOnly = kind === 'disks' ? { diskOnly: true } : {};
        await jobEnd(async () => await engine.call('snapshots.create', { uri, uuid, xml, ...diskOnly }));
      }}
    >
      <Field label={t('snapshots:create.name')} stacked error={wrong}>
        <TextInput value={name} onChange={setName} autoFocus selectName maxLength={200} />
      </Field>
      <Field label={t('snapshots:create.description')} stacked>
        <TextInput value={description} onChange={setDescription} rows={2} maxLength={2000} />
      </Field>
      <div className={styles.kind}>
        <Segmented
          label={t('snapshots:create.kind')}
          value={kind}
          segments={[
            { value: 'whole', label: isOn ? t('snapshots:create.withMemory') : t('snapshots:create.inside') },
            { value: 'disks', label: t('snapshots:create.disks') },
          ]}
          onChange={setKind}
        />
        <p className={styles.explained}>
          {kind === 'disks'
            ? t('snapshots:create.disksText')
            : isOn
              ? t('snapshots:create.withMemoryText')
              : t('snapshots:create.insideText')}
        </p>
      </div>
    </FormDialog>
  );
}
