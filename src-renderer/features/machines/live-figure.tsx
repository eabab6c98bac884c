/** Figures that change each second, without rendering anything but their own text. */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { formatDuration, formatKiB, formatPercent } from '../../app/format.ts';
import type { Machine } from '../../app/store/inventory.ts';
import { type MachineFigures, statsStore } from '../../app/store/stats-store.ts';

/** Text that follows a series; touched only when it changes. */
export function LiveText(props: {
  figures: MachineFigures;
  text: (figures: MachineFigures) => string;
  className?: string | undefined;
}): React.JSX.Element {
  const { figures, text, className } = props;
  const element = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const update = (): void => {
      const next = text(figures);
      if (element.current !== null && element.current.textContent !== next) element.current.textContent = next;
    };
    update();
    return figures.memory.subscribe(update);
  }, [figures, text]);
  return <span ref={element} className={className} />;
}

/** An idle guest wavers between 0 and 2 %: that is one figure, not a flicker. */
export function cpuText(figures: MachineFigures): string {
  const share = figures.latest?.cpu;
  if (share === undefined) return '–';
  return share < 0.025 ? `<${formatPercent(0.03)}` : formatPercent(share);
}

export function memoryText(figures: MachineFigures): string {
  const used = figures.latest?.memoryUsedKiB;
  return used === undefined ? '–' : formatKiB(roundForShow(used));
}

/** To a fiftieth, so that the text stands still while the figure wavers. */
function roundForShow(kiB: number): number {
  const step = Math.max(1024, 2 ** Math.floor(Math.log2(Math.max(kiB, 1)) - 6));
  return Math.round(kiB / step) * step;
}

const minuteMs = 60_000;
const minuteListeners = new Set<() => void>();
let minuteTimer: number | undefined;

function subscribeToMinutes(listener: () => void): () => void {
  minuteListeners.add(listener);
  minuteTimer ??= window.setInterval(() => {
    for (const each of minuteListeners) each();
  }, minuteMs / 2);
  return () => {
    minuteListeners.delete(listener);
    if (minuteListeners.size > 0) return;
    window.clearInterval(minuteTimer);
    minuteTimer = undefined;
  };
}

const currentMinute = (): number => Math.floor(Date.now() / minuteMs);

/** How long a machine has been running; goes on with the minutes. */
export function Uptime({ machine }: { machine: Pick<Machine, 'startedMs'> }): React.JSX.Element {
  useSyncExternalStore(subscribeToMinutes, currentMinute);
  const { startedMs } = machine;
  if (startedMs === undefined) return <span>–</span>;
  return <span className="tabular">{formatDuration(Date.now() - startedMs)}</span>;
}

export const figuresOf = (machine: Machine): MachineFigures => statsStore.of(machine.key);
