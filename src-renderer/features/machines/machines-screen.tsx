import Disc from 'lucide-react/icons/disc-3';
import { useEffect, useMemo, useRef } from 'react';
import { useShortcutCommand } from '../../app/commands/use-command.ts';
import { useFileDrop } from '../../app/file-drop.ts';
import { t } from '../../app/i18n.ts';
import { startCreating } from '../../app/store/create-start.ts';
import type { Machine, MachineKey } from '../../app/store/inventory.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { useSettings } from '../../app/store/settings-store.ts';
import { statsStore } from '../../app/store/stats-store.ts';
import { useWatchedStats } from '../../app/store/watch-stats.ts';
import { Icon } from '../../components/icon.tsx';
import { SplitHandle, useStoredWidth } from '../../components/split-pane.tsx';
import { FirstRun } from './first-run.tsx';
import { Inspector } from './inspector.tsx';
import { MachineGrid } from './machine-grid.tsx';
import { MachineList } from './machine-list.tsx';
import styles from './machines-screen.module.css';
import { setLook, useMachines } from './machines-store.ts';
import { MachinesToolbar } from './machines-toolbar.tsx';
import { NothingFound } from './nothing-found.tsx';
import { Sidebar } from './sidebar.tsx';
import { fitsSearch, inView, lines, type Live, searchWords, sorted } from './view.ts';

const live: Live = {
  cpu: (key) => statsStore.of(key).latest?.cpu,
  memory: (key) => statsStore.of(key).latest?.memoryUsedKiB,
};

/** The machines that are shown, in their order. */
function useShown(): readonly Machine[] {
  const machines = useInventory((state) => state.machines);
  const filter = useMachines((state) => state.filter);
  const search = useMachines((state) => state.search);
  const sort = useMachines((state) => state.sort);
  return useMemo(() => {
    const words = searchWords(search);
    const shown = [...machines.values()].filter((machine) => inView(machine, filter) && fitsSearch(machine, words));
    return sorted(shown, sort, live);
  }, [machines, filter, search, sort]);
}

export function MachinesScreen(): React.JSX.Element {
  const [sidebarWidth, setSidebarWidth] = useStoredWidth('machines.sidebar', 208, 160, 320);
  const [inspectorWidth, setInspectorWidth] = useStoredWidth('machines.inspector', 288, 240, 420);
  const inspector = useMachines((state) => state.inspector);
  const connections = useInventory((state) => state.connections);
  const uris = useMemo(
    () => [...connections.values()].filter((each) => each.state === 'open').map((each) => each.uri),
    [connections],
  );
  useWatchedStats(uris, 'calm');
  useShortcutCommand({
    id: 'view.inspector',
    group: 'view',
    title: () => t('machines:commands.inspector'),
    shortcut: 'Ctrl+I',
    run: () => setLook({ inspector: !useMachines.getState().inspector }),
  });
  const empty = useInventory((state) => state.phase === 'ready' && state.machines.size === 0);
  const dropping = useFileDrop((path) => startCreating({ path }));

  return (
    <div className={styles.screen}>
      <nav className={styles.sidebar} style={{ width: sidebarWidth }} aria-label={t('machines:views.label')}>
        <Sidebar />
      </nav>
      <SplitHandle
        label={t('pane.resize')}
        width={sidebarWidth}
        min={160}
        max={320}
        pane="left"
        onChange={setSidebarWidth}
      />
      <div className={styles.main}>
        {empty ? <FirstRun /> : <Content />}
        {dropping && (
          <div className={styles.drop}>
            <Icon of={Disc} />
            {t('machines:drop')}
          </div>
        )}
      </div>
      {inspector && !empty && (
        <>
          <SplitHandle
            label={t('pane.resize')}
            width={inspectorWidth}
            min={240}
            max={420}
            pane="right"
            onChange={setInspectorWidth}
          />
          <aside
            className={styles.inspector}
            style={{ width: inspectorWidth }}
            aria-label={t('machines:inspector.label')}
          >
            <Inspector />
          </aside>
        </>
      )}
    </div>
  );
}

function Content(): React.JSX.Element {
  const shown = useShown();
  const layout = useSettings((state) => state.machinesView);
  const grouping = useMachines((state) => state.grouping);
  const collapsed = useMachines((state) => state.collapsed);
  const waiting = useInventory((state) => state.phase === 'loading' && state.machines.size === 0);
  const all = useMemo(() => lines(shown, grouping, new Set(collapsed)), [shown, grouping, collapsed]);
  useKeptOrder(shown);

  return (
    <>
      <MachinesToolbar />
      {!waiting && shown.length === 0 ? (
        <NothingFound />
      ) : layout === 'grid' ? (
        <MachineGrid lines={all} />
      ) : (
        <MachineList lines={all} waiting={waiting} />
      )}
    </>
  );
}

/** A view that is left does not keep hidden machines selected: a command would act on what can't be seen. */
function useKeptOrder(shown: readonly Machine[]): void {
  const before = useRef<readonly Machine[]>(shown);
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    const { selection } = useMachines.getState();
    if (selection.chosen.size === 0) return;
    const visible = new Set<MachineKey>(shown.map((machine) => machine.key));
    const kept = [...selection.chosen].filter((key) => visible.has(key));
    if (kept.length !== selection.chosen.size) {
      useMachines.setState({ selection: { ...selection, chosen: new Set(kept) } });
    }
  }, [shown]);
}
