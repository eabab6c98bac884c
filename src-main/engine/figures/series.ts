/** One subject's figures over a day: a second's resolution for ten minutes, ten seconds' for two hours, a minute's for a day. */

/** What is kept of a machine, and of the host. */
export const metrics = ['cpu', 'memory', 'diskRead', 'diskWrite', 'networkRx', 'networkTx'] as const;
export type Metric = (typeof metrics)[number];
export type Figures = Partial<Record<Metric, number>>;

interface LevelShape {
  readonly stepMs: number;
  readonly capacity: number;
}

export const levels: readonly LevelShape[] = [
  { stepMs: 1_000, capacity: 600 },
  { stepMs: 10_000, capacity: 720 },
  { stepMs: 60_000, capacity: 1_440 },
];

const firstCapacity = 60;

/** Machines nobody looks at are sampled this seldom; a longer silence is a gap in the graph. */
const longestSilenceMs = 30_000;

export interface Point {
  readonly timeMs: number;
  readonly figures: Figures;
}

/** A ring of averages, one a step. A metric that was not measured in a step is NaN. */
class Level {
  readonly stepMs: number;
  readonly #capacity: number;
  /** Start of each step. Both grow until the ring is full: most machines do not run for a day. */
  #times: Float64Array;
  #values: Float32Array;
  #length = 0;
  #next = 0;
  #openStep = -1;
  #sums = new Float64Array(metrics.length);
  #counts = new Uint32Array(metrics.length);

  /** Told of each step once it is over. */
  onStep: ((point: Point) => void) | undefined;

  constructor({ stepMs, capacity }: LevelShape) {
    this.stepMs = stepMs;
    this.#capacity = capacity;
    this.#times = new Float64Array(firstCapacity);
    this.#values = new Float32Array(firstCapacity * metrics.length);
  }

  add(timeMs: number, figures: Figures): void {
    const step = Math.floor(timeMs / this.stepMs);
    // A clock set back must not put points before those that are there.
    if (step < this.#openStep) return;
    if (step > this.#openStep) {
      this.#close();
      this.#openStep = step;
    }
    for (const [index, metric] of metrics.entries()) {
      const value = figures[metric];
      if (value === undefined) continue;
      this.#sums[index] = (this.#sums[index] ?? 0) + value;
      this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    }
  }

  /** Points of a span, oldest first, the one still being averaged last. */
  *points(fromMs: number, toMs: number): Generator<Point> {
    for (let index = 0; index < this.#length; index += 1) {
      const at = (this.#next - this.#length + index + this.#capacity) % this.#capacity;
      const timeMs = this.#times[at] ?? 0;
      if (timeMs >= fromMs && timeMs <= toMs) yield { timeMs, figures: this.#figures(at) };
    }
    const timeMs = this.#openStep * this.stepMs;
    if (this.#openStep >= 0 && timeMs >= fromMs && timeMs <= toMs) yield { timeMs, figures: this.#average() };
  }

  get oldestMs(): number {
    if (this.#length === 0) return this.#openStep < 0 ? Number.POSITIVE_INFINITY : this.#openStep * this.stepMs;
    return this.#times[(this.#next - this.#length + this.#capacity) % this.#capacity] ?? 0;
  }

  #average(): Figures {
    const figures: Figures = {};
    for (const [index, metric] of metrics.entries()) {
      const count = this.#counts[index] ?? 0;
      if (count > 0) figures[metric] = (this.#sums[index] ?? 0) / count;
    }
    return figures;
  }

  #figures(at: number): Figures {
    const figures: Figures = {};
    for (const [index, metric] of metrics.entries()) {
      const value = this.#values[at * metrics.length + index] ?? Number.NaN;
      if (!Number.isNaN(value)) figures[metric] = value;
    }
    return figures;
  }

  #close(): void {
    if (this.#openStep < 0) return;
    const average = this.#average();
    if (this.#next >= this.#times.length) this.#grow();
    this.#times[this.#next] = this.#openStep * this.stepMs;
    for (const [index, metric] of metrics.entries()) {
      this.#values[this.#next * metrics.length + index] = average[metric] ?? Number.NaN;
    }
    this.#next = (this.#next + 1) % this.#capacity;
    this.#length = Math.min(this.#length + 1, this.#capacity);
    this.#sums.fill(0);
    this.#counts.fill(0);
    this.onStep?.({ timeMs: this.#openStep * this.stepMs, figures: average });
  }

  #grow(): void {
    const capacity = Math.min(this.#capacity, this.#times.length * 2);
    const [times, values] = [new Float64Array(capacity), new Float32Array(capacity * metrics.length)];
    times.set(this.#times);
    values.set(this.#values);
    this.#times = times;
    this.#values = values;
  }
}

export class Series {
  readonly #levels = levels.map((shape) => new Level(shape));

  /** From now on the averages of ten seconds go there too: what is kept on disk. */
  set onTenSeconds(listener: (point: Point) => void) {
    const level = this.#levels[1];
    if (level !== undefined) level.onStep = listener;
  }

  /** The finest points there are, for keeping them across a restart. */
  recent(): readonly Point[] {
    return [...(this.#levels[0]?.points(0, Number.POSITIVE_INFINITY) ?? [])];
  }

  add(timeMs: number, figures: Figures): void {
    for (const level of this.#levels) level.add(timeMs, figures);
  }

  /** At most about `count` points of a span, from the finest level that reaches back far enough. */
  points(fromMs: number, toMs: number, count: number): readonly Point[] {
    const wantedStepMs = (toMs - fromMs) / count;
    const oldestMs = Math.min(...this.#levels.map((level) => level.oldestMs));
    // Coarser steps begin earlier than what they hold: the finest level may start up to one of them later.
    const reachMs = Math.max(fromMs, oldestMs) + (levels.at(-1)?.stepMs ?? 0);
    const fitting = this.#levels.filter((level) => level.oldestMs <= reachMs);
    const level = fitting.findLast(({ stepMs }) => stepMs <= wantedStepMs) ?? fitting[0];
    if (level === undefined) return [];
    const points = thin([...level.points(fromMs, toMs)], count);
    return withGaps(points, Math.max(longestSilenceMs, 3 * level.stepMs, 3 * wantedStepMs));
  }
}

/** A point without figures where nothing was measured for long: the graph has a hole there, not a line. */
function withGaps(points: readonly Point[], silenceMs: number): readonly Point[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    if (before === undefined || point.timeMs - before.timeMs <= silenceMs) return [point];
    return [{ timeMs: before.timeMs + Math.floor(silenceMs / 3), figures: {} }, point];
  });
}

/** Averages neighbours until no more than `count` points are left. */
function thin(points: readonly Point[], count: number): readonly Point[] {
  const size = Math.ceil(points.length / count);
  if (size <= 1) return points;
  const thinned: Point[] = [];
  for (let index = 0; index < points.length; index += size) {
    const group = points.slice(index, index + size);
    const figures: Figures = {};
    for (const metric of metrics) {
      const values = group.map((point) => point.figures[metric]).filter((value) => value !== undefined);
      if (values.length > 0) figures[metric] = values.reduce((sum, value) => sum + value, 0) / values.length;
    }
    thinned.push({ timeMs: group[0]?.timeMs ?? 0, figures });
  }
  return thinned;
}
