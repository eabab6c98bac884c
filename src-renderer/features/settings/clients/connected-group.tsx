import Unplug from 'lucide-react/icons/unplug';
import type { LibvirtClient } from '../../../../src-shared/contract/libvirt-clients.ts';
import { engine } from '../../../app/client.ts';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { reportError } from '../../../app/feedback/notices.ts';
import { formatTime } from '../../../app/format.ts';
import { t } from '../../../app/i18n.ts';
import { IconButton } from '../../../components/button.tsx';
import { DataTable } from '../../../components/data-table.tsx';
import { Group } from '../group.tsx';
import styles from './clients-page.module.css';
import { useClientsAnswer } from './use-clients-answer.ts';

const whereOf = ({ way, address }: LibvirtClient): string =>
  address === undefined ? t('settings:clients.connected.here') : `${way.toUpperCase()} ${address}`;

const whoOf = ({ user, certificate, isAuthenticated }: LibvirtClient): string =>
  isAuthenticated
    ? (user ?? certificate ?? t('settings:clients.connected.you'))
    : t('settings:clients.connected.nobody');

/** Who is there now. */
export function ConnectedGroup(): React.JSX.Element {
  const { value: clients, error } = useClientsAnswer('clients', () => engine.call('libvirt.clients', {}));
  return (
    <Group title={t('settings:clients.connected.title')}>
      {error !== undefined && <ErrorPanel error={error} />}
      {clients?.length === 0 ? (
        <p className={styles.text}>{t('settings:clients.connected.none')}</p>
      ) : (
        <DataTable
          label={t('settings:clients.connected.title')}
          rows={clients}
          rowKey={({ id }) => id}
          columns={[
            { id: 'where', label: t('settings:clients.connected.where'), cell: whereOf, sort: whereOf },
            { id: 'who', label: t('settings:clients.connected.who'), cell: whoOf, sort: whoOf },
            {
              id: 'since',
              label: t('settings:clients.connected.since'),
              cell: ({ sinceMs }) => formatTime(sinceMs),
              sort: ({ sinceMs }) => sinceMs,
            },
            {
              id: 'access',
              label: t('settings:clients.access.label'),
              cell: ({ readOnly }) => t(readOnly ? 'settings:clients.access.read' : 'settings:clients.access.write'),
            },
          ]}
          actions={(client) => (
            <IconButton
              size="small"
              icon={Unplug}
              label={t('settings:clients.connected.disconnect', { who: whoOf(client) })}
              onClick={() => {
                engine.call('libvirt.disconnect', { id: client.id }).catch(reportError);
              }}
            />
          )}
        />
      )}
    </Group>
  );
}
