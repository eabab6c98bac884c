import { useState } from 'react';
import { t } from '../../app/i18n.ts';
import type { Machine } from '../../app/store/inventory.ts';
import { Field } from '../../components/field.tsx';
import { TextInput } from '../../components/inputs.tsx';
import { rename } from '../machines/actions.ts';
import { FormDialog } from '../../app/feedback/form-dialog.tsx';

export function RenameDialog({ machine, close }: { machine: Machine; close: () => void }): React.JSX.Element {
  const [name, setName] = useState(machine.name);
  const wanted = name.trim();
  return (
    <FormDialog
      title={t('machine:rename.title', { name: machine.name })}
      confirm={t('machines:verb.rename')}
      valid={wanted !== '' && wanted !== machine.name && !wanted.includes('/')}
      close={close}
      submit={() => rename(machine, wanted)}
    >
      <Field label={t('machine:rename.label')} error={wanted.includes('/') ? t('machine:rename.noSlash') : undefined}>
        <TextInput value={name} onChange={setName} autoFocus selectName maxLength={255} />
      </Field>
    </FormDialog>
  );
}
