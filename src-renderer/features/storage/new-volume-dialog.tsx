import { useState } from 'react';
import type { PoolInfo } from '../../../src-shared/contract/storage.ts';
import { engine } from '../../app/client.ts';
import { formatBytes } from '../../app/format.ts';
import { t } from '../../app/i18n.ts';
import { Field } from '../../components/field.tsx';
import { Checkbox, NumberInput, Select, TextInput } from '../../components/inputs.tsx';
import { FormDialog } from '../../app/feedback/form-dialog.tsx';

const GiB = 1024 ** 3;
const formats = ['qcow2', 'raw', 'vmdk', 'vdi'] as const;

/** `disk` becomes `disk.qcow2`: a file whose name says what it is. */
export function volumeFileName(name: string, format: string): string {
  const ending = format === 'raw' ? 'img' : format;
  return /\.[a-z0-9]{2,5}$/i.test(name) ? name : `${name}.${ending}`;
}

export function NewVolumeDialog(props: { uri: string; pool: PoolInfo; close: () => void }): React.JSX.Element {
  const { uri, pool, close } = props;
  const [name, setName] = useState('');
  const [format, setFormat] = useState<(typeof formats)[number]>('qcow2');
  const [sizeGiB, setSizeGiB] = useState(20);
  const [preallocate, setPreallocate] = useState(false);
  const bytes = Math.round(sizeGiB * GiB);
  const missing = preallocate ? bytes - pool.availableBytes : 0;
  return (
    <FormDialog
      title={t('storage:newVolume.title')}
      confirm={t('storage:newVolume.confirm')}
      valid={name.trim() !== '' && !name.includes('/') && missing <= 0}
      close={close}
      submit={async () => {
        await engine.call('storage.volume-create', {
          uri,
          pool: pool.uuid,
          name: volumeFileName(name.trim(), format),
          format,
          capacityBytes: bytes,
          preallocate,
        });
      }}
    >
      <Field label={t('storage:column.name')} error={name.includes('/') ? t('storage:noSlash') : undefined}>
        <TextInput value={name} onChange={setName} autoFocus maxLength={240} />
      </Field>
      <Field label={t('storage:column.format')}>
        <Select value={format} options={formats.map((each) => ({ value: each, label: each }))} onChange={setFormat} />
      </Field>
      <Field
        label={t('storage:column.capacity')}
        hint={t('storage:free', { size: formatBytes(pool.availableBytes) })}
        error={missing > 0 ? t('storage:missing', { size: formatBytes(missing) }) : undefined}
      >
        <NumberInput value={sizeGiB} min={0.001} max={65_536} step={1} unit="GiB" onChange={setSizeGiB} />
      </Field>
      <Checkbox
        label={t('storage:preallocate.label')}
        hint={t('storage:preallocate.hint')}
        checked={preallocate}
        onChange={setPreallocate}
      />
    </FormDialog>
  );
}
