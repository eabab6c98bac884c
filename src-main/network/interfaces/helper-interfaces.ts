/** Has the privileged helper change the host's interfaces, for an engine that an ordinary user runs. */
import type { PendingChange } from '../../../src-shared/model/interface-summary.ts';
import { HelperPerformer } from '../helper/performer.ts';
import type { InterfaceExecutor, RecordedChange } from './executor.ts';
import type { InterfaceRequest } from './requests.ts';

/** How often the helper is asked whether a change stands, while one does. */
const lookMs = 1_000;

export class HelperInterfaces implements InterfaceExecutor {
  readonly #helper: HelperPerformer;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #known: PendingChange | undefined;

  constructor(helper = new HelperPerformer()) {
    this.#helper = helper;
  }

  watch(listener: () => void): void {
    this.#listeners.add(listener);
  }

  async perform(request: InterfaceRequest): Promise<PendingChange | undefined> {
    const pending = await this.#helper.interfaces(request);
    this.#follow(pending);
    this.#tell();
    return pending;
  }

  /** Nobody is asked for a password just for a look; without a helper nothing can stand. */
  async pending(): Promise<PendingChange | undefined> {
    const pending = await this.#helper.pendingInterfaces();
    this.#follow(pending);
    return pending;
  }

  /** The helper tells of what it recorded together with all else that it did for this user. */
  async recorded(): Promise<readonly RecordedChange[]> {
    return await Promise.resolve([]);
  }

  async undo(): Promise<readonly string[]> {
    return await Promise.resolve([]);
  }

  close(): Promise<void> {
    clearTimeout(this.#timer);
    return Promise.resolve();
  }

  /** A change that is rolled back by itself is not announced on the bus. */
  #follow(pending: PendingChange | undefined): void {
    clearTimeout(this.#timer);
    const before = this.#known;
    this.#known = pending;
    if (before?.startedMs !== pending?.startedMs) this.#tell();
    if (pending?.deadlineMs === undefined) return;
    this.#timer = setTimeout(() => void this.pending().catch(() => this.#follow(undefined)), lookMs);
    this.#timer.unref();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
