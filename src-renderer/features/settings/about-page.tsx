import { engine } from '../../app/client.ts';
import { ErrorPanel } from '../../app/feedback/error-panel.tsx';
import { t } from '../../app/i18n.ts';
import { useAnswer } from '../../app/use-answer.ts';
import { Group } from './group.tsx';
import styles from './settings-screen.module.css';

export function AboutPage(): React.JSX.Element {
  const info = useAnswer('info', () => engine.call('app.info', {}));
  const { value } = info;
  return (
    <Group title="Vivarium">
      {info.error !== undefined && <ErrorPanel error={info.error} />}
      <dl className={styles.facts} data-selectable>
        <dt>{t('settings:about.version')}</dt>
        <dd>{value?.version ?? '–'}</dd>
        <dt>Electron</dt>
        <dd>{value?.electron ?? '–'}</dd>
        <dt>Node</dt>
        <dd>{value?.node ?? '–'}</dd>
        <dt>{t('settings:about.engine')}</dt>
        <dd>{value === undefined ? '–' : t(`settings:about.${value.engine}`)}</dd>
      </dl>
    </Group>
  );
}
