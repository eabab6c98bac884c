import { useState } from 'react';
import type { MediumInfo } from '../../../src-shared/contract/create.ts';
import type { PoolInfo } from '../../../src-shared/contract/storage.ts';
import { engine } from '../../app/client.ts';
import { openDialog } from '../../app/feedback/dialogs.tsx';
import { formatBytes } from '../../app/format.ts';
import { t } from '../../app/i18n.ts';
import { Field } from '../../components/field.tsx';
import { Select, TextInput } from '../../components/inputs.tsx';
import { FormDialog } from '../../app/feedback/form-dialog.tsx';

const importable = ['qcow2', 'img', 'raw', 'vmdk', 'vdi', 'vhd', 'vhdx', 'iso'];

/** Asks for a file, looks at what it is, and takes it into the pool. */
export async function importImage(uri: string, pool: PoolInfo): Promise<void> {
  const path = await engine.call('dialog.open-file', { title: t('storage:import.title'), extensions: importable });
  if (path === undefined) return;
  const medium = await engine.call('create.inspect-medium', { path });
  openDialog((close) => <ImportDialog uri={uri} pool={pool} medium={medium} close={close} />);
}

function ImportDialog(props: {
  uri: string;
  pool: PoolInfo;
  medium: MediumInfo;
  close: () => void;
}): React.JSX.Element {
  const { uri, pool, medium, close } = props;
  const [name, setName] = useState(medium.path.split('/').at(-1) ?? '');
  const [convertTo, setConvertTo] = useState<'keep' | 'qcow2' | 'raw'>('keep');
  return (
    <FormDialog
      title={t('storage:import.title')}
      confirm={t('storage:import.confirm')}
      valid={name.trim() !== '' && !name.includes('/')}
      close={close}
      submit={async () => {
        await engine.call('storage.import', {
          uri,
          pool: pool.uuid,
          path: medium.path,
          name: name.trim(),
          format: medium.format,
          ...(convertTo === 'keep' ? {} : { convertTo }),
        });
      }}
    >
      <p>
        {t('storage:import.found', {
          format: medium.format,
          size: formatBytes(medium.virtualSizeBytes ?? medium.sizeBytes),
        })}
      </p>
      <Field label={t('storage:column.name')} error={name.includes('/') ? t('storage:noSlash') : undefined}>
        <TextInput value={name} onChange={setName} autoFocus maxLength={240} />
      </Field>
      <Field label={t('storage:column.format')}>
        <Select
          value={convertTo}
          options={[
            { value: 'keep', label: t('storage:import.keep', { format: medium.format }) },
            { value: 'qcow2', label: t('storage:import.convert', { format: 'qcow2' }) },
            { value: 'raw', label: t('storage:import.convert', { format: 'raw' }) },
          ]}
          onChange={setConvertTo}
        />
      </Field>
    </FormDialog>
  );
}
