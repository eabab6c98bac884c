/**
 * The way to a server, which may break and come back: calls while it is broken fail at once with the reason, and it is
 * tried again, less and less often, until it stands.
 */
import type { Duplex } from 'node:stream';
import type { EngineContext } from '../../engine/context.ts';
import type { Logger } from '../../engine/logger.ts';
import { connectServer, type OpenedServer } from '../../rpc/client/connect.ts';
import { linkError } from '../../rpc/client/errors.ts';
import type { RemoteUri } from '../../rpc/client/remote-uri.ts';
import type { CallOptions, RpcClient } from '../../rpc/client/rpc-client.ts';
import { connectSsh, type SshTarget } from '../../rpc/client/ssh.ts';
import type { Packet } from '../../rpc/framing/packet.ts';

const firstRetryMs = 500;
const longestRetryMs = 60_000;

export interface LinkListener {
  /** It stands again: whatever the server knew of us is forgotten. */
  up(): Promise<void>;
  down(error: Error): void;
  event(packet: Packet): void;
}

export class Link {
  readonly uri: RemoteUri;
  readonly #logger: Logger;
  readonly #controlFolder: string;
  #server: OpenedServer | undefined;
  #listener: LinkListener | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failure: { readonly error: Error; readonly sinceMs: number } | undefined;
  #closed = false;

  private constructor(uri: RemoteUri, { logger, directories }: EngineContext, server: OpenedServer) {
    this.uri = uri;
    this.#logger = logger;
    this.#controlFolder = directories.runtime;
    this.#use(server);
  }

  /** @throws VirError when the server can't be reached, or does not open the URI. */
  static async open(uri: RemoteUri, context: EngineContext): Promise<Link> {
    const askpass = uri.transport === 'ssh' ? await context.askpass?.() : undefined;
    const server = await connectServer(uri, {
      controlFolder: context.directories.runtime,
      ...(askpass === undefined ? {} : { askpass }),
    });
    return new Link(uri, context, server);
  }

  /** Why and since when the server can't be reached; undefined while it can. */
  get failure(): { readonly error: Error; readonly sinceMs: number } | undefined {
    return this.#failure;
  }

  get eventCallbacks(): boolean {
    return this.#server?.eventCallbacks ?? false;
  }

  listen(listener: LinkListener): void {
    this.#listener = listener;
  }

  readonly call: RpcClient['call'] = async (name, args, options?: CallOptions) =>
    await this.#client().call(name, args, options);

  readonly callQemu: RpcClient['callQemu'] = async (name, args, options?: CallOptions) =>
    await this.#client().callQemu(name, args, options);

  readonly open: RpcClient['open'] = async (name, args, options?: CallOptions) =>
    await this.#client().open(name, args, options);

  /** A connection to something else on the other host, beside the protocol's. */
  async tunnel(target: SshTarget): Promise<Duplex> {
    return await connectSsh(this.uri, { controlFolder: this.#controlFolder }, target);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    try {
      await server.client.call('connectClose', {}, { timeoutMs: 2_000 });
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
      `'${this.uri.where}' can't be reached at the moment.`,
      error?.message,
      'It is tried again by itself until it answers.',
    );
  }

  #use(server: OpenedServer): void {
    this.#server = server;
    this.#failure = undefined;
    server.client.onEvent = (packet) => this.#listener?.event(packet);
    server.client.closed
      .then((error) => {
        if (this.#closed || this.#server !== server) return;
        this.#server = undefined;
        this.#failure = { error, sinceMs: Date.now() };
        this.#logger.log('warn', 'the connection to a server was lost', { server: this.uri.where, error });
        this.#listener?.down(error);
        this.#retryIn(firstRetryMs);
      })
      .catch((error: unknown) => this.#logger.log('error', 'a lost connection was not handled', { error }));
  }

  #retryIn(delayMs: number): void {
    this.#timer = setTimeout(() => {
      this.#retry(delayMs).catch((error: unknown) =>
        this.#logger.log('error', 'connecting again failed', { server: this.uri.where, error }),
      );
    }, delayMs).unref();
  }

  async #retry(delayMs: number): Promise<void> {
    let server: OpenedServer;
    try {
      // Nobody is asked anything by attempts that nobody asked for.
      server = await connectServer(this.uri, { controlFolder: this.#controlFolder });
    } catch (error) {
      this.#failure = {
        error: error instanceof Error ? error : new Error(String(error)),
        sinceMs: this.#failure?.sinceMs ?? Date.now(),
      };
      if (!this.#closed) this.#retryIn(Math.min(delayMs * 2, longestRetryMs));
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
