import Radar from 'lucide-react/icons/radar';
import { engine } from '../../app/client.ts';
import { reportError } from '../../app/feedback/notices.ts';
import { t } from '../../app/i18n.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { useAnswer } from '../../app/use-answer.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { addHost } from './add-host.ts';
import styles from './hosts-screen.module.css';

/** libvirt's daemons of this computer that are not listed yet, each a press away. */
export function FoundDaemons(): React.JSX.Element {
  const known = useInventory((state) => state.connections.size);
  const found = useAnswer(String(known), () => engine.call('connections.found', {}));
  return (
    <>
      {found.value?.map((uri) => (
        <section key={uri} className={styles.found} aria-label={uri}>
          <Icon of={Radar} />
          <p>{t('hosts:found', { uri })}</p>
          <Button onClick={() => void addHost(uri).catch(reportError)}>{t('hosts:connect')}</Button>
        </section>
      ))}
    </>
  );
}
