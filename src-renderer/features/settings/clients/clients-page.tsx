import { engine } from '../../../app/client.ts';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { t } from '../../../app/i18n.ts';
import { useSettings } from '../../../app/store/settings-store.ts';
import { ShellLines } from '../../hosts/shell-lines.tsx';
import { ConnectedGroup } from './connected-group.tsx';
import styles from './clients-page.module.css';
import { TcpGroup } from './tcp-group.tsx';
import { TlsGroup } from './tls-group.tsx';
import { UsersGroup } from './users-group.tsx';
import { useClientsAnswer } from './use-clients-answer.ts';

/** How libvirt's own clients reach this engine, who may, and who does. */
export function ClientsPage(): React.JSX.Element {
  const uri = useSettings((state) => state.defaultUri);
  const { value: doors, error } = useClientsAnswer('doors', () => engine.call('libvirt.doors', {}));
  return (
    <>
      <p className={styles.text}>{t('settings:clients.text')}</p>
      <ShellLines uri={uri} />
      {error !== undefined && <ErrorPanel error={error} />}
      <ConnectedGroup />
      <TlsGroup door={doors?.tls} />
      <TcpGroup door={doors?.tcp} />
      <UsersGroup />
    </>
  );
}
