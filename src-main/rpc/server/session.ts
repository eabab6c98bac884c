/** What the server keeps of one client: whether it may talk, the connection it opened, and what ends with it. */
import { VirError } from '../../../src-shared/errors.ts';
import type { Connection } from '../../engine/driver.ts';
import type { Engine, HeldConnection } from '../../engine/engine.ts';
import { rpcError } from './errors.ts';
import type { SecurityLayer } from '../sasl/mechanism.ts';
import type { Admitted, Authentication } from './authentication.ts';
import type { Subscriptions } from './subscriptions.ts';

/** What a session does to the connection it is of. */
export interface SessionLink {
  /** Begins to ping the client: it has asked whether we can, so it can. */
  startKeepalive(): void;
  /** The client has proven who it is; with a layer, everything goes through it from here on. */
  admitted(layer: SecurityLayer | undefined): void;
  /** Ends the connection. */
  turnAway(): void;
  /** What there is to tell of this client has changed. */
  changed(): void;
}

export class Session {
  readonly engine: Engine;
  readonly subscriptions: Subscriptions;
  /** Authentication is done; with none required, asking for the list of methods is enough. */
  authenticated = false;
  readOnly = false;
  /** How the client has to prove who it is; absent when reaching the server is proof enough. */
  authentication: Authentication | undefined;
  /** Whom it has proven to be. */
  user: string | undefined;
  readonly #link: SessionLink;
  /** Of a user who may only look, whatever the client asks for. */
  #mayOnlyRead = false;
  #held: HeldConnection | undefined;
  readonly #closers = new Set<() => Promise<void> | void>();

  constructor(engine: Engine, subscriptions: Subscriptions, link: SessionLink) {
    this.engine = engine;
    this.subscriptions = subscriptions;
    this.#link = link;
  }

  /** Who changes things here, for the history. */
  get author(): string {
    return this.user ?? 'libvirt';
  }

  startKeepalive(): void {
    this.#link.startKeepalive();
  }

  admit({ user, readOnly, layer }: Admitted): void {
    this.authenticated = true;
    this.user = user;
    this.#mayOnlyRead = readOnly;
    this.readOnly = readOnly;
    this.#link.admitted(layer);
  }

  turnAway(): void {
    this.#link.turnAway();
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
    this.readOnly = readOnly || this.#mayOnlyRead;
    this.#link.changed();
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
