/** One running guest: its process, its monitor, and what is known of it beyond its definition. */
import type { DetachedProcess } from '../../../host/process.ts';
import type { ProcessIdentity } from '../../../host/process-identity.ts';
import type { QmpClient } from '../qmp/client.ts';
import type { QmpEvent } from '../qmp/message.ts';
import type { AcceleratorName } from '../capabilities/facts.ts';
import type { PausedReason, RunningReason } from '../lifecycle/transitions.ts';
import type { RunPaths } from '../process/run-paths.ts';
import type { GuestAgent } from '../agent/guest-agent.ts';

export interface InstanceFacts {
  readonly id: number;
  readonly paths: RunPaths;
  readonly emulator: string;
  readonly accelerator: AcceleratorName;
  readonly startedMs: number;
  /** Ends with the connection. */
  readonly autodestroy: boolean;
  /** Runs other XML than the definition. */
  readonly once: boolean;
  readonly note: string | undefined;
}

/** Somebody who waits for one of QEMU's events. */
interface Watcher {
  readonly matches: (event: QmpEvent) => boolean;
  readonly found: (event: QmpEvent | undefined) => void;
}

export class Instance {
  readonly facts: InstanceFacts;
  phase: 'starting' | 'running' = 'starting';
  process: ProcessIdentity | undefined;
  /** Resolves with the end of the process, where we started it ourselves. */
  exited: DetachedProcess['exited'] | undefined;
  helpers: readonly ProcessIdentity[] = [];
  /** Where this run begins in the guest's log. */
  logBegin = 0;
  monitor: QmpClient | undefined;
  agent: GuestAgent | undefined;

  /** Why we are stopping or starting the processors at the moment. */
  pausing: PausedReason | undefined;
  resuming: RunningReason | undefined;
  rebooting = false;
  restarting = false;
  /** Somebody is taking it down already; the end of its monitor is no news. */
  ending = false;

  /** What the balloon leaves the guest, as QEMU last told. */
  balloonKiB: number | undefined;
  /** Threads of the virtual processors, by number; found when they are first asked for. */
  vcpuThreads: ReadonlyMap<number, number> | undefined;
  /** Sizes of block nodes, which change only when we or the guest's administrator resize them. */
  readonly blockSizes = new Map<string, number>();

  /** Devices that the guest has yet to let go of, with what is left to do then. */
  readonly unplugging = new Map<string, () => Promise<void>>();

  readonly #watchers = new Set<Watcher>();
  readonly #consoles = new Map<string, () => void>();

  constructor(facts: InstanceFacts) {
    this.facts = facts;
  }

  /**
   * The next of QEMU's events that matches, or undefined when none came in time. Ask before doing what causes it.
   */
  nextEvent(matches: (event: QmpEvent) => boolean, timeoutMs: number): Promise<QmpEvent | undefined> {
    return new Promise((resolve) => {
      const end = (event: QmpEvent | undefined): void => {
        clearTimeout(timer);
        this.#watchers.delete(watcher);
        resolve(event);
      };
      const watcher: Watcher = { matches, found: end };
      const timer = setTimeout(() => end(undefined), timeoutMs);
      this.#watchers.add(watcher);
    });
  }

  tellWatchers(event: QmpEvent): void {
    for (const watcher of [...this.#watchers]) if (watcher.matches(event)) watcher.found(event);
  }

  /** Takes a character device for one reader. @returns whether it was free, or was taken from its holder. */
  takeConsole(alias: string, force: boolean, release: () => void): boolean {
    const holder = this.#consoles.get(alias);
    if (holder !== undefined && !force) return false;
    this.#consoles.set(alias, release);
    holder?.();
    return true;
  }

  freeConsole(alias: string, release: () => void): void {
    if (this.#consoles.get(alias) === release) this.#consoles.delete(alias);
  }

  /** Lets go of everything that was open towards it. */
  disconnect(): void {
    this.monitor?.close();
    this.agent?.close();
    for (const release of [...this.#consoles.values()]) release();
    this.#consoles.clear();
    this.forgetWatchers();
  }

  /** No event will come any more. */
  forgetWatchers(): void {
    for (const watcher of [...this.#watchers]) watcher.found(undefined);
  }
}
