import CircleAlert from 'lucide-react/icons/circle-alert';
import KeyRound from 'lucide-react/icons/key-round';
import Trash2 from 'lucide-react/icons/trash-2';
import UserPlus from 'lucide-react/icons/user-plus';
import type { LibvirtUser } from '../../../../src-shared/contract/libvirt-clients.ts';
import { engine } from '../../../app/client.ts';
import { confirm } from '../../../app/feedback/confirm.tsx';
import { openDialog } from '../../../app/feedback/dialogs.tsx';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { reportError } from '../../../app/feedback/notices.ts';
import { formatTime } from '../../../app/format.ts';
import { t } from '../../../app/i18n.ts';
import { useSettings } from '../../../app/store/settings-store.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button, IconButton } from '../../../components/button.tsx';
import { DataTable } from '../../../components/data-table.tsx';
import { Group } from '../group.tsx';
import styles from './clients-page.module.css';
import { UserDialog } from './user-dialog.tsx';
import { useClientsAnswer } from './use-clients-answer.ts';

async function remove({ name }: LibvirtUser): Promise<void> {
  const isSure = await confirm({
    title: t('settings:clients.users.removeTitle', { name }),
    text: t('settings:clients.users.removeText'),
    confirm: t('settings:clients.users.removeDo'),
    danger: true,
  });
  if (isSure) await engine.call('libvirt.remove-user', { name });
}

/** Who may come in by a password. */
export function UsersGroup(): React.JSX.Element {
  const { value: users, error } = useClientsAnswer('users', () => engine.call('libvirt.users', {}));
  const isNeeded = useSettings(({ listenTcp, listenTls }) => listenTcp.on || (listenTls.on && listenTls.passwords));
  const open = (user?: LibvirtUser): void =>
    openDialog((close) => <UserDialog {...(user === undefined ? {} : { user })} close={close} />);
  return (
    <Group title={t('settings:clients.users.title')}>
      <p className={styles.text}>{t('settings:clients.users.text')}</p>
      {error !== undefined && <ErrorPanel error={error} />}
      {users !== undefined && users.length > 0 && (
        <DataTable
          label={t('settings:clients.users.title')}
          rows={users}
          rowKey={({ name }) => name}
          columns={[
            { id: 'name', label: t('settings:clients.users.name'), cell: ({ name }) => name, sort: ({ name }) => name },
            {
              id: 'access',
              label: t('settings:clients.access.label'),
              cell: ({ readOnly }) => t(readOnly ? 'settings:clients.access.read' : 'settings:clients.access.write'),
            },
            {
              id: 'changed',
              label: t('settings:clients.users.changed'),
              cell: ({ changedMs }) => formatTime(changedMs),
              sort: ({ changedMs }) => changedMs,
            },
          ]}
          actions={(user) => (
            <>
              <IconButton
                size="small"
                icon={KeyRound}
                label={t('settings:clients.users.change', { name: user.name })}
                onClick={() => open(user)}
              />
              <IconButton
                size="small"
                icon={Trash2}
                label={t('settings:clients.users.remove', { name: user.name })}
                onClick={() => {
                  remove(user).catch(reportError);
                }}
              />
            </>
          )}
        />
      )}
      {isNeeded && users?.length === 0 && (
        <p role="status">
          <Badge tone="warn" icon={CircleAlert}>
            {t('settings:clients.users.none')}
          </Badge>
        </p>
      )}
      <div>
        <Button icon={UserPlus} onClick={() => open()}>
          {t('settings:clients.users.add')}
        </Button>
      </div>
    </Group>
  );
}
