import { reportError } from '../../app/feedback/notices.ts';
import { loadNamespaces, t } from '../../app/i18n.ts';
import { useSettings } from '../../app/store/settings-store.ts';
import { Button } from '../../components/button.tsx';
import { Field } from '../../components/field.tsx';
import { NumberInput, Select, Switch } from '../../components/inputs.tsx';
import { change } from './change.ts';
import { Group } from './group.tsx';

export function MachinesPage(): React.JSX.Element {
  const { defaultUri, defaultGraphics, binDays, confirmForceOff, tray, notifications } = useSettings();
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
        <Field label={t('settings:safety.host')} hint={t('settings:safety.hostHint')}>
          <Button onClick={() => openRemoval(defaultUri)}>{t('settings:safety.hostAll')}</Button>
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

/** What it would undo is said in the words of networks. */
function openRemoval(uri: string): void {
  Promise.all([import('../networks/remove-everything.tsx'), loadNamespaces('networks', 'host')])
    .then(([{ openRemoveEverything }]) => openRemoveEverything(uri))
    .catch(reportError);
}
