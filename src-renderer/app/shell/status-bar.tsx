import CircleAlert from 'lucide-react/icons/circle-alert';
import CircleCheck from 'lucide-react/icons/circle-check';
import LoaderCircle from 'lucide-react/icons/loader-circle';
import Server from 'lucide-react/icons/server';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { cx } from '../../components/cx.ts';
import { Icon } from '../../components/icon.tsx';
import { ProgressBar } from '../../components/meter.tsx';
import { useShortcutCommand } from '../commands/use-command.ts';
import { hostLabel } from '../host-label.ts';
import { t } from '../i18n.ts';
import { paths } from '../routes.ts';
import { useInventory } from '../store/inventory-store.ts';
import { progressOf, useJobs } from '../store/jobs-store.ts';
import styles from './shell.module.css';

const TaskCentre = lazy(() => import('./task-centre.tsx'));

export function StatusBar(): React.JSX.Element {
  return (
    <footer className={styles.status} aria-label={t('status.label')}>
      <Hosts />
      <Counts />
      <span className={styles.space} />
      <Tasks />
    </footer>
  );
}

function Hosts(): React.JSX.Element {
  const connections = useInventory((state) => state.connections);
  const all = [...connections.values()].filter((each) => each.state !== 'closed');
  const failed = all.filter((each) => each.state === 'failed').length;
  const warned = all.some((each) => each.notices.some((notice) => notice.severity !== 'info'));
  const only = all.length === 1 ? all[0] : undefined;
  const text =
    failed > 0
      ? t('status.unreachable', { count: failed })
      : only !== undefined
        ? hostLabel(only)
        : all.length === 0
          ? t('status.connecting')
          : t('status.connections', { count: all.length });
  return (
    <a href={`#${paths.hosts}`} className={cx(styles.statusItem, failed > 0 ? styles.danger : warned && styles.warn)}>
      <Icon of={failed > 0 ? CircleAlert : warned ? TriangleAlert : Server} />
      {text}
      {failed === 0 && warned && <span className="visually-hidden">{t('status.warned')}</span>}
    </a>
  );
}

function Counts(): React.JSX.Element {
  const machines = useInventory((state) => state.machines);
  const running = useMemo(() => [...machines.values()].filter((each) => each.id !== undefined).length, [machines]);
  return (
    <span className={cx(styles.statusItem, 'tabular')}>{t('status.counts', { count: machines.size, running })}</span>
  );
}

function Tasks(): React.JSX.Element {
  const jobs = useJobs((state) => state.jobs);
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  useShortcutCommand({
    id: 'view.tasks',
    group: 'view',
    title: () => t('commands.tasks'),
    shortcut: 'Ctrl+Shift+T',
    run: () => setOpen(true),
  });
  const running = [...jobs.values()].filter((job) => job.state === 'running');
  const failed = [...jobs.values()].filter((job) => job.state === 'failed').length;
  const shares = running.map(progressOf);
  const known = shares.filter((share) => share !== undefined);
  const share = known.length === running.length ? known.reduce((sum, each) => sum + each, 0) / known.length : undefined;
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className={cx(styles.statusItem, failed > 0 && running.length === 0 && styles.danger)}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(true)}
      >
        {running.length > 0 ? (
          <>
            <Icon of={LoaderCircle} />
            {t('tasks.running', { count: running.length })}
            <span className={styles.taskBar}>
              <ProgressBar value={share} label={t('tasks.progress')} />
            </span>
          </>
        ) : failed > 0 ? (
          <>
            <Icon of={CircleAlert} />
            {t('tasks.failed', { count: failed })}
          </>
        ) : (
          <>
            <Icon of={CircleCheck} />
            {t('tasks.none')}
          </>
        )}
      </button>
      {open && anchor.current !== null && (
        <Suspense fallback={null}>
          <TaskCentre anchor={anchor.current} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
