import Plus from 'lucide-react/icons/plus';
import Radar from 'lucide-react/icons/radar';
import { engine } from '../../app/client.ts';
import { openDialog } from '../../app/feedback/dialogs.tsx';
import { reportError } from '../../app/feedback/notices.ts';
import { t } from '../../app/i18n.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { useAnswer } from '../../app/use-answer.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { HostChecks } from '../machines/host-checks.tsx';
import { ScreenBar } from '../../components/toolbar.tsx';
import { addHost, AddHostDialog } from './add-host-dialog.tsx';
import { HostCard } from './host-card.tsx';
import styles from './hosts-screen.module.css';

/** Where machines run: what each host has, what it lacks, and why. */
export default function HostsScreen(): React.JSX.Element {
  const connections = useInventory((state) => state.connections);
  const found = useAnswer(String(connections.size), () => engine.call('connections.found', {}));
  return (
    <div className={styles.screen}>
      <ScreenBar title={t('nav.hosts')}>
        <Button icon={Plus} onClick={() => openDialog((close) => <AddHostDialog close={close} />)}>
          {t('hosts:add.open')}
        </Button>
      </ScreenBar>
      <div className={styles.content}>
        <div className={styles.list}>
          {[...connections.values()].map((connection) => (
            <HostCard key={connection.uri} connection={connection} />
          ))}
          {found.value?.map((uri) => (
            <section key={uri} className={styles.found}>
              <Icon of={Radar} />
              <p>{t('hosts:found', { uri })}</p>
              <Button onClick={() => void addHost(uri).catch(reportError)}>{t('hosts:connect')}</Button>
            </section>
          ))}
          <HostChecks />
        </div>
      </div>
    </div>
  );
}
