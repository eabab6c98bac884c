/**
 * Takes the figures of open connections: each second or two while somebody looks, each ten seconds while machines run,
 * never otherwise. Keeps a day of them.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { StatsSeries } from '../../../src-shared/contract/app.ts';
import { VirError } from '../../../src-shared/errors.ts';
import { type HostCounters, readHostCounters } from '../../host/figures.ts';
import type { Connection } from '../driver.ts';
import { canonicalUri, type Engine } from '../engine.ts';
import type { Logger } from '../logger.ts';
import type { DomainStats } from '../stats.ts';
import { parseConnectUri } from '../../../src-shared/uri.ts';
import { FiguresJournal, type JournalLine } from './journal.ts';
import { domainSample, figuresOf, hostSample } from './rates.ts';
import { metrics, Series } from './series.ts';

/** Graphs over time move each second, the many small ones of a list each other second. */
export type StatsPace = 'fine' | 'calm';

const defaultWatchedMs = 1_000;
const calmFactor = 2;
const unwatchedMs = 10_000;
const flushMs = 10_000;

export interface HistoryQuery {
  readonly uri: string;
  /** The host's when absent. */
  readonly uuid?: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly points: number;
}

export interface RecorderOptions {
  readonly engine: Engine;
  /** Where figures are kept across restarts. */
  readonly folder: string;
  readonly logger: Logger;
  /** How often samples are taken while somebody looks closely; a second unless told. */
  readonly watchedMs?: number;
}

const host = 'host';

/** The figures of one connection. */
class Watched {
  readonly uri: string;
  readonly journal: FiguresJournal;
  readonly series = new Map<string, Series>();
  readonly blanks = new Map<string, Readonly<Record<string, string>>>();
  readonly watchers: Record<StatsPace, number> = { fine: 0, calm: 0 };
  timer: NodeJS.Timeout | undefined;
  /** The sample being taken. */
  ticking: Promise<void> | undefined;
  before: { timeMs: number; host: HostCounters; domains: Map<string, DomainStats> } | undefined;
  flushedMs = 0;
  loading: Promise<void> | undefined;

  constructor(uri: string, folder: string) {
    this.uri = uri;
    this.journal = new FiguresJournal(join(folder, createHash('sha256').update(uri).digest('hex').slice(0, 16)));
  }

  seriesOf(subject: string): Series {
    const known = this.series.get(subject);
    if (known !== undefined) return known;
    const series = new Series();
    this.#keepTenSeconds(subject, series);
    this.series.set(subject, series);
    return series;
  }

  load(): Promise<void> {
    this.loading ??= (async () => {
      for (const { subject, timeMs, figures } of await this.journal.load(Date.now())) {
        const series = this.series.get(subject) ?? new Series();
        this.series.set(subject, series);
        series.add(timeMs, figures);
      }
      // What was read back must not be written again.
      for (const [subject, series] of this.series) this.#keepTenSeconds(subject, series);
    })();
    return this.loading;
  }

  /** The finest figures of everything, in order of time. */
  recent(): readonly JournalLine[] {
    const lines = [...this.series].flatMap(([subject, series]) =>
      series.recent().map((point): JournalLine => ({ ...point, subject })),
    );
    return lines.sort((a, b) => a.timeMs - b.timeMs);
  }

  #keepTenSeconds(subject: string, series: Series): void {
    series.onTenSeconds = (point) => this.journal.add({ ...point, subject });
  }
}

export class StatsRecorder {
  readonly #options: RecorderOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #unsubscribe: (() => void)[];
  #closed = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    const { engine } = options;
    this.#unsubscribe = [
      // A machine that starts is recorded from its first seconds.
      engine.events.subscribe(({ uri, event }) => {
        if (event.type === 'domain' && event.event.kind === 'lifecycle' && event.event.event === 'started')
          this.#schedule(this.#of(uri));
      }),
      engine.connectionEvents.subscribe(({ uri, state }) => {
        if (state === 'open') this.#schedule(this.#of(uri));
      }),
    ];
  }

  /** Samples at this pace, or a finer one that somebody else asked for, until the returned function is called. */
  async watch(uri: string, pace: StatsPace = 'fine'): Promise<() => void> {
    await this.#options.engine.open(uri);
    const watched = this.#of(uri);
    await watched.load();
    watched.watchers[pace] += 1;
    this.#schedule(watched, 0);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      watched.watchers[pace] -= 1;
    };
  }

  async history({ uri, uuid, fromMs, toMs, points }: HistoryQuery): Promise<StatsSeries> {
    const watched = this.#of(uri);
    await watched.load();
    const subject = uuid ?? host;
    const found = watched.series.get(subject)?.points(fromMs, toMs, points) ?? [];
    return {
      timesMs: found.map(({ timeMs }) => timeMs),
      values: Object.fromEntries(
        metrics.map((metric) => [metric, found.map(({ figures }) => figures[metric] ?? null)]),
      ),
      blanks: watched.blanks.get(subject) ?? {},
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const watched of this.#watched.values()) {
      clearTimeout(watched.timer);
      await watched.ticking;
      if (watched.loading === undefined) continue;
      await watched.journal.flush(Date.now());
      await watched.journal.keepRecent(watched.recent());
    }
  }

  #of(text: string): Watched {
    const uri = canonicalText(text);
    const known = this.#watched.get(uri) ?? new Watched(uri, this.#options.folder);
    this.#watched.set(uri, known);
    return known;
  }

  get #watchedMs(): number {
    return this.#options.watchedMs ?? defaultWatchedMs;
  }

  /** Undefined while nobody looks. */
  #everyMs({ watchers }: Watched): number | undefined {
    if (watchers.fine > 0) return this.#watchedMs;
    return watchers.calm > 0 ? this.#watchedMs * calmFactor : undefined;
  }

  #schedule(watched: Watched, delayMs = this.#watchedMs): void {
    if (this.#closed || watched.ticking !== undefined) return;
    clearTimeout(watched.timer);
    watched.timer = setTimeout(() => {
      watched.ticking = this.#tick(watched).catch((error: unknown) => {
        this.#options.logger.log('warn', 'figures could not be taken', { uri: watched.uri, error });
      });
    }, delayMs);
    // Figures alone keep no process alive.
    watched.timer.unref();
  }

  async #tick(watched: Watched): Promise<void> {
    const connection = this.#options.engine.connected(watched.uri);
    let running = 0;
    try {
      if (connection === undefined) return;
      await watched.load();
      running = await this.#sample(watched, connection);
    } finally {
      watched.ticking = undefined;
      const everyMs = this.#everyMs(watched);
      if (connection !== undefined && everyMs !== undefined) {
        this.#schedule(watched, everyMs - (Date.now() % everyMs));
      } else if (running > 0) this.#schedule(watched, unwatchedMs);
      // With nobody looking and nothing running, the next event starts it again.
      else watched.before = undefined;
    }
  }

  /** @returns how many machines run. */
  async #sample(watched: Watched, connection: Connection): Promise<number> {
    // A host that does not answer has no figures; what it had is no figure of now.
    if (connection.seenMs !== undefined) return 0;
    const { domains: api } = connection;
    const list = api.known?.() ?? (await api.list());
    const running = list.flatMap(({ id, uuid }) => (id === undefined ? [] : [uuid]));
    const [stats, counters] = await Promise.all([statsOf(connection, running), hostCounters(connection)]);
    const { timeMs } = counters;
    const { before } = watched;
    const elapsedMs = before === undefined ? 0 : timeMs - before.timeMs;
    const domains = stats.map((entry) => domainSample(entry, before?.domains.get(entry.uuid), elapsedMs));
    const hostNow = hostSample(counters, before?.host);
    watched.before = { timeMs, host: counters, domains: new Map(stats.map((entry) => [entry.uuid, entry])) };
    for (const sample of domains) {
      watched.blanks.set(sample.uuid, sample.blanks ?? {});
      this.#keep(watched, timeMs, sample.uuid, figuresOf(sample));
    }
    if (before !== undefined) this.#keep(watched, timeMs, host, figuresOf(hostNow));
    if (this.#everyMs(watched) !== undefined) {
      this.#options.engine.announce(watched.uri, { type: 'stats', sample: { timeMs, host: hostNow, domains } });
    }
    if (timeMs - watched.flushedMs >= flushMs) {
      watched.flushedMs = timeMs;
      await watched.journal.flush(timeMs);
    }
    return running.length;
  }

  #keep(watched: Watched, timeMs: number, subject: string, figures: ReturnType<typeof figuresOf>): void {
    watched.seriesOf(subject).add(timeMs, figures);
  }
}

/** Of the host that runs the machines. What crosses the cards and disks of another one, its libvirtd does not tell. */
async function hostCounters(connection: Connection): Promise<HostCounters> {
  if (connection.isElsewhere !== true) return readHostCounters();
  const [cpu, memory] = await Promise.all([connection.nodeCpuStats?.(), connection.nodeMemoryStats?.()]);
  const { kernelNs = 0, userNs = 0, idleNs = 0, ioWaitNs = 0 } = cpu ?? {};
  const { totalKiB = 0, freeKiB = 0, buffersKiB = 0, cachedKiB = 0 } = memory ?? {};
  return {
    timeMs: Date.now(),
    cpuBusyTicks: kernelNs + userNs,
    cpuTotalTicks: kernelNs + userNs + idleNs + ioWaitNs,
    memoryTotalKiB: totalKiB,
    memoryUsedKiB: totalKiB - freeKiB - buffersKiB - cachedKiB,
  };
}

/** Machines that are off have no figures, and there may be a thousand of them. */
async function statsOf(connection: Connection, running: readonly string[]): Promise<readonly DomainStats[]> {
  const { domains } = connection;
  if (domains.stats === undefined || running.length === 0) return [];
  try {
    return await domains.stats(running);
  } catch (thrown) {
    if (!(thrown instanceof VirError && thrown.code === 'no-domain')) throw thrown;
    // One of them went in this very moment; all that are there can be asked for without naming them.
    const wanted = new Set(running);
    return (await domains.stats()).filter(({ uuid }) => wanted.has(uuid));
  }
}

/** Events carry a connection's URI in its one spelling. */
function canonicalText(text: string): string {
  const uri = parseConnectUri(text);
  return uri === undefined ? text : canonicalUri(uri);
}
