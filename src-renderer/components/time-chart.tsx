import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef, useState } from 'react';
import UPlot from 'uplot';
import { cx } from './cx.ts';
import { stacked, type Values } from './stack.ts';
import styles from './time-chart.module.css';
import { useElementSize } from './use-element-size.ts';

export interface ChartSeries {
  readonly label: string;
  /** Which of the theme's graph colours, 1…8. */
  readonly color: number;
  readonly values: Values;
}

export interface TimeChartProps {
  /** What it shows, for assistive technology; a table says the figures. */
  readonly label: string;
  readonly timesMs: readonly number[];
  readonly series: readonly ChartSeries[];
  /** Laid on each other instead of over each other. */
  readonly stack?: boolean;
  readonly height: number;
  readonly span: { readonly fromMs: number; readonly toMs: number };
  /** The top of the scale; absent: as high as the highest value, and at least `least`. */
  readonly max?: number;
  readonly least?: number;
  /** A figure with its unit. */
  readonly format: (value: number) => string;
  /** Distances between the marks of the scale, in the unit's own steps. */
  readonly steps?: readonly number[];
  readonly formatTime: (ms: number) => string;
  readonly compact?: boolean;
  readonly className?: string | undefined;
}

const rightPadding = 12;
/** So far above the top a figure is only measured unevenly. */
const slack = 1.05;

const bytesSteps = Array.from({ length: 50 }, (_, power) => 2 ** power);

/** Steps for sizes: powers of two. */
export const sizeSteps: readonly number[] = bytesSteps;
/** Steps for shares of one. */
export const shareSteps: readonly number[] = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1];

/** Figures over time, with axes and units; under the mouse, the figures of a moment. */
export function TimeChart(props: TimeChartProps): React.JSX.Element {
  const { label, timesMs, series, stack, height, span, className } = props;
  const [measure, size] = useElementSize();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const latest = useRef(props);
  const [theme, setTheme] = useState(0);
  const [moment, setMoment] = useState<number>();
  const width = size?.width ?? 0;
  const shape = series.map((each) => `${each.color} ${each.label}`).join('\n');

  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    const watcher = new MutationObserver(() => setTheme((before) => before + 1));
    watcher.observe(document.documentElement, { attributeFilter: ['data-theme', 'data-contrast'] });
    return () => watcher.disconnect();
  }, []);

  const ready = width > 0;
  useEffect(() => {
    if (!ready || place.current === null) return;
    const made = new UPlot(optionsOf(latest, place.current, setMoment), dataOf(latest.current), place.current);
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = undefined;
    };
    // Other series or colours are another chart; figures and sizes are set into the one there is.
  }, [ready, shape, theme, stack]);

  useEffect(() => {
    plot.current?.setSize({ width, height });
  }, [width, height]);
  useEffect(() => {
    plot.current?.setData(dataOf(latest.current));
  }, [timesMs, series, span]);

  const { format, formatTime, compact } = props;
  const at = moment === undefined ? undefined : timesMs[moment];
  return (
    <div ref={measure} className={cx(styles.chart, className)} style={{ height }} role="img" aria-label={label}>
      <div ref={place} />
      {moment !== undefined && at !== undefined && compact !== true && (
        <div className={styles.readout} aria-hidden>
          <span>{formatTime(at)}</span>
          {series.map((each) => {
            const value = each.values[moment];
            return value === null || value === undefined ? undefined : (
              <span key={each.label}>{`${each.label} ${format(value)}`}</span>
            );
          })}
        </div>
      )}
    </div>
  );
}

function dataOf({ timesMs, series, stack }: TimeChartProps): UPlot.AlignedData {
  const values = series.map((each) => each.values);
  const drawn = stack === true ? stacked(values) : values;
  // The topmost first, so that each lower one is painted over it.
  const ordered = stack === true ? [...drawn].reverse() : drawn;
  return [timesMs.map((time) => time / 1000), ...ordered.map((each) => [...each])];
}

function optionsOf(
  latest: React.RefObject<TimeChartProps>,
  element: HTMLElement,
  onMoment: (index: number | undefined) => void,
): UPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`);
  const { series, stack, height, compact } = latest.current;
  const ordered = stack === true ? [...series].reverse() : series;
  const axis = {
    stroke: colour('text-3'),
    font: `11px ${style.fontFamily}`,
    grid: { stroke: colour('graph-grid'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height,
    padding: compact === true ? [4, 0, 4, 0] : [12, rightPadding, 0, 0],
    legend: { show: false },
    cursor: { show: compact !== true, y: false, points: { show: stack !== true }, drag: { x: false, y: false } },
    hooks: { setCursor: [(plot: UPlot) => onMoment(plot.cursor.idx ?? undefined)] },
    scales: {
      x: { time: true, range: () => [latest.current.span.fromMs / 1000, latest.current.span.toMs / 1000] },
      y: {
        range: (_plot, _min, highest) => {
          const { max, least = 1 } = latest.current;
          const found = Number.isFinite(highest) ? highest : 0;
          // A figure above what was thought the top (QEMU's own memory on top of the guest's) is still shown.
          return [0, max !== undefined && found <= max * slack ? max : Math.max(least, found * 1.1)];
        },
      },
    },
    axes: [
      {
        ...axis,
        show: compact !== true,
        size: 28,
        space: 72,
        values: (plot, times) =>
          times.map((time) => whole(plot, time, latest.current.formatTime(time * 1000), axis.font)),
      },
      {
        ...axis,
        show: compact !== true,
        size: 72,
        space: 32,
        incrs: [...(latest.current.steps ?? shareSteps)],
        values: (_plot, values) => values.map((value) => latest.current.format(value)),
      },
    ],
    series: [
      {},
      ...ordered.map((each): UPlot.Series => {
        const line = colour(`graph-${((each.color - 1) % 8) + 1}`);
        return {
          label: each.label,
          stroke: line,
          width: 1.25,
          fill: stack === true ? mixed(line, colour('surface'), 0.45) : mixed(line, 'transparent', 0.14),
          spanGaps: false,
          points: { show: false },
        };
      }),
    ],
  };
}

/** A moment's label; none where the chart ends in the middle of it. */
function whole(plot: UPlot, time: number, label: string, font: string): string {
  const { ctx } = plot;
  ctx.save();
  ctx.font = font;
  const half = ctx.measureText(label).width / 2;
  ctx.restore();
  const room = plot.bbox.width / UPlot.pxRatio + rightPadding;
  return plot.valToPos(time, 'x') + half > room ? '' : label;
}

const mixed = (line: string, ground: string, share: number): string =>
  `color-mix(in srgb, ${line} ${Math.round(share * 100)}%, ${ground})`;
