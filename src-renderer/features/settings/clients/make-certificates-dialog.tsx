import { useState } from 'react';
import { engine } from '../../../app/client.ts';
import { FormDialog } from '../../../app/feedback/form-dialog.tsx';
import { t } from '../../../app/i18n.ts';
import { Field } from '../../../components/field.tsx';
import { TextInput } from '../../../components/inputs.tsx';

/** An authority of this host's own, and certificates of it for this host and for clients. */
export function MakeCertificatesDialog({
  hostname,
  close,
}: {
  hostname: string;
  close: () => void;
}): React.JSX.Element {
  const [text, setText] = useState(hostname === 'HOST' ? 'localhost' : `${hostname} localhost`);
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  return (
    <FormDialog
      title={t('settings:clients.certificates.dialog')}
      confirm={t('settings:clients.certificates.do')}
      valid={names.length > 0}
      close={close}
      submit={async () => {
        await engine.call('libvirt.make-certificates', { names });
      }}
    >
      <p>{t('settings:clients.certificates.dialogText')}</p>
      <Field
        stacked
        label={t('settings:clients.certificates.names')}
        hint={t('settings:clients.certificates.namesHint')}
      >
        <TextInput mono autoFocus value={text} onChange={setText} />
      </Field>
    </FormDialog>
  );
}
