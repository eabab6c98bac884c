import ChartLine from 'lucide-react/icons/chart-line';
import Table from 'lucide-react/icons/table';
import { useMemo, useState } from 'react';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { t } from '../../../app/i18n.ts';
import { type Figures, lineOf } from '../../../app/store/figures.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { useWatchedStats } from '../../../app/store/watch-stats.ts';
import { ChartLegend } from '../../../components/chart-legend.tsx';
import { Segmented } from '../../../components/segmented.tsx';
import { TimeChart } from '../../../components/time-chart.tsx';
import { formatMoment } from '../../performance/times.ts';
import { type Range, ranges, usePerformance } from '../../performance/use-performance.ts';
import { isActive } from '../../machines/view.ts';
import { BlankNote } from './blank-note.tsx';
import { FiguresTable } from './figures-table.tsx';
import { type PanelName, panelNames, panels } from './panels.ts';
import styles from './performance-tab.module.css';

const rangeNames = Object.keys(ranges) as Range[];
const height = 172;

/** What the machine did, up to a day back. */
export default function PerformanceTab({ machine }: { machine: Machine }): React.JSX.Element {
  const [range, setRange] = useState<Range>('5min');
  const [form, setForm] = useState<'graph' | 'table'>('graph');
  const active = isActive(machine);
  useWatchedStats(active ? [machine.uri] : []);
  // Other changes of the machine ask for no new history.
  const { uuid } = machine;
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const machines = useMemo(() => [machine], [uuid]);
  const { span, machines: known, error } = usePerformance(machine.uri, range, machines);
  const figures = known.get(uuid);
  return (
    <div className={styles.performance}>
      <div className={styles.bar}>
        <Segmented
          label={t('performance:range.label')}
          value={range}
          segments={rangeNames.map((value) => ({ value, label: t(`performance:range.${value}`) }))}
          onChange={setRange}
        />
        {!active && <span className={styles.hint}>{t('machine:performance.off')}</span>}
        <span className={styles.space} />
        <Segmented
          label={t('performance:form.label')}
          value={form}
          segments={[
            { value: 'graph', label: t('performance:form.graph'), icon: ChartLine, iconOnly: true },
            { value: 'table', label: t('performance:form.table'), icon: Table, iconOnly: true },
          ]}
          onChange={setForm}
        />
      </div>
      {error !== undefined && <ErrorPanel error={error} />}
      {form === 'table' ? (
        <FiguresTable figures={figures} range={range} />
      ) : (
        <div className={styles.panels}>
          {panelNames.map((name) => (
            <Graph key={name} name={name} machine={machine} figures={figures} span={span} range={range} />
          ))}
        </div>
      )}
    </div>
  );
}

function Graph(props: {
  name: PanelName;
  machine: Machine;
  figures: Figures | undefined;
  span: { readonly fromMs: number; readonly toMs: number };
  range: Range;
}): React.JSX.Element {
  const { name, machine, figures, span, range } = props;
  const { lines, format, steps, least } = panels[name];
  const series = useMemo(
    () =>
      lines.map(({ figure, color }) => ({
        label: t(`machine:performance.figure.${figure}`),
        color,
        values: figures === undefined ? [] : lineOf(figures, figure),
      })),
    [lines, figures],
  );
  const max = name === 'cpu' ? 1 : name === 'memory' ? machine.maxMemoryKiB : undefined;
  const label = t(`performance:metric.${name}`);
  return (
    <section className={styles.panel} aria-label={label}>
      <div className={styles.head}>
        <h2>{label}</h2>
        <ChartLegend
          strong
          entries={series.map(({ label: line, color, values }) => {
            const last = values.findLast((value) => value !== null);
            return {
              id: line,
              color,
              ...(series.length > 1 ? { label: line } : {}),
              value: last === undefined || last === null ? '–' : format(last),
            };
          })}
        />
      </div>
      <TimeChart
        label={t('machine:performance.chart', { metric: label, name: machine.name })}
        timesMs={figures?.timesMs ?? []}
        series={series}
        height={height}
        span={span}
        {...(max === undefined ? {} : { max })}
        least={least}
        steps={steps}
        format={format}
        formatTime={(ms) => formatMoment(ms, range)}
      />
      <BlankNote machine={machine} name={name} />
    </section>
  );
}
