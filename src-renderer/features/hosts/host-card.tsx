import CircleAlert from 'lucide-react/icons/circle-alert';
import CircleCheck from 'lucide-react/icons/circle-check';
import Ellipsis from 'lucide-react/icons/ellipsis';
import Info from 'lucide-react/icons/info';
import LoaderCircle from 'lucide-react/icons/loader-circle';
import PlugZap from 'lucide-react/icons/plug-zap';
import Server from 'lucide-react/icons/server';
import Trash from 'lucide-react/icons/trash-2';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import Unplug from 'lucide-react/icons/unplug';
import type { ConnectionInfo, NoticeInfo } from '../../../src-shared/contract/connections.ts';
import { engine } from '../../app/client.ts';
import { openConnection } from '../../app/feed.ts';
import { confirm } from '../../app/feedback/confirm.tsx';
import { ErrorPanel } from '../../app/feedback/error-panel.tsx';
import { reportError } from '../../app/feedback/notices.ts';
import { formatKiB } from '../../app/format.ts';
import { hostLabel } from '../../app/host-label.ts';
import { t } from '../../app/i18n.ts';
import { Seen } from '../../app/seen.tsx';
import { useInventory } from '../../app/store/inventory-store.ts';
import { useAnswer } from '../../app/use-answer.ts';
import { Badge, type Tone } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { cx } from '../../components/cx.ts';
import { Icon, type IconType } from '../../components/icon.tsx';
import { MenuIconButton } from '../../components/menu-button.tsx';
import type { MenuSection } from '../../components/menu.tsx';
import { Meter } from '../../components/meter.tsx';
import styles from './hosts-screen.module.css';
import { ShellLines } from './shell-lines.tsx';

const states: Readonly<Record<ConnectionInfo['state'], { tone: Tone; icon: IconType }>> = {
  open: { tone: 'ok', icon: CircleCheck },
  opening: { tone: 'info', icon: LoaderCircle },
  closed: { tone: 'neutral', icon: Unplug },
  failed: { tone: 'danger', icon: CircleAlert },
};

const away = { tone: 'warn', icon: Unplug } as const;

const noticeIcons = { info: Info, warning: TriangleAlert, error: CircleAlert };

export function HostCard({ connection }: { connection: ConnectionInfo }): React.JSX.Element {
  const { uri, own, state, error, notices, seenMs } = connection;
  const label = hostLabel(connection);
  const isAway = state === 'open' && seenMs !== undefined;
  const { tone, icon } = isAway ? away : states[state];
  const connect = (
    <Button
      icon={PlugZap}
      onClick={() => {
        openConnection(uri).catch(reportError);
      }}
    >
      {t(isAway ? 'hosts:tryNow' : state === 'failed' ? 'action.retry' : 'hosts:connect')}
    </Button>
  );
  return (
    <article className={styles.host} aria-label={label}>
      <header className={styles.head}>
        <Icon of={Server} />
        <div className={styles.names}>
          <h2>{label}</h2>
          <p className={styles.uri} data-selectable>
            {uri}
          </p>
        </div>
        <Badge tone={tone} icon={icon} filled>
          {t(`hosts:state.${isAway ? 'away' : state}`)}
        </Badge>
        {seenMs !== undefined && <Seen ms={seenMs} />}
        {(state === 'closed' || isAway) && connect}
        {!own && (
          <MenuIconButton
            icon={Ellipsis}
            label={t('hosts:actions', { host: label })}
            sections={() => hostMenu(uri, label, state)}
          />
        )}
      </header>
      <div className={styles.body}>
        {error !== undefined && <ErrorPanel error={error} actions={connect} />}
        {state === 'open' && !isAway && <Capacity connection={connection} />}
        {own && state === 'open' && <ShellLines uri={uri} />}
        {notices.length > 0 && (
          <ul className={styles.notices} aria-label={t('hosts:notices')}>
            {notices.map((notice) => (
              <Notice key={notice.id} notice={notice} />
            ))}
          </ul>
        )}
      </div>
    </article>
  );
}

function hostMenu(uri: string, label: string, state: ConnectionInfo['state']): readonly MenuSection[] {
  const remove = async (): Promise<void> => {
    const sure = await confirm({
      title: t('hosts:remove.title', { host: label }),
      text: t('hosts:remove.text'),
      confirm: t('hosts:remove.confirm'),
    });
    if (sure) await engine.call('connections.remove', { uri });
  };
  return [
    {
      id: 'connection',
      items: [
        {
          id: 'close',
          label: t('hosts:disconnect'),
          icon: Unplug,
          disabled: state !== 'open',
          run: () => void engine.call('connections.close', { uri }).catch(reportError),
        },
        { id: 'remove', label: t('hosts:remove.open'), icon: Trash, run: () => void remove().catch(reportError) },
      ],
    },
  ];
}

function Notice({ notice }: { notice: NoticeInfo }): React.JSX.Element {
  return (
    <li className={cx(styles.notice, styles[notice.severity])}>
      <Icon of={noticeIcons[notice.severity]} />
      <p>{notice.message}</p>
      {notice.fix !== undefined && <p className={styles.fix}>{notice.fix}</p>}
    </li>
  );
}

/** What there is, and what running machines were promised of it. */
function Capacity({ connection }: { connection: ConnectionInfo }): React.JSX.Element {
  const { uri, type } = connection;
  const node = useAnswer(uri, () => engine.call('connections.node', { uri }));
  const machines = useInventory((inventory) => inventory.machines);
  const own = [...machines.values()].filter((machine) => machine.uri === uri);
  const running = own.filter((machine) => machine.id !== undefined);
  const memoryKiB = running.reduce((sum, machine) => sum + machine.memoryKiB, 0);
  const vcpus = running.reduce((sum, machine) => sum + machine.vcpus, 0);
  if (node.error !== undefined) return <ErrorPanel error={node.error} />;
  const host = node.value;
  const facts: readonly (readonly [string, string])[] = [
    [t('hosts:fact.name'), host?.hostname ?? '–'],
    [t('hosts:fact.processor'), host?.cpuModel ?? '–'],
    [t('hosts:fact.hypervisor'), [type, host?.hypervisorVersion].filter((part) => part !== undefined).join(' ') || '–'],
    [t('hosts:fact.machines'), t('status.counts', { count: own.length, running: running.length })],
  ];
  return (
    <>
      <dl className={styles.facts} aria-busy={host === undefined}>
        {facts.map(([term, text]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <div className={styles.meters}>
        <Promised label={t('hosts:promised.memory')} used={memoryKiB} total={host?.memoryKiB} format={formatKiB} />
        <Promised label={t('hosts:promised.cpus')} used={vcpus} total={host?.cpus} format={String} />
      </div>
    </>
  );
}

function Promised(props: {
  label: string;
  used: number;
  total: number | undefined;
  format: (value: number) => string;
}): React.JSX.Element {
  const { label, used, total, format } = props;
  const text = total === undefined ? '–' : t('hosts:of', { used: format(used), total: format(total) });
  return (
    <div>
      <div className={styles.meterHead}>
        <span>{label}</span>
        <span>{text}</span>
      </div>
      <Meter
        parts={[{ amount: used, tone: total !== undefined && used > total ? 'warn' : 'accent' }]}
        total={total ?? 1}
        label={`${label}: ${text}`}
      />
    </div>
  );
}
