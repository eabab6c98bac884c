import { t } from '../../app/i18n.ts';
import { useSettings } from '../../app/store/settings-store.ts';
import { Field } from '../../components/field.tsx';
import { NumberInput, Select, Switch } from '../../components/inputs.tsx';
import { change } from './change.ts';
import { Group } from './group.tsx';

export function MachinesPage(): React.JSX.Element {
  const { defaultGraphics, binDays, confirmForceOff, tray, notifications } = useSettings();
  return (
    <>
      <Group title={t('settings:new.title')}>
        <Field label={t('settings:new.graphics')} hint={t('settings:new.graphicsHint')}>
          <Select
            value={defaultGraphics}
            options={[
              { value: 'spice', label: 'SPICE' },
              { value: 'vnc', label: 'VNC' },
            ]}
            onChange={(value) => change({ defaultGraphics: value })}
          />
        </Field>
      </Group>
      <Group title={t('settings:safety.title')}>
        <Switch
          label={t('settings:safety.forceOff')}
          hint={t('settings:safety.forceOffHint')}
          checked={confirmForceOff}
          onChange={(on) => change({ confirmForceOff: on })}
        />
        <Field label={t('settings:safety.bin')} hint={t('settings:safety.binHint')}>
          <NumberInput
            value={binDays}
            min={0}
            max={365}
            unit={t('settings:safety.days')}
            onChange={(days) => change({ binDays: Math.round(days) })}
          />
        </Field>
      </Group>
      <Group title={t('settings:background.title')}>
        <Switch
          label={t('settings:background.tray')}
          hint={t('settings:background.trayHint')}
          checked={tray}
          onChange={(on) => change({ tray: on })}
        />
        <Switch
          label={t('settings:background.notifications')}
          hint={t('settings:background.notificationsHint')}
          checked={notifications}
          onChange={(on) => change({ notifications: on })}
        />
      </Group>
    </>
  );
}
