/**
 * The engine: which drivers there are, which connections are open, what is going on. Every door talks to one of these.
 */
import type { ConnectionInfo } from '../../src-shared/contract/connections.ts';
import { toErrorData, VirError } from '../../src-shared/errors.ts';
import { type ConnectUri, parseConnectUri } from '../../src-shared/uri.ts';
import { say } from '../../src-shared/words.ts';
import { privateFolder } from '../host/files.ts';
import type { EngineContext, EngineDirectories } from './context.ts';
import type { Connection, Driver, Notice, Remembered } from './driver.ts';
import { Emitter, type EngineEvent } from './events.ts';
import { JobRegistry } from './jobs.ts';
import { lockState, type StateLock } from './lock.ts';
import { type Logger, silentLogger } from './logger.ts';

export interface EngineOptions {
  readonly directories: EngineDirectories;
  /** The first that accepts a URI opens it. */
  readonly drivers: readonly Driver[];
  readonly logger?: Logger;
  /** Where this engine will listen, for the one that finds the state folder taken. */
  readonly socket?: string;
  /** For programs that ask the user something. */
  readonly asking?: EngineContext['asking'];
  /** URIs to list before anybody opened them. */
  readonly knownUris?: readonly string[];
}

/** An event of a connection, with where it is from. */
export interface EngineAnnouncement {
  readonly uri: string;
  readonly event: EngineEvent;
}

/** A connection somebody counts on; `release` ends that, and the last one closes it. */
export interface HeldConnection {
  readonly connection: Connection;
  release(): Promise<void>;
}

interface Slot {
  readonly uri: ConnectUri;
  readonly driver: Driver;
  opening: Promise<Connection> | undefined;
  connection: Connection | undefined;
  unsubscribe: (() => void) | undefined;
  error: unknown;
  /** What was seen there before, while it is not open. */
  remembered: Remembered | undefined;
  /** It is tried again by itself then. */
  retry: NodeJS.Timeout | undefined;
  notices: readonly Notice[];
  holders: number;
  /** Listed from the start, and not to be forgotten. */
  own: boolean;
  /** Opened for good: it is not closed when its last holder goes. */
  pinned: boolean;
}

/** How long after a host could not be reached it is tried again, and at most. */
const firstRetryMs = 2_000;
const longestRetryMs = 60_000;

export class Engine {
  readonly directories: EngineDirectories;
  readonly logger: Logger;
  readonly jobs = new JobRegistry();
  /** What connections announce. */
  readonly events: Emitter<EngineAnnouncement>;
  /** A connection was opened, closed, or could not be. */
  readonly connectionEvents: Emitter<ConnectionInfo>;
  /** The URI of a connection that is no longer listed. */
  readonly forgottenEvents: Emitter<string>;
  readonly #drivers: readonly Driver[];
  readonly #slots = new Map<string, Slot>();
  readonly #lock: StateLock;
  readonly #context: EngineContext;
  #closed = false;

  private constructor(options: EngineOptions, lock: StateLock) {
    this.directories = options.directories;
    this.logger = options.logger ?? silentLogger;
    this.#drivers = options.drivers;
    const { asking } = options;
    this.#context = {
      directories: this.directories,
      logger: this.logger,
      jobs: this.jobs,
      ...(asking === undefined ? {} : { asking }),
    };
    this.#lock = lock;
    const onListenerError = (error: unknown): void => this.logger.log('error', 'a listener failed', { error });
    this.events = new Emitter(onListenerError);
    this.connectionEvents = new Emitter(onListenerError);
    this.forgottenEvents = new Emitter(onListenerError);
    for (const text of options.knownUris ?? []) this.#slot(text).own = true;
  }

  /**
   * Makes the folders and takes them.
   * @throws VirError `resource-busy` when another engine has them.
   */
  static async start(options: EngineOptions): Promise<Engine> {
    for (const folder of Object.values(options.directories) as string[]) await privateFolder(folder);
    const lock = await lockState(
      options.directories.state,
      options.socket === undefined ? {} : { socket: options.socket },
    );
    try {
      return new Engine(options, lock);
    } catch (thrown) {
      lock.release();
      throw thrown;
    }
  }

  /**
   * The one connection of a URI, opened when it is not yet, and kept open until `closeConnection` or `close`.
   * @throws VirError `no-connect`
   */
  async open(uri: string): Promise<Connection> {
    const slot = this.#slot(uri);
    try {
      const connection = slot.connection ?? (await this.#connect(slot));
      slot.pinned = true;
      return connection;
    } catch (thrown) {
      this.#retryLater(slot, firstRetryMs);
      throw thrown;
    }
  }

  /** What was seen of a connection's machines before, where it is not open. */
  remembered(uri: string): Remembered | undefined {
    return this.#slot(uri).remembered;
  }

  /** The same for a while: the connection closes when the last holder lets go, unless it was opened for good. */
  async hold(uri: string): Promise<HeldConnection> {
    const slot = this.#slot(uri);
    slot.holders += 1;
    let released = false;
    const release = async (): Promise<void> => {
      if (released) return;
      released = true;
      slot.holders -= 1;
      if (slot.holders === 0 && !slot.pinned) await this.#disconnect(slot);
    };
    try {
      return { connection: slot.connection ?? (await this.#connect(slot)), release };
    } catch (thrown) {
      await release();
      throw thrown;
    }
  }

  /**
   * Lists a connection that nobody has opened yet.
   * @throws VirError when the text is no URI, or no driver takes it
   */
  know(uri: string): ConnectionInfo {
    const slot = this.#slot(uri);
    this.#announceConnection(slot);
    return this.#info(slot);
  }

  /** Closes a connection and lists it no more. @throws VirError `invalid-arg` for this host's own */
  async forget(uri: string): Promise<void> {
    const key = canonicalUri(parseUri(uri));
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    if (slot.own) {
      throw new VirError({ code: 'invalid-arg', domain: 'none', message: say`The host that we run on stays listed.` });
    }
    this.#slots.delete(key);
    clearTimeout(slot.retry);
    slot.pinned = false;
    await this.#disconnect(slot);
    this.forgottenEvents.emit(key);
  }

  /** Closes a connection whoever uses it; guests go on. */
  async closeConnection(uri: string): Promise<void> {
    const slot = this.#slots.get(canonicalUri(parseUri(uri)));
    if (slot === undefined) return;
    clearTimeout(slot.retry);
    slot.pinned = false;
    await this.#disconnect(slot);
  }

  /** The connection if it is open. */
  connected(uri: string): Connection | undefined {
    return this.#slots.get(canonicalUri(parseUri(uri)))?.connection;
  }

  /** Every connection that was opened or is known of, as it is now. */
  connections(): readonly ConnectionInfo[] {
    return [...this.#slots.values()].map((slot) => this.#info(slot));
  }

  /** One of them with its notices, which the driver may have to ask for. */
  async describe(uri: string): Promise<ConnectionInfo> {
    const slot = this.#slot(uri);
    slot.notices = (await slot.connection?.notices?.()) ?? [];
    return this.#info(slot);
  }

  /** Announces something about a connection that it does not announce itself, such as samples. */
  announce(uri: string, event: EngineEvent): void {
    this.events.emit({ uri, event });
  }

  /** Closes every connection and gives the folders back. Guests go on. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const { retry } of this.#slots.values()) clearTimeout(retry);
    const closing = [...this.#slots.values()].map((slot) => this.#disconnect(slot));
    try {
      const results = await Promise.allSettled(closing);
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    } finally {
      this.#lock.release();
    }
  }

  #slot(text: string): Slot {
    const uri = parseUri(text);
    const key = canonicalUri(uri);
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    const driver = this.#drivers.find((candidate) => candidate.accepts(uri));
    if (driver === undefined) throw noDriver(text, this.#drivers);
    const slot: Slot = {
      uri: { ...uri, text: key },
      driver,
      opening: undefined,
      connection: undefined,
      unsubscribe: undefined,
      error: undefined,
      remembered: driver.remembered?.({ ...uri, text: key }, this.#context),
      retry: undefined,
      notices: [],
      holders: 0,
      own: false,
      pinned: false,
    };
    this.#slots.set(key, slot);
    return slot;
  }

  /** A host that did not answer is tried again without asking the user anything, less and less often. */
  #retryLater(slot: Slot, delayMs: number): void {
    const { error, driver } = slot;
    const isAway = error instanceof VirError && (error.code === 'no-connect' || error.code === 'operation-timeout');
    if (driver.remembered === undefined || !isAway || this.#closed || !this.#slots.has(slot.uri.text)) return;
    clearTimeout(slot.retry);
    slot.retry = setTimeout(() => {
      if (slot.connection !== undefined || slot.opening !== undefined) return;
      this.#connect(slot, true).then(
        () => {
          slot.pinned = true;
        },
        () => this.#retryLater(slot, Math.min(delayMs * 2, longestRetryMs)),
      );
    }, delayMs).unref();
  }

  async #connect(slot: Slot, quiet = false): Promise<Connection> {
    if (this.#closed) throw new VirError({ code: 'no-connect', domain: 'none', message: say`The engine is closing.` });
    if (slot.opening === undefined) {
      clearTimeout(slot.retry);
      // While nobody waits for it, what it failed of last stays to be read.
      if (!quiet) slot.error = undefined;
      slot.opening = this.#open(slot, quiet);
      if (!quiet) this.#announceConnection(slot);
    }
    return await slot.opening;
  }

  async #open(slot: Slot, quiet: boolean): Promise<Connection> {
    // Not before the slot knows that it is being opened.
    await Promise.resolve();
    try {
      const { asking: _, ...unasked } = this.#context;
      const connection = await slot.driver.open(slot.uri, quiet ? unasked : this.#context);
      slot.connection = connection;
      slot.error = undefined;
      const uri = slot.uri.text;
      const stopEvents = connection.events.subscribe((event) => this.events.emit({ uri, event }));
      const stopNotices = connection.noticeChanges?.subscribe(() => this.#fetchNotices(slot, connection));
      slot.unsubscribe = () => {
        stopEvents();
        stopNotices?.();
      };
      this.#fetchNotices(slot, connection);
      return connection;
    } catch (thrown) {
      slot.error = thrown;
      throw thrown;
    } finally {
      slot.opening = undefined;
      this.#announceConnection(slot);
    }
  }

  /** Notices may take a probe to find out; nobody who opens a connection waits for them. */
  #fetchNotices(slot: Slot, connection: Connection): void {
    connection.notices?.().then(
      (notices) => {
        if (slot.connection !== connection || (notices.length === 0 && slot.notices.length === 0)) return;
        slot.notices = notices;
        this.#announceConnection(slot);
      },
      (error: unknown) => this.logger.log('error', 'notices could not be fetched', { uri: slot.uri.text, error }),
    );
  }

  async #disconnect(slot: Slot): Promise<void> {
    // Whoever is still opening it has reported why it could not be.
    await slot.opening?.catch(() => undefined);
    const { connection } = slot;
    if (connection === undefined) return;
    slot.connection = undefined;
    slot.remembered = slot.driver.remembered?.(slot.uri, this.#context);
    slot.notices = [];
    try {
      // What the connection tells on closing is still heard.
      await connection.close();
    } finally {
      slot.unsubscribe?.();
      slot.unsubscribe = undefined;
      this.#announceConnection(slot);
    }
  }

  #announceConnection(slot: Slot): void {
    this.connectionEvents.emit(this.#info(slot));
  }

  #info(slot: Slot): ConnectionInfo {
    const { connection, uri, driver } = slot;
    const state =
      connection !== undefined
        ? 'open'
        : slot.opening !== undefined && slot.error === undefined
          ? 'opening'
          : slot.error === undefined
            ? 'closed'
            : 'failed';
    const seenMs = connection === undefined ? slot.remembered?.seenMs : connection.seenMs;
    const seen = seenMs === undefined ? {} : { seenMs };
    return {
      uri: uri.text,
      own: slot.own,
      ...seen,
      label: driver.label?.(uri) ?? uri.text,
      state,
      ...(slot.error === undefined ? {} : { error: toErrorData(slot.error) }),
      ...(connection === undefined ? {} : { hostname: connection.hostname, type: connection.type }),
      domainVerbs: connection === undefined ? [] : verbsOf(connection.domains),
      storageVerbs: connection?.storage === undefined ? [] : verbsOf(connection.storage),
      ...(connection?.snapshots === undefined ? {} : { snapshotVerbs: verbsOf(connection.snapshots) }),
      ...(connection?.captures === undefined ? {} : { captures: true as const }),
      notices: slot.notices,
    };
  }
}

/** One spelling of a URI: how connections are told apart. */
export function canonicalUri(uri: ConnectUri): string {
  const transport = uri.transport === undefined ? '' : `+${uri.transport}`;
  const user = uri.user === undefined ? '' : `${encodeURIComponent(uri.user)}@`;
  const host = uri.host === undefined ? '' : uri.host.includes(':') ? `[${uri.host}]` : uri.host.toLowerCase();
  const port = uri.port === undefined ? '' : `:${uri.port}`;
  const parameters = Object.entries(uri.parameters)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value).replaceAll('%2F', '/')}`)
    .sort();
  const query = parameters.length === 0 ? '' : `?${parameters.join('&')}`;
  return `${uri.driver}${transport}://${user}${host}${port}${uri.path}${query}`;
}

function parseUri(text: string): ConnectUri {
  const uri = parseConnectUri(text);
  if (uri !== undefined) return uri;
  throw new VirError({
    code: 'invalid-arg',
    domain: 'uri',
    message: say`'${text}' is not a connection URI.`,
    fix: say`A connection URI looks like qemu:///session.`,
  });
}

function noDriver(text: string, drivers: readonly Driver[]): VirError {
  return new VirError({
    code: 'no-connect',
    domain: 'none',
    message: say`No driver can open '${text}'.`,
    cause: say`There are drivers for: ${drivers.map((driver) => driver.name).join(', ')}.`,
    fix: say`Check the URI for a misspelling.`,
  });
}

/** Names of an API object's methods, its class's included. */
function verbsOf(api: object): readonly string[] {
  const names = new Set<string>();
  for (
    let level: object | null = api;
    level !== null && level !== Object.prototype;
    level = Object.getPrototypeOf(level) as object | null
  ) {
    for (const name of Object.getOwnPropertyNames(level)) {
      if (name !== 'constructor' && typeof (api as Record<string, unknown>)[name] === 'function') names.add(name);
    }
  }
  return [...names].sort();
}
