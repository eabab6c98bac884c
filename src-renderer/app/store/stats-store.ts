/** The last figures, outside React: rows subscribe to their own machine and draw. */
import type { DomainStatsSample, HostStatsSample, StatsSample } from '../../../src-shared/contract/events.ts';
import { Ring } from '../../components/ring.ts';
import type { Series } from '../../components/sparkline.tsx';
import { type MachineKey, machineKey } from './inventory.ts';

/** Small graphs show two minutes in steps of two seconds, however often samples come. */
const samplesKept = 60;
const stepMs = 2_000;
/** Samples come when the clock has it, give or take. */
const earlyMs = 300;

class LiveSeries implements Series {
  readonly ring = new Ring(samplesKept);
  readonly #listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  push(value: number | undefined): void {
    this.ring.push(value);
    for (const listener of [...this.#listeners]) listener();
  }
}

/** What is kept of one machine. Shares are 0…1. */
export class MachineFigures {
  readonly cpu = new LiveSeries();
  readonly memory = new LiveSeries();
  latest: DomainStatsSample | undefined;
  seenMs = 0;
  #drawnMs = 0;

  take(sample: DomainStatsSample, timeMs: number): void {
    this.latest = sample;
    this.seenMs = timeMs;
    if (timeMs - this.#drawnMs < stepMs - earlyMs) return;
    this.#drawnMs = timeMs;
    this.cpu.push(sample.cpu);
    const { memoryUsedKiB: used, memoryTotalKiB: total } = sample;
    this.memory.push(used === undefined || total === undefined || total <= 0 ? undefined : used / total);
  }
}

export class StatsStore {
  readonly #machines = new Map<MachineKey, MachineFigures>();
  readonly #hosts = new Map<string, HostStatsSample>();
  readonly #listeners = new Set<(uri: string, sample: StatsSample) => void>();

  /** Figures of a machine; empty ones until a sample comes. */
  of(key: MachineKey): MachineFigures {
    const known = this.#machines.get(key) ?? new MachineFigures();
    this.#machines.set(key, known);
    return known;
  }

  host(uri: string): HostStatsSample | undefined {
    return this.#hosts.get(uri);
  }

  take(uri: string, sample: StatsSample): void {
    this.#hosts.set(uri, sample.host);
    for (const each of sample.domains) this.of(machineKey(uri, each.uuid)).take(each, sample.timeMs);
    for (const listener of [...this.#listeners]) listener(uri, sample);
  }

  forget(key: MachineKey): void {
    this.#machines.delete(key);
  }

  /** Told of each sample, after it was taken. */
  subscribe(listener: (uri: string, sample: StatsSample) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export const statsStore = new StatsStore();
