import { forwardDevice } from '../../../../src-shared/model/network-subnet.ts';
import type { HostDevice } from '../../../../src-shared/model/network-view.ts';
import { t } from '../../../app/i18n.ts';
import { Field } from '../../../components/field.tsx';
import { Select, TextInput } from '../../../components/inputs.tsx';
import { having } from '../../machine/edit/domain-edit.ts';
import {
  macvtapModeOf,
  macvtapModes,
  modeOf,
  setBridge,
  setForwardDevice,
  setMacvtapMode,
  setMode,
  setPhysicalFunction,
} from '../edit/network-edit.ts';
import type { FormProps } from './form-props.ts';
import { ModePicker } from './mode-picker.tsx';
import styles from './forms.module.css';

/** Name, mode, and the device of the host the mode is about. */
export function GeneralForm(props: FormProps & { isNew: boolean; devices: readonly HostDevice[] }): React.JSX.Element {
  const { network, edit, isNew, devices } = props;
  const mode = modeOf(network);
  return (
    <section className={styles.section} aria-labelledby="general">
      <h2 id="general">{t('networks:form.general')}</h2>
      <Field label={t('networks:field.name')} hint={isNew ? undefined : t('networks:field.nameFixed')}>
        <TextInput
          value={network.name}
          readOnly={!isNew}
          maxLength={240}
          onChange={(name) => edit((now) => ({ ...now, name }))}
        />
      </Field>
      <Field label={t('networks:field.title')}>
        <TextInput
          value={network.title ?? ''}
          maxLength={240}
          onChange={(title) => edit((now) => having(now, { title: title === '' ? undefined : title }))}
        />
      </Field>
      <Field label={t('networks:field.mode')}>
        <ModePicker value={mode} onChange={(next) => edit((now) => setMode(now, next))} />
      </Field>
      {(mode === 'nat' || mode === 'route') && (
        <DeviceField
          label={t('networks:field.device')}
          hint={t('networks:field.deviceHint')}
          noneLabel={t('networks:field.anyDevice')}
          value={forwardDevice(network)}
          devices={devices.filter(({ kind, name }) => kind !== 'virtual' && name !== network.bridge?.name)}
          onChange={(device) => edit((now) => setForwardDevice(now, device))}
        />
      )}
      {mode === 'bridge' && (
        <DeviceField
          label={t('networks:field.hostBridge')}
          hint={t('networks:field.hostBridgeHint')}
          value={network.bridge?.name}
          devices={devices.filter(({ kind }) => kind === 'bridge')}
          onChange={(name) => edit((now) => setBridge(now, { name: name ?? '' }))}
        />
      )}
      {mode === 'macvtap' && (
        <>
          <DeviceField
            label={t('networks:field.macvtapDevice')}
            hint={t('networks:field.macvtapHint')}
            value={network.forward?.interface[0]?.dev}
            devices={devices.filter(({ kind }) => kind !== 'bridge' && kind !== 'virtual')}
            onChange={(device) => edit((now) => setForwardDevice(now, device ?? ''))}
          />
          <Field label={t('networks:field.macvtapMode')}>
            <Select
              value={macvtapModeOf(network)}
              options={macvtapModes.map((value) => ({ value, label: t(`networks:macvtap.${value}`) }))}
              onChange={(next) => edit((now) => setMacvtapMode(now, next))}
            />
          </Field>
        </>
      )}
      {mode === 'hostdev' && (
        <DeviceField
          label={t('networks:field.physicalFunction')}
          hint={t('networks:field.physicalFunctionHint')}
          value={network.forward?.pf[0]?.dev}
          devices={devices.filter(({ kind }) => kind === 'ethernet')}
          onChange={(device) => edit((now) => setPhysicalFunction(now, device ?? ''))}
        />
      )}
    </section>
  );
}

/** No device has this name; an empty value would show as nothing. */
const noDevice = '*';

/** A device of the host; one that is not there now, but named, stays named. */
function DeviceField(props: {
  label: string;
  hint: string;
  /** What no device in particular is called; absent where there must be one. */
  noneLabel?: string;
  value: string | undefined;
  devices: readonly HostDevice[];
  onChange: (device: string | undefined) => void;
}): React.JSX.Element {
  const { label, hint, noneLabel, value = '', devices, onChange } = props;
  const isThere = value === '' || devices.some(({ name }) => name === value);
  const words = ({ name, addresses, up }: HostDevice): string =>
    [name, ...addresses.slice(0, 1), ...(up ? [] : [t('networks:field.deviceDown')])].join(' · ');
  return (
    <Field label={label} hint={hint}>
      <Select
        value={value === '' ? noDevice : value}
        options={[
          { value: noDevice, label: noneLabel ?? t('networks:field.choose'), disabled: noneLabel === undefined },
          ...devices.map((device) => ({ value: device.name, label: words(device) })),
          ...(isThere ? [] : [{ value, label: t('networks:field.deviceGone', { name: value }) }]),
        ]}
        onChange={(chosen) => onChange(chosen === noDevice ? undefined : chosen)}
      />
    </Field>
  );
}
