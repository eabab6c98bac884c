/** The contract of an engine in another process, for transports in this one. */
import { toErrorData } from '../../src-shared/errors.ts';
import type { ContractServer } from './server.ts';
import { connectSocket, type SocketClient } from './socket-client.ts';

export interface AttachedServer extends ContractServer {
  /** Resolves when the engine is gone; not when we closed. */
  readonly lost: Promise<void>;
  close(): void;
}

/**
 * Attaches to the engine that listens on `path`. Each client here is a client there, with a connection of its own, so
 * that what it watches ends with it.
 * @throws VirError `no-connect` when no engine listens.
 */
export async function attachServer(path: string): Promise<AttachedServer> {
  const connections = new Map<string, Promise<SocketClient>>();
  // Proves that somebody is there, for as long as somebody is.
  const witness = await connectSocket(path);
  let closed = false;
  const connectionOf = (clientId: string): Promise<SocketClient> => {
    const known = connections.get(clientId);
    if (known !== undefined) return known;
    const made = connectSocket(path);
    connections.set(clientId, made);
    const forget = (): void => {
      if (connections.get(clientId) === made) connections.delete(clientId);
    };
    // The next call tries again, and tells its caller why when that fails too.
    made.then((client) => client.closed.then(forget)).catch(forget);
    return made;
  };
  const drop = (clientId: string): void => {
    const known = connections.get(clientId);
    connections.delete(clientId);
    known?.then((client) => client.close()).catch(() => undefined);
  };
  return {
    async handle(name, argument, clientId) {
      try {
        return await (await connectionOf(clientId)).request(name, argument);
      } catch (thrown) {
        return { ok: false, error: toErrorData(thrown, 'rpc') };
      }
    },
    subscribe(clientId, listener) {
      let end: (() => void) | undefined;
      let ended = false;
      connectionOf(clientId)
        .then((client) => {
          if (!ended) end = client.subscribe(listener);
        })
        // Whoever calls is told; a subscription has nobody to tell.
        .catch(() => undefined);
      return () => {
        ended = true;
        end?.();
      };
    },
    disconnect: drop,
    lost: new Promise((resolve, reject) => {
      witness.closed.then(() => {
        if (!closed) resolve();
      }, reject);
    }),
    close() {
      closed = true;
      witness.close();
      for (const clientId of [...connections.keys()]) drop(clientId);
    },
  };
}
