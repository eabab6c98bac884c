import { useMemo } from 'react';
import { t, textOf } from '../../app/i18n.ts';
import { paths } from '../../app/routes.ts';
import type { Machine } from '../../app/store/inventory.ts';
import { statsStore } from '../../app/store/stats-store.ts';
import { ChartLegend } from '../../components/chart-legend.tsx';
import { TimeChart } from '../../components/time-chart.tsx';
import { shares } from './contributions.ts';
import { lastOf, lineOf, type Metric, shapes } from './metrics.ts';
import styles from './performance-screen.module.css';
import { formatMoment } from './times.ts';
import type { Performance, Range } from './use-performance.ts';

/** More colours than these can't be told apart. */
const coloured = 8;

/** What each machine takes of the host, laid on each other. */
export function MachineShares(props: {
  performance: Performance;
  machines: readonly Machine[];
  range: Range;
  metric: Metric;
  hostCpus: number;
  hostMemoryKiB: number | undefined;
}): React.JSX.Element {
  const { performance, machines, range, metric, hostCpus, hostMemoryKiB } = props;
  const { span, machines: figures } = performance;
  const { top, others } = useMemo(() => {
    const all = machines.flatMap((machine) => {
      const own = figures.get(machine.uuid);
      if (own === undefined) return [];
      const factor = metric === 'cpu' ? machine.vcpus / Math.max(1, hostCpus) : 1;
      const values = lineOf(own, metric).map((value) => (value === null ? null : value * factor));
      return [{ machine, values }];
    });
    return shares(all, coloured);
  }, [machines, figures, metric, hostCpus]);

  const series = [
    ...top.map(({ machine, values }, index) => ({ label: machine.name, color: index + 1, values })),
    ...(others === undefined
      ? []
      : [{ label: t('performance:others', { count: others.count }), color: coloured, values: others.values }]),
  ];
  const timesMs = [...figures.values()][0]?.timesMs ?? performance.host?.timesMs ?? [];
  const { format, least, steps } = shapes[metric];
  const max = metric === 'cpu' ? undefined : metric === 'memory' ? hostMemoryKiB : undefined;
  const blanks = blankReasons(machines, metric);

  return (
    <section className={styles.section} aria-label={t('performance:machines')}>
      <div className={styles.sectionHead}>
        <h2>{t(`performance:shares.${metric}`)}</h2>
      </div>
      <TimeChart
        stack
        label={t('performance:chart.machines', { metric: t(`performance:metric.${metric}`) })}
        timesMs={timesMs}
        series={series}
        height={300}
        span={span}
        {...(max === undefined ? {} : { max })}
        least={least}
        steps={steps}
        format={format}
        formatTime={(ms) => formatMoment(ms, range)}
      />
      <ChartLegend
        entries={series.map(({ label, color, values }, index) => {
          const machine = top[index]?.machine;
          const last = lastOf(values);
          return {
            id: label,
            label: machine === undefined ? label : <a href={`#${paths.machine(machine, 'performance')}`}>{label}</a>,
            color,
            value: last === undefined ? '–' : format(last),
          };
        })}
      />
      {blanks.map(({ reason, names }) => (
        <p key={reason} className={styles.note}>
          {textOf(`performance:blanks.${reason.replace('blank.', '')}`, reason, {
            names: names.join(', '),
            count: names.length,
          })}
        </p>
      ))}
    </section>
  );
}

/** Why figures are missing, and whose. */
function blankReasons(
  machines: readonly Machine[],
  metric: Metric,
): readonly { readonly reason: string; readonly names: readonly string[] }[] {
  const byReason = new Map<string, string[]>();
  for (const machine of machines) {
    const reason = statsStore.of(machine.key).latest?.blanks?.[metric];
    if (reason === undefined) continue;
    byReason.set(reason, [...(byReason.get(reason) ?? []), machine.name]);
  }
  return [...byReason].map(([reason, names]) => ({ reason, names }));
}
