/** Tells when dnsmasq has given out or taken back an address: it writes its file at once, and the kernel tells of that. */
import { existsSync, type FSWatcher, watch } from 'node:fs';

/** One lease is several writes. */
const settleMs = 30;
const ending = '.leases';

export class LeaseWatch {
  readonly #folder: string;
  readonly #changed: (bridge: string) => void;
  readonly #failed: (error: unknown) => void;
  #watcher: FSWatcher | undefined;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(folder: string, changed: (bridge: string) => void, failed: (error: unknown) => void) {
    this.#folder = folder;
    this.#changed = changed;
    this.#failed = failed;
  }

  /** Again and again, until the first network has made the folder. */
  start(): void {
    if (this.#watcher !== undefined || !existsSync(this.#folder)) return;
    try {
      this.#watcher = watch(this.#folder, { persistent: false }, (_, name) => {
        if (name?.endsWith(ending) === true) this.#soon(name.slice(0, -ending.length));
      });
      this.#watcher.on('error', this.#failed);
    } catch (thrown) {
      this.#failed(thrown);
    }
  }

  stop(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #soon(bridge: string): void {
    if (this.#timers.has(bridge)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(bridge);
      this.#changed(bridge);
    }, settleMs);
    this.#timers.set(bridge, timer.unref());
  }
}
