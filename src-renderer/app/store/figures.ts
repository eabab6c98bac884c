/** History of figures, and how it goes on with what is announced. Pure. */
import type { StatsSeries } from '../../../src-shared/contract/app.ts';
import type { DomainStatsSample, HostStatsSample } from '../../../src-shared/contract/events.ts';

export const figureNames = ['cpu', 'memory', 'diskRead', 'diskWrite', 'networkRx', 'networkTx'] as const;
export type FigureName = (typeof figureNames)[number];
export type FigureValues = Readonly<Partial<Record<FigureName, number>>>;

/** Lines of equal length, one a figure; `null` where nothing was measured. */
export interface Figures {
  readonly timesMs: readonly number[];
  readonly values: Readonly<Record<FigureName, readonly (number | null)[]>>;
}

/** The announced figures under the names that history has. */
export function figuresOf(sample: HostStatsSample | DomainStatsSample): FigureValues {
  const all: Partial<Record<FigureName, number | undefined>> = {
    cpu: sample.cpu,
    memory: sample.memoryUsedKiB,
    diskRead: sample.diskReadBytesPerSecond,
    diskWrite: sample.diskWriteBytesPerSecond,
    networkRx: sample.networkRxBytesPerSecond,
    networkTx: sample.networkTxBytesPerSecond,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The same for each figure. */
export function perFigure<T>(make: (name: FigureName) => T): Record<FigureName, T> {
  return {
    cpu: make('cpu'),
    memory: make('memory'),
    diskRead: make('diskRead'),
    diskWrite: make('diskWrite'),
    networkRx: make('networkRx'),
    networkTx: make('networkTx'),
  };
}

/**
 * History brought to a fixed grid of times, so that series of several machines line up: each point goes to its step,
 * points of one step are averaged.
 */
export function onGrid(history: StatsSeries, fromMs: number, stepMs: number, steps: number): Figures {
  const values = perFigure((name) => {
    const sums = new Array<number>(steps).fill(0);
    const counts = new Array<number>(steps).fill(0);
    history.timesMs.forEach((time, index) => {
      const step = Math.floor((time - fromMs) / stepMs);
      const value = history.values[name]?.[index] ?? null;
      if (value === null || step < 0 || step >= steps) return;
      sums[step] = (sums[step] ?? 0) + value;
      counts[step] = (counts[step] ?? 0) + 1;
    });
    return sums.map((sum, step) => ((counts[step] ?? 0) === 0 ? null : sum / (counts[step] ?? 1)));
  });
  return { timesMs: Array.from({ length: steps }, (_, step) => fromMs + step * stepMs), values };
}

/** Nobody watching, the engine measures every ten seconds; then there is a figure in a step of one second in ten. */
const bridgedMs = 12_000;
const leastBridgedSteps = 2;

/** One figure's line. A hole no longer than the time between two measurements is what lay before it. */
export function lineOf({ timesMs, values }: Figures, name: FigureName): readonly (number | null)[] {
  const stepMs = (timesMs[1] ?? 0) - (timesMs[0] ?? 0);
  const steps = stepMs > 0 ? Math.ceil(bridgedMs / stepMs) : 0;
  return bridged(values[name], Math.max(leastBridgedSteps, steps));
}

/** Holes of up to so many steps between two values filled with the earlier. */
export function bridged(values: readonly (number | null)[], steps: number): readonly (number | null)[] {
  const line = [...values];
  let last: number | undefined;
  values.forEach((value, index) => {
    if (value === null) return;
    if (last !== undefined && index - last - 1 <= steps) line.fill(values[last] ?? null, last + 1, index);
    last = index;
  });
  return line;
}
