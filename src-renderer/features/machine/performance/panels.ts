/** The four graphs of a machine: which lines, which scale. */
import { formatKiB, formatPercent, formatRate } from '../../../app/format.ts';
import type { FigureName } from '../../../app/store/figures.ts';
import { shareSteps, sizeSteps } from '../../../components/time-chart.tsx';

export const panelNames = ['cpu', 'memory', 'disk', 'network'] as const;
export type PanelName = (typeof panelNames)[number];

export interface Panel {
  readonly lines: readonly { readonly figure: FigureName; readonly color: number }[];
  readonly format: (value: number) => string;
  readonly steps: readonly number[];
  readonly least: number;
}

export const panels: Readonly<Record<PanelName, Panel>> = {
  cpu: { lines: [{ figure: 'cpu', color: 1 }], format: formatPercent, steps: shareSteps, least: 1 },
  memory: { lines: [{ figure: 'memory', color: 2 }], format: formatKiB, steps: sizeSteps, least: 1024 },
  disk: {
    lines: [
      { figure: 'diskRead', color: 1 },
      { figure: 'diskWrite', color: 3 },
    ],
    format: formatRate,
    steps: sizeSteps,
    least: 64 * 1024,
  },
  network: {
    lines: [
      { figure: 'networkRx', color: 1 },
      { figure: 'networkTx', color: 3 },
    ],
    format: formatRate,
    steps: sizeSteps,
    least: 16 * 1024,
  },
};
