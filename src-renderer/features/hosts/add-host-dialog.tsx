import { useState } from 'react';
import { FormDialog } from '../../app/feedback/form-dialog.tsx';
import { t } from '../../app/i18n.ts';
import { Field } from '../../components/field.tsx';
import { Checkbox, Select, TextInput } from '../../components/inputs.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { addHost } from './add-host.ts';
import { type HostFields, hostUri, hypervisors, ways } from './host-uri.ts';

const kinds = ['fields', 'uri'] as const;

export function AddHostDialog({ close }: { close: () => void }): React.JSX.Element {
  const [kind, setKind] = useState<(typeof kinds)[number]>('fields');
  const [text, setText] = useState('');
  const [fields, setFields] = useState<HostFields>({
    hypervisor: 'qemu',
    way: 'ssh',
    address: '',
    session: false,
    keyFile: '',
  });
  const change = (some: Partial<HostFields>): void => setFields({ ...fields, ...some });
  const uri = kind === 'uri' ? text.trim() : hostUri(fields);
  const isWrong = kind === 'fields' && fields.address.trim() !== '' && uri === undefined;
  return (
    <FormDialog
      title={t('hosts:add.title')}
      confirm={t('hosts:connect')}
      valid={uri !== undefined && uri.includes('://')}
      close={close}
      submit={async () => {
        if (uri !== undefined) await addHost(uri);
      }}
    >
      <Segmented
        label={t('hosts:add.how')}
        value={kind}
        segments={kinds.map((value) => ({ value, label: t(`hosts:add.kind.${value}`) }))}
        onChange={setKind}
      />
      {kind === 'uri' ? (
        <Field label={t('hosts:add.uri')} hint={t('hosts:add.uriHint')}>
          <TextInput mono value={text} onChange={setText} autoFocus placeholder="qemu+ssh://user@host/system" />
        </Field>
      ) : (
        <>
          <Field
            label={t('hosts:add.address')}
            hint={t('hosts:add.addressHint')}
            {...(isWrong ? { error: t('hosts:add.addressWrong') } : {})}
          >
            <TextInput
              mono
              value={fields.address}
              onChange={(address) => change({ address })}
              autoFocus
              placeholder="user@host"
            />
          </Field>
          <Field label={t('hosts:add.way')} hint={t(`hosts:add.wayHint.${fields.way}`)}>
            <Select
              value={fields.way}
              onChange={(way) => change({ way })}
              options={ways.map((way) => ({ value: way, label: t(`hosts:add.wayName.${way}`) }))}
            />
          </Field>
          {fields.way === 'ssh' && (
            <Field label={t('hosts:add.keyFile')} hint={t('hosts:add.keyFileHint')}>
              <TextInput mono value={fields.keyFile} onChange={(keyFile) => change({ keyFile })} />
            </Field>
          )}
          <Field label={t('hosts:add.hypervisor')}>
            <Select
              value={fields.hypervisor}
              onChange={(hypervisor) => change({ hypervisor })}
              options={hypervisors.map((name) => ({ value: name, label: t(`hosts:add.hypervisorName.${name}`) }))}
            />
          </Field>
          <Checkbox
            checked={fields.session}
            onChange={(session) => change({ session })}
            label={t('hosts:add.session')}
          />
          {uri !== undefined && <code data-selectable>{uri}</code>}
        </>
      )}
    </FormDialog>
  );
}
