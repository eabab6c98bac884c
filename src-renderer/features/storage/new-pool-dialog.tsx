import { useState } from 'react';
import { engine } from '../../app/client.ts';
import { t } from '../../app/i18n.ts';
import { Field } from '../../components/field.tsx';
import { TextInput } from '../../components/inputs.tsx';
import { FormDialog } from '../../app/feedback/form-dialog.tsx';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escape = (text: string): string => text.replace(/[&<>]/g, (character) => escapes[character] ?? character);

/** libvirt's XML of a pool that is a folder. */
export function directoryPoolXml(name: string, path: string): string {
  return `<pool type='dir'><name>${escape(name)}</name><target><path>${escape(path)}</path></target></pool>`;
}

export function NewPoolDialog(props: {
  uri: string;
  close: () => void;
  onMade: (uuid: string) => void;
}): React.JSX.Element {
  const { uri, close, onMade } = props;
  const [name, setName] = useState('');
  const [path, setPath] = useState('');
  return (
    <FormDialog
      title={t('storage:newPool.title')}
      confirm={t('storage:newPool.confirm')}
      valid={name.trim() !== '' && path.startsWith('/')}
      close={close}
      submit={async () => {
        const made = await engine.call('storage.pool-define', { uri, xml: directoryPoolXml(name.trim(), path.trim()) });
        const pool = made.uuid;
        await engine.call('storage.pool-build', { uri, pool });
        await engine.call('storage.pool-start', { uri, pool });
        await engine.call('storage.pool-set-autostart', { uri, pool, autostart: true });
        onMade(pool);
      }}
    >
      <Field label={t('storage:column.name')}>
        <TextInput value={name} onChange={setName} autoFocus maxLength={240} />
      </Field>
      <Field label={t('storage:newPool.folder')} hint={t('storage:newPool.hint')}>
        <TextInput mono value={path} onChange={setPath} placeholder="/srv/images" />
      </Field>
    </FormDialog>
  );
}
