import { t } from '../../app/i18n.ts';
import { formatKiB } from '../../app/format.ts';
import { TimeChart } from '../../components/time-chart.tsx';
import { lastOf, lineOf, type Metric, metrics, shapes } from './metrics.ts';
import styles from './performance-screen.module.css';
import { formatMoment } from './times.ts';
import type { Performance, Range } from './use-performance.ts';

/** The host's four figures, each also the choice of what is compared below. */
export function HostStrip(props: {
  performance: Performance;
  range: Range;
  memoryKiB: number | undefined;
  metric: Metric;
  onMetric: (metric: Metric) => void;
}): React.JSX.Element {
  const { performance, range, memoryKiB, metric: chosen, onMetric } = props;
  const { host, span } = performance;
  return (
    <section className={styles.strip} aria-label={t('performance:host')}>
      {metrics.map((metric) => {
        const values = host === undefined ? [] : lineOf(host, metric);
        const last = lastOf(values);
        const { format, least } = shapes[metric];
        const max = metric === 'cpu' ? 1 : metric === 'memory' ? memoryKiB : undefined;
        const text =
          last === undefined
            ? '–'
            : metric === 'memory' && memoryKiB !== undefined
              ? t('performance:of', { used: formatKiB(last), total: formatKiB(memoryKiB) })
              : format(last);
        return (
          <button
            key={metric}
            type="button"
            className={styles.card}
            aria-pressed={metric === chosen}
            onClick={() => onMetric(metric)}
          >
            <span className={styles.cardHead}>
              {t(`performance:metric.${metric}`)}
              <span className={styles.cardValue}>{text}</span>
            </span>
            <TimeChart
              compact
              label={t('performance:chart.host', { metric: t(`performance:metric.${metric}`) })}
              timesMs={host?.timesMs ?? []}
              series={[{ label: metric, color: metric === 'memory' ? 2 : 1, values }]}
              height={56}
              span={span}
              {...(max === undefined ? {} : { max })}
              least={least}
              format={format}
              formatTime={(ms) => formatMoment(ms, range)}
            />
          </button>
        );
      })}
    </section>
  );
}
