/** History once, then what is announced: figures of the host and of the machines that run. */
import { useEffect, useMemo, useState } from 'react';
import { engine, errorDataOf } from '../../app/client.ts';
import { type Figures, type FigureName, figureNames, figuresOf, onGrid, perFigure } from '../../app/store/figures.ts';
import { useEngineRound } from '../../app/store/engine-round.ts';
import type { Machine } from '../../app/store/inventory.ts';
import { statsStore } from '../../app/store/stats-store.ts';
import type { ErrorData } from '../../../src-shared/errors.ts';

export const ranges = { '5min': 5 * 60_000, '1h': 3_600_000, '24h': 86_400_000 } as const;
export type Range = keyof typeof ranges;

export const steps = 300;

interface Track {
  figures: Figures;
  /** Of the step being averaged. */
  sums: Partial<Record<FigureName, number>>;
  count: number;
}

export interface Performance {
  readonly span: { readonly fromMs: number; readonly toMs: number };
  readonly host: Figures | undefined;
  readonly machines: ReadonlyMap<string, Figures>;
  readonly error: ErrorData | undefined;
}

const hostTrack = '';

/** Figures of a range that moves with time. A window that is hidden costs nothing: nothing is announced to it. */
export function usePerformance(uri: string, range: Range, machines: readonly Machine[]): Performance {
  const stepMs = ranges[range] / steps;
  const uuids = useMemo(() => machines.map((machine) => machine.uuid).sort(), [machines]);
  const key = uuids.join();
  const [shown, setShown] = useState<Performance>(() => blank(ranges[range]));

  const round = useEngineRound();

  useEffect(() => {
    const toMs = Math.ceil(Date.now() / stepMs) * stepMs;
    const fromMs = toMs - ranges[range];
    const tracks = new Map<string, Track>();
    let current = true;
    let endMs = toMs;

    const publish = (): void => {
      const figures = new Map([...tracks].map(([id, track]) => [id, track.figures]));
      const host = figures.get(hostTrack);
      figures.delete(hostTrack);
      setShown({ span: { fromMs: endMs - ranges[range], toMs: endMs }, host, machines: figures, error: undefined });
    };
    const load = async (): Promise<void> => {
      const ids = [undefined, ...key.split(',').filter(Boolean)];
      const histories = await Promise.all(
        ids.map((uuid) =>
          engine.call('stats.history', { uri, fromMs, toMs, points: steps, ...(uuid === undefined ? {} : { uuid }) }),
        ),
      );
      if (!current) return;
      histories.forEach((history, index) => {
        tracks.set(ids[index] ?? hostTrack, { figures: onGrid(history, fromMs, stepMs, steps), sums: {}, count: 0 });
      });
      publish();
    };
    const stop = statsStore.subscribe((from, sample) => {
      if (from !== uri || tracks.size === 0) return;
      const steppedBefore = endMs;
      while (sample.timeMs >= endMs) endMs += stepMs;
      const moved = Math.round((endMs - steppedBefore) / stepMs);
      const byId = new Map(sample.domains.map((each) => [each.uuid, each]));
      for (const [id, track] of tracks) {
        const now = id === hostTrack ? sample.host : byId.get(id);
        advance(track, moved, stepMs, now === undefined ? {} : figuresOf(now));
      }
      if (moved > 0) publish();
    });
    load().catch((thrown: unknown) => {
      if (current) setShown({ ...blank(ranges[range]), error: errorDataOf(thrown) });
    });
    return () => {
      current = false;
      stop();
    };
  }, [uri, range, stepMs, key, round]);
  return shown;
}

function advance(track: Track, moved: number, stepMs: number, now: Partial<Record<FigureName, number>>): void {
  const { timesMs, values } = track.figures;
  if (moved > 0) {
    const lastMs = timesMs.at(-1) ?? 0;
    track.figures = {
      timesMs: [...timesMs.slice(moved), ...Array.from({ length: moved }, (_, index) => lastMs + (index + 1) * stepMs)],
      values: perFigure((name) => [...values[name].slice(moved), ...new Array<null>(moved).fill(null)]),
    };
    track.sums = {};
    track.count = 0;
  }
  track.count += 1;
  for (const name of figureNames) {
    const value = now[name];
    if (value === undefined) continue;
    track.sums[name] = (track.sums[name] ?? 0) + value;
    const line = [...track.figures.values[name]];
    line[line.length - 1] = (track.sums[name] ?? 0) / track.count;
    track.figures = { ...track.figures, values: { ...track.figures.values, [name]: line } };
  }
}

function blank(lengthMs: number): Performance {
  const toMs = Date.now();
  return { span: { fromMs: toMs - lengthMs, toMs }, host: undefined, machines: new Map(), error: undefined };
}
