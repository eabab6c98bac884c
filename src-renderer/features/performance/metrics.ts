import { formatKiB, formatPercent, formatRate } from '../../app/format.ts';
import { type FigureName, type Figures, lineOf as lineOfFigure } from '../../app/store/figures.ts';
import { shareSteps, sizeSteps } from '../../components/time-chart.tsx';
import type { Values } from '../../components/stack.ts';

export const metrics = ['cpu', 'memory', 'disk', 'network'] as const;
/** What is compared: one choice for the host and its machines. */
export type Metric = (typeof metrics)[number];

interface MetricShape {
  readonly parts: readonly FigureName[];
  readonly format: (value: number) => string;
  readonly steps: readonly number[];
  /** The scale is at least this high. */
  readonly least: number;
}

export const shapes: Readonly<Record<Metric, MetricShape>> = {
  cpu: { parts: ['cpu'], format: formatPercent, steps: shareSteps, least: 0.1 },
  memory: { parts: ['memory'], format: formatKiB, steps: sizeSteps, least: 1024 },
  disk: { parts: ['diskRead', 'diskWrite'], format: formatRate, steps: sizeSteps, least: 1024 },
  network: { parts: ['networkRx', 'networkTx'], format: formatRate, steps: sizeSteps, least: 1024 },
};

/** One line for a metric: its parts added up. */
export function lineOf(figures: Figures, metric: Metric): Values {
  const lines = shapes[metric].parts.map((part) => lineOfFigure(figures, part));
  return figures.timesMs.map((_, index) => {
    const present = lines.map((line) => line[index] ?? null).filter((value) => value !== null);
    return present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0);
  });
}

export function lastOf(values: Values): number | undefined {
  return values.findLast((value) => value !== null) ?? undefined;
}
