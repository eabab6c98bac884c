/** What the server keeps of one client: whether it may talk, the connection it opened, and what ends with it. */
import { VirError } from '../../../src-shared/errors.ts';
import type { Connection } from '../../engine/driver.ts';
import type { Engine, HeldConnection } from '../../engine/engine.ts';
import { rpcError } from './errors.ts';
import type { Subscriptions } from './subscriptions.ts';

export class Session {
  readonly engine: Engine;
  readonly subscriptions: Subscriptions;
  /** Begins to ping the client: it has asked whether we can, so it can. */
  readonly startKeepalive: () => void;
  /** Authentication is done; with none required, asking for the list of methods is enough. */
  authenticated = false;
  readOnly = false;
  #held: HeldConnection | undefined;
  readonly #closers = new Set<() => Promise<void> | void>();

  constructor(engine: Engine, subscriptions: Subscriptions, startKeepalive: () => void) {
    this.engine = engine;
    this.subscriptions = subscriptions;
    this.startKeepalive = startKeepalive;
  }

  /** @throws VirError when none was opened. */
  get connection(): Connection {
    if (this.#held === undefined) throw rpcError('connection not open');
    return this.#held.connection;
  }

  async open(uri: string, readOnly: boolean): Promise<void> {
    if (this.#held !== undefined) {
      throw new VirError({ code: 'internal-error', domain: 'rpc', message: 'connection already open' });
    }
    this.#held = await this.engine.hold(uri);
    this.readOnly = readOnly;
    const { connection } = this.#held;
    this.onClose(connection.events.subscribe((event) => this.subscriptions.deliver(event)));
  }

  /** What must be undone when the client closes its connection or disappears. Returns what takes it back. */
  onClose(closer: () => Promise<void> | void): () => void {
    this.#closers.add(closer);
    return () => this.#closers.delete(closer);
  }

  async close(): Promise<void> {
    const held = this.#held;
    const closers = [...this.#closers];
    this.#held = undefined;
    this.#closers.clear();
    this.subscriptions.clear();
    const results = await Promise.allSettled(closers.map(async (closer) => await closer()));
    await held?.release();
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}
