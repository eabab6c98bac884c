import { t } from '../../app/i18n.ts';
import { useSettings } from '../../app/store/settings-store.ts';
import { Field } from '../../components/field.tsx';
import { Select, Switch } from '../../components/inputs.tsx';
import { change } from './change.ts';
import { Group } from './group.tsx';

export function ConsolePage(): React.JSX.Element {
  const { consoleScaling, consoleResizeGuest, consoleGrabKeys } = useSettings();
  return (
    <Group title={t('settings:page.console')}>
      <Field label={t('settings:scaling.label')}>
        <Select
          value={consoleScaling}
          options={(['fit', 'always', 'never'] as const).map((value) => ({
            value,
            label: t(`settings:scaling.${value}`),
          }))}
          onChange={(value) => change({ consoleScaling: value })}
        />
      </Field>
      <Switch
        label={t('settings:resizeGuest.label')}
        hint={t('settings:resizeGuest.hint')}
        checked={consoleResizeGuest}
        onChange={(on) => change({ consoleResizeGuest: on })}
      />
      <Switch
        label={t('settings:grabKeys.label')}
        hint={t('settings:grabKeys.hint')}
        checked={consoleGrabKeys}
        onChange={(on) => change({ consoleGrabKeys: on })}
      />
    </Group>
  );
}
