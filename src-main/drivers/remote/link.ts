/**
 * The way to a server, which may break and come back: calls while it is broken fail at once with the reason, and it is
 * tried again, less and less often, until it stands.
 */
import type { Duplex } from 'node:stream';
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import type { Asking, EngineContext } from '../../engine/context.ts';
import type { Logger } from '../../engine/logger.ts';
import { connectServer, type OpenedServer, type ReachOptions } from '../../rpc/client/connect.ts';
import { linkError } from '../../rpc/client/errors.ts';
import type { RemoteUri } from '../../rpc/client/remote-uri.ts';
import type { CallOptions, RpcClient } from '../../rpc/client/rpc-client.ts';
import { connectSsh, type SshSurroundings, type SshTarget } from '../../rpc/client/ssh.ts';
import type { Packet } from '../../rpc/framing/packet.ts';

const firstRetryMs = 500;
const longestRetryMs = 20_000;

export interface LinkListener {
  /** It stands again: whatever the server knew of us is forgotten. */
  up(): Promise<void>;
  down(error: Error): void;
  /** It stands, but the server does not answer; or does again. */
  quiet(isQuiet: boolean): void;
  event(packet: Packet): void;
}

interface Failure {
  readonly error: Error;
  readonly sinceMs: number;
}

export class Link {
  readonly uri: RemoteUri;
  /** `virConnectGetType` and the host's own name, as the server has told them at first. */
  readonly type: string;
  readonly hostname: string;
  readonly #logger: Logger;
  readonly #controlFolder: string;
  readonly #asking: Asking | undefined;
  #server: OpenedServer | undefined;
  #listener: LinkListener | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failure: Failure | undefined;
  #isQuiet = false;
  #retrying = false;
  #closed = false;

  private constructor(
    uri: RemoteUri,
    { logger, directories }: EngineContext,
    asking: Asking | undefined,
    server: OpenedServer,
  ) {
    this.uri = uri;
    this.type = server.type;
    this.hostname = server.hostname;
    this.#logger = logger;
    this.#controlFolder = directories.runtime;
    this.#asking = asking;
    this.#use(server);
  }

  /** @throws VirError when the server can't be reached, or does not open the URI. */
  static async open(uri: RemoteUri, context: EngineContext): Promise<Link> {
    const asking = context.asking?.();
    try {
      const ways = await waysOf(uri, context.directories.runtime, asking, false);
      return new Link(uri, context, asking, await connectServer(uri, ways));
    } catch (error) {
      asking?.end();
      throw error;
    }
  }

  /** Why the server can't be reached, and when it was heard of last; undefined while it can. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** When the server was heard of last; undefined while it answers. */
  get unheardSinceMs(): number | undefined {
    return this.#failure?.sinceMs ?? (this.#isQuiet ? this.#server?.client.heardMs : undefined);
  }

  get eventCallbacks(): boolean {
    return this.#server?.eventCallbacks ?? false;
  }

  listen(listener: LinkListener): void {
    this.#listener = listener;
  }

  readonly call: RpcClient['call'] = async (name, args, options?: CallOptions) =>
    await this.#client().call(name, args, options);

  /** A call whose answer the server has at hand: many of them may be under way together. */
  readonly look: RpcClient['call'] = async (name, args, options?: CallOptions) =>
    await this.#client().call(name, args, { ...options, quick: true });

  readonly callQemu: RpcClient['callQemu'] = async (name, args, options?: CallOptions) =>
    await this.#client().callQemu(name, args, options);

  readonly open: RpcClient['open'] = async (name, args, options?: CallOptions) =>
    await this.#client().open(name, args, options);

  /** A connection to something else on the other host, beside the protocol's. */
  async tunnel(target: SshTarget): Promise<Duplex> {
    const surroundings = await surroundingsOf(this.#controlFolder, this.#asking, true);
    return await connectSsh(this.uri, surroundings, target);
  }

  /** Somebody wants it now: it is tried at once if it is broken, and the user may be asked. */
  wake(): void {
    if (this.#failure === undefined || this.#retrying || this.#closed) return;
    clearTimeout(this.#timer);
    this.#attempt(firstRetryMs, false);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#asking?.end();
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    try {
      // One that does not answer anyway is not waited for.
      if (!this.#isQuiet) await server.client.call('connectClose', {}, { timeoutMs: 2_000 });
    } catch (error) {
      // It closes either way.
      this.#logger.log('debug', 'a server did not answer the farewell', { error });
    } finally {
      server.client.close();
    }
  }

  #client(): RpcClient {
    if (this.#server !== undefined) return this.#server.client;
    const { error } = this.#failure ?? {};
    throw linkError(
      say`'${this.uri.where}' can't be reached at the moment.`,
      error?.message,
      say`It is tried again by itself until it answers.`,
    );
  }

  #use(server: OpenedServer): void {
    this.#server = server;
    this.#failure = undefined;
    this.#isQuiet = false;
    const { client } = server;
    client.onEvent = (packet) => this.#listener?.event(packet);
    client.onQuiet = (isQuiet) => {
      this.#isQuiet = isQuiet;
      this.#listener?.quiet(isQuiet);
    };
    client.closed
      .then((error) => {
        if (this.#closed || this.#server !== server) return;
        this.#server = undefined;
        this.#failure = { error, sinceMs: client.heardMs };
        this.#logger.log('warn', 'the connection to a server was lost', { server: this.uri.where, error });
        this.#listener?.down(error);
        this.#retryIn(firstRetryMs);
      })
      .catch((error: unknown) => this.#logger.log('error', 'a lost connection was not handled', { error }));
  }

  #retryIn(delayMs: number): void {
    this.#timer = setTimeout(() => this.#attempt(delayMs, true), delayMs).unref();
  }

  #attempt(delayMs: number, quiet: boolean): void {
    this.#retrying = true;
    this.#retry(delayMs, quiet)
      .catch((error: unknown) =>
        this.#logger.log('error', 'connecting again failed', { server: this.uri.where, error }),
      )
      .finally(() => {
        this.#retrying = false;
      });
  }

  /** Nobody is asked anything by attempts that nobody asked for. */
  async #retry(delayMs: number, quiet: boolean): Promise<void> {
    let server: OpenedServer;
    try {
      server = await connectServer(this.uri, await waysOf(this.uri, this.#controlFolder, this.#asking, quiet));
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      const before = this.#failure;
      this.#failure = { error, sinceMs: before?.sinceMs ?? Date.now() };
      if (this.#closed) return;
      if (before?.error.message !== error.message) this.#listener?.down(error);
      // Who is not let in is not let in next time either, and hosts shut out those who knock too often.
      if (error instanceof VirError && error.code === 'auth-failed') return;
      this.#retryIn(Math.min(delayMs * 2, longestRetryMs));
      return;
    }
    if (this.#closed) {
      server.client.close();
      return;
    }
    this.#use(server);
    this.#logger.log('info', 'the connection to a server stands again', { server: this.uri.where });
    await this.#listener?.up();
  }
}

/** How the user is asked on the way: by ssh, or by ourselves. */
async function waysOf(
  { transport }: RemoteUri,
  controlFolder: string,
  asking: Asking | undefined,
  quiet: boolean,
): Promise<ReachOptions> {
  if (transport === 'ssh') {
    return { ...(await surroundingsOf(controlFolder, asking, quiet)), isAsked: asking !== undefined && !quiet };
  }
  if (asking === undefined) return { controlFolder };
  return {
    controlFolder,
    ask: async (question, { again }) => await asking.ask(question, { again, quiet }),
  };
}

async function surroundingsOf(
  controlFolder: string,
  asking: Asking | undefined,
  quiet: boolean,
): Promise<SshSurroundings> {
  const askpass = await asking?.attempt({ quiet });
  return { controlFolder, ...(askpass === undefined ? {} : { askpass }) };
}
