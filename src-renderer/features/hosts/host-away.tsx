import ServerOff from 'lucide-react/icons/server-off';
import { openConnection } from '../../app/feed.ts';
import { reportError } from '../../app/feedback/notices.ts';
import { hostLabel } from '../../app/host-label.ts';
import { t } from '../../app/i18n.ts';
import { Seen } from '../../app/seen.tsx';
import { useInventory } from '../../app/store/inventory-store.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import styles from './host-away.module.css';

/** Says that the host of what is shown does not answer, and since when; nothing while it does. */
export function HostAway({ uri }: { uri: string }): React.JSX.Element | undefined {
  const connection = useInventory((state) => state.connections.get(uri));
  if (connection?.seenMs === undefined) return undefined;
  return (
    <div className={styles.away} role="status">
      <Icon of={ServerOff} />
      <p>{t('hosts:away', { host: hostLabel(connection) })}</p>
      <Seen ms={connection.seenMs} />
      <Button onClick={() => void openConnection(uri).catch(reportError)}>{t('hosts:tryNow')}</Button>
    </div>
  );
}
