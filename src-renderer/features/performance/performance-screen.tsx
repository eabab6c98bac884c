import ChartLine from 'lucide-react/icons/chart-line';
import Table from 'lucide-react/icons/table';
import { useMemo, useState } from 'react';
import { engine } from '../../app/client.ts';
import { ErrorPanel } from '../../app/feedback/error-panel.tsx';
import { t } from '../../app/i18n.ts';
import type { Machine } from '../../app/store/inventory.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { useSettings } from '../../app/store/settings-store.ts';
import { useWatchedStats } from '../../app/store/watch-stats.ts';
import { useAnswer } from '../../app/use-answer.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { ScreenBar } from '../../components/toolbar.tsx';
import { FiguresTable } from './figures-table.tsx';
import { HostStrip } from './host-strip.tsx';
import { MachineShares } from './machine-shares.tsx';
import type { Metric } from './metrics.ts';
import styles from './performance-screen.module.css';
import { type Range, ranges, usePerformance } from './use-performance.ts';

/** The host, and who takes what of it. */
export default function PerformanceScreen(): React.JSX.Element {
  const uri = useSettings((state) => state.defaultUri);
  const all = useInventory((state) => state.machines);
  const open = useInventory((state) => state.connections.get(uri)?.state === 'open');
  const [range, setRange] = useState<Range>('5min');
  const [metric, setMetric] = useState<Metric>('cpu');
  const [form, setForm] = useState<'graph' | 'table'>('graph');
  useWatchedStats(open ? [uri] : []);
  const host = useAnswer(open ? uri : undefined, () => engine.call('connections.node', { uri }));

  const running = useRunning(all, uri);
  const performance = usePerformance(uri, range, running);
  const cpus = host.value?.cpus ?? 1;
  const rangeNames = Object.keys(ranges) as Range[];

  return (
    <div className={styles.screen}>
      <ScreenBar title={t('nav.performance')}>
        <Segmented
          label={t('performance:range.label')}
          value={range}
          segments={rangeNames.map((value) => ({ value, label: t(`performance:range.${value}`) }))}
          onChange={setRange}
        />
        <Segmented
          label={t('performance:form.label')}
          value={form}
          segments={[
            { value: 'graph', label: t('performance:form.graph'), icon: ChartLine, iconOnly: true },
            { value: 'table', label: t('performance:form.table'), icon: Table, iconOnly: true },
          ]}
          onChange={setForm}
        />
      </ScreenBar>
      <div className={styles.content}>
        {performance.error !== undefined && <ErrorPanel error={performance.error} />}
        <HostStrip
          performance={performance}
          range={range}
          memoryKiB={host.value?.memoryKiB}
          metric={metric}
          onMetric={setMetric}
        />
        {running.length === 0 ? (
          <EmptyState icon={ChartLine} title={t('performance:none.title')} text={t('performance:none.text')} />
        ) : form === 'graph' ? (
          <MachineShares
            performance={performance}
            machines={running}
            range={range}
            metric={metric}
            hostCpus={cpus}
            hostMemoryKiB={host.value?.memoryKiB}
          />
        ) : (
          <FiguresTable performance={performance} machines={running} hostCpus={cpus} />
        )}
      </div>
    </div>
  );
}

/** The same array as long as the same machines run: their other changes ask for no new history. */
function useRunning(all: ReadonlyMap<string, Machine>, uri: string): readonly Machine[] {
  const running = [...all.values()].filter((machine) => machine.uri === uri && machine.id !== undefined);
  const key = running.map((machine) => `${machine.uuid} ${machine.name} ${machine.vcpus}`).join('\n');
  // eslint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => running, [key]);
}
