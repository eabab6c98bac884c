import { useState } from 'react';
import type { LibvirtUser } from '../../../../src-shared/contract/libvirt-clients.ts';
import { engine } from '../../../app/client.ts';
import { FormDialog } from '../../../app/feedback/form-dialog.tsx';
import { t } from '../../../app/i18n.ts';
import { Field } from '../../../components/field.tsx';
import { Checkbox, TextInput } from '../../../components/inputs.tsx';

const fewestCharacters = 8;

/** A new user, or another password for one who is there. */
export function UserDialog({ user, close }: { user?: LibvirtUser; close: () => void }): React.JSX.Element {
  const [name, setName] = useState(user?.name ?? '');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [readOnly, setReadOnly] = useState(user?.readOnly ?? false);
  const isShort = password !== '' && password.length < fewestCharacters;
  const isDifferent = again !== '' && again !== password;
  return (
    <FormDialog
      title={
        user === undefined
          ? t('settings:clients.users.addTitle')
          : t('settings:clients.users.changeTitle', { name: user.name })
      }
      confirm={t(user === undefined ? 'settings:clients.users.addDo' : 'settings:clients.users.changeDo')}
      valid={name.trim() !== '' && password.length >= fewestCharacters && password === again}
      close={close}
      submit={async () => {
        await engine.call('libvirt.set-user', { name: name.trim(), password, readOnly });
      }}
    >
      {user === undefined && (
        <Field label={t('settings:clients.users.name')}>
          <TextInput autoFocus value={name} onChange={setName} maxLength={64} />
        </Field>
      )}
      <Field
        label={t('settings:clients.users.password')}
        {...(isShort ? { error: t('settings:clients.users.short', { count: fewestCharacters }) } : {})}
      >
        <TextInput type="password" autoFocus={user !== undefined} value={password} onChange={setPassword} />
      </Field>
      <Field
        label={t('settings:clients.users.again')}
        {...(isDifferent ? { error: t('settings:clients.users.different') } : {})}
      >
        <TextInput type="password" value={again} onChange={setAgain} />
      </Field>
      <Checkbox label={t('settings:clients.users.readOnly')} checked={readOnly} onChange={setReadOnly} />
    </FormDialog>
  );
}
