/**
 * Gives memory back when nothing happens. V8 collects when it needs room, so what a burst of work left behind stays until
 * the next burst: in an engine that then waits for hours, half of its memory.
 */
import { runInNewContext } from 'node:vm';
import { withFlag } from './v8-flags.ts';

const lookEveryMs = 1_000;
/** Less of a second than this is quiet. */
const quietCpuMs = 50;
/** What a collection is worth: it takes some 50 ms. */
const worthBytes = 8 * 1024 * 1024;
/** How often it is collected then: the first frees objects, the next ones empty and return the pages they lay on. */
const collections = 3;

/** What it looks at; tests bring their own. */
export interface MemorySource {
  usedBytes(): number;
  cpuMs(): number;
  collect(): void;
}

export class QuietMemory {
  readonly #source: MemorySource;
  #cpuMs: number;
  /** What was in use after the last collection. */
  #keptBytes = 0;
  #collectionsLeft = 0;

  constructor(source: MemorySource = processMemory()) {
    this.#source = source;
    this.#cpuMs = source.cpuMs();
  }

  /** Looks at the time since the last look. @returns whether it has collected */
  look(): boolean {
    const { usedBytes, cpuMs, collect } = this.#source;
    const before = this.#cpuMs;
    this.#cpuMs = cpuMs();
    if (this.#cpuMs - before > quietCpuMs) return false;
    if (usedBytes() - this.#keptBytes >= worthBytes) this.#collectionsLeft = collections;
    if (this.#collectionsLeft === 0) return false;
    this.#collectionsLeft -= 1;
    collect();
    this.#cpuMs = cpuMs();
    this.#keptBytes = usedBytes();
    return true;
  }

  /** Looks again and again, as long as the process has something else to wait for. */
  watch(): void {
    setInterval(() => this.look(), lookEveryMs).unref();
  }
}

function processMemory(): MemorySource {
  const collectNow = withFlag(
    { set: '--expose-gc', unset: '--no-expose-gc' },
    () => runInNewContext('gc') as () => void,
  );
  return {
    usedBytes: () => {
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    },
    cpuMs: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    // Only for this: V8 moves what is left together, and gives pages back that it would keep for the next burst.
    collect: () => withFlag({ set: '--compact-on-every-full-gc', unset: '--no-compact-on-every-full-gc' }, collectNow),
  };
}
