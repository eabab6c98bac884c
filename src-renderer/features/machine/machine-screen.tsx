import MonitorX from 'lucide-react/icons/monitor-x';
import Pencil from 'lucide-react/icons/pencil';
import { lazy, Suspense, useId } from 'react';
import { useShortcutCommand } from '../../app/commands/use-command.ts';
import { isChanged } from '../../app/edit/draft.ts';
import { useLeaveGuard } from '../../app/edit/use-leave-guard.ts';
import { openDialog } from '../../app/feedback/dialogs.tsx';
import { ErrorPanel } from '../../app/feedback/error-panel.tsx';
import { t } from '../../app/i18n.ts';
import {
  go,
  type MachineRef,
  type MachineScreenProps,
  type MachineTab,
  machineTabs,
  paths,
  placeOf,
} from '../../app/routes.ts';
import { type Machine, machineKey } from '../../app/store/inventory.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { ConsoleView } from '../console/console-view.tsx';
import { targetsOf } from '../machines/targets.ts';
import { EditBar } from './edit/edit-bar.tsx';
import { useDefinition } from './edit/use-definition.ts';
import { Header } from './header.tsx';
import { HostAway } from '../hosts/host-away.tsx';
import { LogTab } from './log/log-tab.tsx';
import styles from './machine-screen.module.css';
import { Overview } from './overview/overview.tsx';
import { RenameDialog } from './rename-dialog.tsx';

const Hardware = lazy(() => import('./hardware/hardware-tab.tsx'));
const Performance = lazy(() => import('./performance/performance-tab.tsx'));
const Snapshots = lazy(() => import('./snapshots/snapshots-tab.tsx'));
const Xml = lazy(() => import('./xml/xml-tab.tsx'));

/** One machine: what it is, its console, its hardware, its figures, its log and its definition. */
export default function MachineScreen({ machine: ref, tab }: MachineScreenProps): React.JSX.Element | undefined {
  const key = machineKey(ref.uri, ref.uuid);
  const machine = useInventory((state) => state.machines.get(key));
  const listed = useInventory((state) => state.phase === 'ready' || state.listed.has(ref.uri));
  if (machine !== undefined) return <Page key={key} machine={machine} tab={tab} />;
  return listed ? <Gone machine={ref} /> : undefined;
}

function Gone({ machine }: { machine: MachineRef }): React.JSX.Element {
  const error = useInventory((state) => state.connections.get(machine.uri)?.error);
  return (
    <EmptyState
      icon={MonitorX}
      title={t('machine:gone.title')}
      text={error === undefined ? t('machine:gone.text') : t('machine:gone.unreachable')}
    >
      {error !== undefined && <ErrorPanel error={error} />}
      <Button variant="primary" onClick={() => go(paths.machines)}>
        {t('machine:back')}
      </Button>
    </EmptyState>
  );
}

function Page({ machine, tab }: { machine: Machine; tab: MachineTab }): React.JSX.Element {
  const panelId = useId();
  const definition = useDefinition(machine);
  const { draft, discard } = definition;
  useLeaveGuard({
    changed: draft !== undefined && isChanged(draft),
    keeps(hash) {
      const place = placeOf(hash);
      return place.name === 'machine' && place.machine.uri === machine.uri && place.machine.uuid === machine.uuid;
    },
    question: () => ({
      title: t('machine:leave.title'),
      text: t('machine:leave.text'),
      confirm: t('machine:leave.confirm'),
      danger: true,
    }),
    discard,
  });
  useShortcutCommand({
    id: 'machine.renameHere',
    group: 'machine',
    icon: Pencil,
    title: () => t('machines:verb.rename'),
    shortcut: 'F2',
    subject: () => machine.name,
    isEnabled: () => targetsOf('rename').length === 1,
    run: () => openDialog((close) => <RenameDialog machine={machine} close={close} />),
  });
  return (
    <div className={styles.screen}>
      <Header machine={machine} tab={tab} />
      <HostAway uri={machine.uri} />
      <Tabs
        label={t('machine:tabs.label', { name: machine.name })}
        tabs={machineTabs.map((value) => ({ value, label: t(`machine:tabs.${value}`) }))}
        value={tab}
        panelId={panelId}
        onChange={(next) => go(paths.machine(machine, next))}
      />
      <div
        key={tab}
        id={panelId}
        role="tabpanel"
        aria-label={t(`machine:tabs.${tab}`)}
        className={styles.panel}
        tabIndex={tab === 'overview' ? 0 : undefined}
      >
        <Suspense fallback={null}>
          {tab === 'overview' && <Overview machine={machine} definition={definition} />}
          {tab === 'console' && <ConsoleView uri={machine.uri} uuid={machine.uuid} />}
          {tab === 'hardware' && <Hardware machine={machine} definition={definition} />}
          {tab === 'snapshots' && <Snapshots machine={machine} />}
          {tab === 'performance' && <Performance machine={machine} />}
          {tab === 'log' && <LogTab machine={machine} />}
          {tab === 'xml' && <Xml definition={definition} />}
        </Suspense>
      </div>
      {tab !== 'console' && <EditBar machine={machine} definition={definition} />}
    </div>
  );
}
