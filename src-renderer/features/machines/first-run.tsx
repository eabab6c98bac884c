import Disc from 'lucide-react/icons/disc-3';
import FileInput from 'lucide-react/icons/file-input';
import Sprout from 'lucide-react/icons/sprout';
import { useEffect, useState } from 'react';
import type { Answer } from '../../../src-shared/contract/index.ts';
import { engine } from '../../app/client.ts';
import { openConnection } from '../../app/feed.ts';
import { ErrorPanel } from '../../app/feedback/error-panel.tsx';
import { reportError } from '../../app/feedback/notices.ts';
import { t } from '../../app/i18n.ts';
import { startCreating } from '../../app/store/create-start.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { Button } from '../../components/button.tsx';
import { Icon, type IconType } from '../../components/icon.tsx';
import styles from './first-run.module.css';
import { FoundDaemons } from '../hosts/found-daemons.tsx';
import { HostChecks } from './host-checks.tsx';
import { trySmallLinux } from './small-linux.ts';

/** No machines yet: is this computer ready, and three ways to the first one. */
export function FirstRun(): React.JSX.Element {
  const [small, setSmall] = useState<Answer<'create.small-linux'>>();
  useEffect(() => {
    engine.call('create.small-linux', {}).then(setSmall, reportError);
  }, []);
  const connections = useInventory((state) => state.connections);
  const failed = [...connections.values()].flatMap(({ uri, error }) => (error === undefined ? [] : [{ uri, error }]));
  return (
    <div className={styles.page}>
      <div className={styles.content}>
        <div className={styles.head}>
          <h2>{t('machines:first.title')}</h2>
          <p>{t('machines:first.text')}</p>
        </div>
        <div className={styles.cards}>
          <Card
            icon={Sprout}
            title={t('machines:first.try')}
            text={
              small?.available === false
                ? (small.reason ?? t('machines:first.tryMissing'))
                : t('machines:first.tryText')
            }
            disabled={small?.available === false}
            onClick={() => {
              trySmallLinux().catch(reportError);
            }}
          />
          <Card
            icon={Disc}
            title={t('machines:first.iso')}
            text={t('machines:first.isoText')}
            onClick={() => startCreating({ source: 'iso' })}
          />
          <Card
            icon={FileInput}
            title={t('machines:first.import')}
            text={t('machines:first.importText')}
            onClick={() => startCreating({ source: 'disk' })}
          />
        </div>
        {failed.map((connection) => (
          <ErrorPanel
            key={connection.uri}
            error={connection.error}
            actions={
              <Button
                onClick={() => {
                  openConnection(connection.uri).catch(reportError);
                }}
              >
                {t('action.retry')}
              </Button>
            }
          />
        ))}
        <FoundDaemons />
        <HostChecks />
        <p className={styles.drop}>{t('machines:first.drop')}</p>
      </div>
    </div>
  );
}

function Card(props: {
  icon: IconType;
  title: string;
  text: string;
  disabled?: boolean;
  onClick: () => void;
}): React.JSX.Element {
  const { icon, title, text, disabled, onClick } = props;
  return (
    <button
      type="button"
      className={styles.card}
      aria-disabled={disabled === true ? true : undefined}
      onClick={() => {
        if (disabled !== true) onClick();
      }}
    >
      <Icon of={icon} />
      <strong>{title}</strong>
      <span>{text}</span>
    </button>
  );
}
