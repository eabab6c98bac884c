import { t } from '../../app/i18n.ts';
import { formatKiB, formatPercent, formatRate } from '../../app/format.ts';
import { paths } from '../../app/routes.ts';
import type { Figures } from '../../app/store/figures.ts';
import type { Machine } from '../../app/store/inventory.ts';
import { DataTable, type TableColumn } from '../../components/data-table.tsx';
import { lineOf, type Metric } from './metrics.ts';
import type { Performance } from './use-performance.ts';

interface Row {
  readonly machine: Machine;
  readonly figures: Figures | undefined;
}

interface Extent {
  readonly average: number;
  readonly peak: number;
}

/** What a line says in two figures; undefined when it is blank. */
export function extentOf(figures: Figures | undefined, metric: Metric, factor = 1): Extent | undefined {
  if (figures === undefined) return undefined;
  const present = lineOf(figures, metric).filter((value) => value !== null);
  if (present.length === 0) return undefined;
  const sum = present.reduce((all, value) => all + value, 0);
  return { average: (sum / present.length) * factor, peak: Math.max(...present) * factor };
}

/** The same figures as the graph, for those who read rather than look. */
export function FiguresTable(props: {
  performance: Performance;
  machines: readonly Machine[];
  hostCpus: number;
}): React.JSX.Element {
  const { performance, machines, hostCpus } = props;
  const rows: readonly Row[] = machines.map((machine) => ({
    machine,
    figures: performance.machines.get(machine.uuid),
  }));
  const factor = (machine: Machine, metric: Metric): number =>
    metric === 'cpu' ? machine.vcpus / Math.max(1, hostCpus) : 1;
  const column = (metric: Metric, which: keyof Extent, format: (value: number) => string): TableColumn<Row> => {
    const value = ({ machine, figures }: Row): number | undefined =>
      extentOf(figures, metric, factor(machine, metric))?.[which];
    return {
      id: `${metric}-${which}`,
      label: t(`performance:table.${which}`, { metric: t(`performance:metric.${metric}`) }),
      end: true,
      cell: (row) => {
        const figure = value(row);
        return figure === undefined ? '–' : format(figure);
      },
      sort: (row) => value(row) ?? -1,
    };
  };
  return (
    <DataTable
      label={t('performance:machines')}
      rows={rows}
      rowKey={({ machine }) => machine.key}
      columns={[
        {
          id: 'name',
          label: t('performance:table.name'),
          cell: ({ machine }) => <a href={`#${paths.machine(machine, 'performance')}`}>{machine.name}</a>,
          sort: ({ machine }) => machine.name,
        },
        column('cpu', 'average', formatPercent),
        column('cpu', 'peak', formatPercent),
        column('memory', 'average', formatKiB),
        column('memory', 'peak', formatKiB),
        column('disk', 'average', formatRate),
        column('disk', 'peak', formatRate),
        column('network', 'average', formatRate),
        column('network', 'peak', formatRate),
      ]}
    />
  );
}
