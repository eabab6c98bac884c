/**
 * Takes the figures of open connections: each second while somebody looks, each ten seconds while machines run, never
 * otherwise. Keeps a day of them.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { StatsSeries } from '../../../src-shared/contract/app.ts';
import { type HostCounters, readHostCounters } from '../../host/figures.ts';
import type { Connection } from '../driver.ts';
import { canonicalUri, type Engine } from '../engine.ts';
import type { Logger } from '../logger.ts';
import type { DomainStats } from '../stats.ts';
import { parseConnectUri } from '../../../src-shared/uri.ts';
import { FiguresJournal } from './journal.ts';
import { domainSample, figuresOf, hostSample } from './rates.ts';
import { metrics, Series } from './series.ts';

const watchedMs = 1_000;
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
}

const host = 'host';

/** The figures of one connection. */
class Watched {
  readonly uri: string;
  readonly journal: FiguresJournal;
  readonly series = new Map<string, Series>();
  readonly blanks = new Map<string, Readonly<Record<string, string>>>();
  watchers = 0;
  timer: NodeJS.Timeout | undefined;
  sampling = false;
  before: { timeMs: number; host: HostCounters; domains: Map<string, DomainStats> } | undefined;
  flushedMs = 0;
  loading: Promise<void> | undefined;

  constructor(uri: string, folder: string) {
    this.uri = uri;
    this.journal = new FiguresJournal(join(folder, createHash('sha256').update(uri).digest('hex').slice(0, 16)));
  }

  seriesOf(subject: string): Series {
    const known = this.series.get(subject) ?? new Series();
    this.series.set(subject, known);
    return known;
  }

  load(): Promise<void> {
    this.loading ??= (async () => {
      for (const { subject, timeMs, figures } of await this.journal.load(Date.now()))
        this.seriesOf(subject).add(timeMs, figures);
    })();
    return this.loading;
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

  /** Samples each second until the returned function is called. */
  async watch(uri: string): Promise<() => void> {
    await this.#options.engine.open(uri);
    const watched = this.#of(uri);
    await watched.load();
    watched.watchers += 1;
    this.#schedule(watched, 0);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      watched.watchers -= 1;
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
      await watched.journal.flush(Date.now());
    }
  }

  #of(text: string): Watched {
    const uri = canonicalText(text);
    const known = this.#watched.get(uri) ?? new Watched(uri, this.#options.folder);
    this.#watched.set(uri, known);
    return known;
  }

  #schedule(watched: Watched, delayMs = watchedMs): void {
    if (this.#closed || watched.sampling) return;
    clearTimeout(watched.timer);
    watched.timer = setTimeout(() => {
      this.#tick(watched).catch((error: unknown) => {
        this.#options.logger.log('warn', 'figures could not be taken', { uri: watched.uri, error });
      });
    }, delayMs);
    // Figures alone keep no process alive.
    watched.timer.unref();
  }

  async #tick(watched: Watched): Promise<void> {
    const connection = this.#options.engine.connected(watched.uri);
    if (connection === undefined) return;
    watched.sampling = true;
    let running = 0;
    try {
      await watched.load();
      running = await this.#sample(watched, connection);
    } finally {
      watched.sampling = false;
      if (watched.watchers > 0) this.#schedule(watched, watchedMs - (Date.now() % watchedMs));
      else if (running > 0) this.#schedule(watched, unwatchedMs);
      // With nobody looking and nothing running, the next event starts it again.
      else watched.before = undefined;
    }
  }

  async #sample(watched: Watched, connection: Connection): Promise<number> {
    const [counters, stats] = await Promise.all([readHostCounters(), connection.domains.stats?.() ?? []]);
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
    if (watched.watchers > 0) {
      this.#options.engine.announce(watched.uri, { type: 'stats', sample: { timeMs, host: hostNow, domains } });
    }
    if (timeMs - watched.flushedMs >= flushMs) {
      watched.flushedMs = timeMs;
      await watched.journal.flush(timeMs);
    }
    return stats.length;
  }

  #keep(watched: Watched, timeMs: number, subject: string, figures: ReturnType<typeof figuresOf>): void {
    watched.seriesOf(subject).add(timeMs, figures);
    watched.journal.add({ timeMs, subject, figures });
  }
}

/** Events carry a connection's URI in its one spelling. */
function canonicalText(text: string): string {
  const uri = parseConnectUri(text);
  return uri === undefined ? text : canonicalUri(uri);
}
