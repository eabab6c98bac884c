import Plus from 'lucide-react/icons/plus';
import { openDialog } from '../../app/feedback/dialogs.tsx';
import { t } from '../../app/i18n.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { Button } from '../../components/button.tsx';
import { HostChecks } from '../machines/host-checks.tsx';
import { ScreenBar } from '../../components/toolbar.tsx';
import { AddHostDialog } from './add-host-dialog.tsx';
import { FoundDaemons } from './found-daemons.tsx';
import { HostCard } from './host-card.tsx';
import styles from './hosts-screen.module.css';

/** Where machines run: what each host has, what it lacks, and why. */
export default function HostsScreen(): React.JSX.Element {
  const connections = useInventory((state) => state.connections);
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
          <FoundDaemons />
          <HostChecks />
        </div>
      </div>
    </div>
  );
}
