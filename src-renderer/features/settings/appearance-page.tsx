import { t } from '../../app/i18n.ts';
import { useSettings } from '../../app/store/settings-store.ts';
import { Field } from '../../components/field.tsx';
import { Select } from '../../components/inputs.tsx';
import { change } from './change.ts';
import { Group } from './group.tsx';

export function AppearancePage(): React.JSX.Element {
  const { theme, density, reducedMotion, language } = useSettings();
  return (
    <Group title={t('settings:page.appearance')}>
      <Field label={t('settings:theme.label')}>
        <Select
          value={theme}
          options={(['system', 'light', 'dark', 'high-contrast'] as const).map((value) => ({
            value,
            label: t(`settings:theme.${value}`),
          }))}
          onChange={(value) => change({ theme: value })}
        />
      </Field>
      <Field label={t('settings:density.label')} hint={t('settings:density.hint')}>
        <Select
          value={density}
          options={(['comfortable', 'compact'] as const).map((value) => ({
            value,
            label: t(`settings:density.${value}`),
          }))}
          onChange={(value) => change({ density: value })}
        />
      </Field>
      <Field label={t('settings:motion.label')}>
        <Select
          value={reducedMotion}
          options={(['system', 'on', 'off'] as const).map((value) => ({
            value,
            label: t(`settings:motion.${value}`),
          }))}
          onChange={(value) => change({ reducedMotion: value })}
        />
      </Field>
      <Field label={t('settings:language.label')}>
        <Select
          value={language}
          options={[
            { value: 'system', label: t('settings:language.system') },
            // Each in its own language: whoever is lost finds the way back.
            { value: 'en', label: 'English' },
            { value: 'de', label: 'Deutsch' },
          ]}
          onChange={(value) => change({ language: value })}
        />
      </Field>
    </Group>
  );
}
