import { t } from '../../app/i18n.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { HostChecks } from '../machines/host-checks.tsx';
import { ScreenBar } from '../../components/toolbar.tsx';
import { HostCard } from './host-card.tsx';
import styles from './hosts-screen.module.css';

/** Where machines run: what each host has, what it lacks, and why. */
export default function HostsScreen(): React.JSX.Element {
  const connections = useInventory((state) => state.connections);
  return (
    <div className={styles.screen}>
      <ScreenBar title={t('nav.hosts')} />
      <div className={styles.content}>
        <div className={styles.list}>
          {[...connections.values()].map((connection) => (
            <HostCard key={connection.uri} connection={connection} />
          ))}
          <HostChecks />
        </div>
      </div>
    </div>
  );
}
