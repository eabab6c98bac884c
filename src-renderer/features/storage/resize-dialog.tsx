import { useState } from 'react';
import type { VolumeInfo } from '../../../src-shared/contract/storage.ts';
import { engine } from '../../app/client.ts';
import { formatBytes } from '../../app/format.ts';
import { t } from '../../app/i18n.ts';
import { Field } from '../../components/field.tsx';
import { Checkbox, NumberInput } from '../../components/inputs.tsx';
import { FormDialog } from '../../app/feedback/form-dialog.tsx';

const GiB = 1024 ** 3;

export function ResizeDialog(props: {
  uri: string;
  volume: VolumeInfo;
  close: () => void;
  onDone: () => void;
}): React.JSX.Element {
  const { uri, volume, close, onDone } = props;
  const [sizeGiB, setSizeGiB] = useState(Math.round((volume.capacityBytes / GiB) * 1000) / 1000);
  const [shrink, setShrink] = useState(false);
  const bytes = Math.round(sizeGiB * GiB);
  const smaller = bytes < volume.capacityBytes;
  return (
    <FormDialog
      title={t('storage:resize.title', { volume: volume.name })}
      confirm={t('storage:resize.confirm')}
      valid={bytes !== volume.capacityBytes && (!smaller || shrink)}
      close={close}
      submit={async () => {
        const { pool, name } = volume;
        await engine.call('storage.volume-resize', {
          uri,
          pool,
          name,
          capacityBytes: bytes,
          ...(smaller ? { shrink } : {}),
        });
        onDone();
      }}
    >
      <Field
        label={t('storage:column.capacity')}
        hint={t('storage:resize.now', { size: formatBytes(volume.capacityBytes) })}
      >
        <NumberInput value={sizeGiB} min={0.001} max={65_536} step={1} unit="GiB" onChange={setSizeGiB} />
      </Field>
      {smaller ? (
        <Checkbox
          label={t('storage:resize.shrink')}
          hint={t('storage:resize.shrinkHint')}
          checked={shrink}
          onChange={setShrink}
        />
      ) : (
        <p>{t('storage:resize.text')}</p>
      )}
    </FormDialog>
  );
}
