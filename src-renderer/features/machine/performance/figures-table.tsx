import { t } from '../../../app/i18n.ts';
import { type FigureName, type Figures, lineOf } from '../../../app/store/figures.ts';
import { DataTable, type TableColumn } from '../../../components/data-table.tsx';
import { formatMoment } from '../../performance/times.ts';
import type { Range } from '../../performance/use-performance.ts';
import { panelNames, panels } from './panels.ts';

/** So many lines can be read; the graph has the rest. */
const rowsShown = 60;

interface Row {
  readonly timeMs: number;
  readonly index: number;
}

/** The same figures as the graphs, for those who read rather than look; the latest first. */
export function FiguresTable(props: { figures: Figures | undefined; range: Range }): React.JSX.Element {
  const { figures, range } = props;
  const times = figures?.timesMs ?? [];
  const step = Math.max(1, Math.floor(times.length / rowsShown));
  const rows = times
    .map((timeMs, index): Row => ({ timeMs, index }))
    .filter(({ index }) => (times.length - 1 - index) % step === 0)
    .reverse();
  const columns = panelNames.flatMap((name) =>
    panels[name].lines.map(({ figure }) => columnOf(figure, panels[name].format, figures)),
  );
  return (
    <DataTable
      label={t('performance:form.table')}
      rows={figures === undefined ? undefined : rows}
      rowKey={({ timeMs }) => String(timeMs)}
      columns={[
        {
          id: 'time',
          label: t('machine:performance.time'),
          cell: ({ timeMs }) => formatMoment(timeMs, range),
          sort: ({ timeMs }) => timeMs,
        },
        ...columns,
      ]}
    />
  );
}

function columnOf(
  figure: FigureName,
  format: (value: number) => string,
  figures: Figures | undefined,
): TableColumn<Row> {
  const values = figures === undefined ? [] : lineOf(figures, figure);
  return {
    id: figure,
    label: t(`machine:performance.figure.${figure}`),
    end: true,
    cell: ({ index }) => {
      const value = values[index];
      return value === null || value === undefined ? '–' : format(value);
    },
    sort: ({ index }) => values[index] ?? -1,
  };
}
