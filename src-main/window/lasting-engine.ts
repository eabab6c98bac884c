/** One engine after another behind the same face: a window outlives the process whose engine it used. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ContractEvent } from '../../src-shared/contract/index.ts';
import { toErrorData, VirError } from '../../src-shared/errors.ts';
import { say } from '../../src-shared/words.ts';
import type { Logger } from '../engine/logger.ts';
import type { ContractServer } from '../ipc/server.ts';

/** An engine that was started or found. */
export interface FoundEngine {
  readonly kind: 'embedded' | 'attached';
  readonly server: ContractServer;
  /** Resolves when it is gone without having been closed; absent for one that can only go with us. */
  readonly lost?: Promise<void>;
  /** Leaves the machines running. */
  close(): Promise<void>;
}

/** The engine as the windows use it: in this process, or one that ran already. */
export interface WindowEngine {
  readonly kind: FoundEngine['kind'];
  readonly server: ContractServer;
  /** Called when the engine had gone and another one took its place; everyone is subscribed to it by then. */
  onReplaced(listener: (kind: FoundEngine['kind']) => void): void;
  close(): Promise<void>;
}

export interface LastingOptions {
  /** Starts an engine, or attaches to the one there is. */
  readonly find: () => Promise<FoundEngine>;
  readonly logger: Logger;
  /** An engine that is ending may hold its folders a moment longer than its socket. */
  readonly patienceMs?: number;
}

const retryMs = 100;

interface Subscription {
  readonly clientId: string;
  readonly listener: (event: ContractEvent) => void;
  end: () => void;
}

/** @throws whatever `find` throws at first; later failures are the answers of calls. */
export async function lastingEngine({ find, logger, patienceMs = 10_000 }: LastingOptions): Promise<WindowEngine> {
  let current = await find();
  let isLost = false;
  /** Another engine on its way. */
  let replacing: Promise<void> | undefined;
  let closed = false;
  const subscriptions = new Set<Subscription>();
  const listeners: ((kind: FoundEngine['kind']) => void)[] = [];

  const findAgain = async (): Promise<FoundEngine> => {
    for (const deadline = Date.now() + patienceMs; ; ) {
      try {
        return await find();
      } catch (error) {
        if (closed || Date.now() > deadline) throw error;
      }
      await delay(retryMs);
    }
  };
  const replace = async (): Promise<void> => {
    logger.log('warn', 'the engine of another process is gone');
    const found = await findAgain();
    if (closed) {
      await found.close();
      return;
    }
    use(found);
    for (const subscription of subscriptions) {
      subscription.end();
      subscription.end = found.server.subscribe(subscription.clientId, subscription.listener);
    }
    logger.log('info', 'another engine took its place', { kind: found.kind });
    for (const listener of listeners) listener(found.kind);
  };
  /** At most one at a time; after a failure the next call tries again. */
  const replaced = (): Promise<void> => {
    replacing ??= replace().finally(() => {
      replacing = undefined;
    });
    return replacing;
  };
  const use = (found: FoundEngine): void => {
    current = found;
    isLost = false;
    found.lost
      ?.then(async () => {
        if (closed || current !== found) return;
        isLost = true;
        await replaced();
      })
      .catch((error: unknown) => logger.log('error', 'no engine could take its place', { error }));
  };
  use(current);

  return {
    get kind() {
      return current.kind;
    },
    server: {
      async handle(name, argument, clientId) {
        try {
          if (isLost) await replaced();
          if (closed) throw leaving();
          return await current.server.handle(name, argument, clientId);
        } catch (thrown) {
          return { ok: false, error: toErrorData(thrown, 'rpc') };
        }
      },
      subscribe(clientId, listener) {
        const subscription: Subscription = { clientId, listener, end: current.server.subscribe(clientId, listener) };
        subscriptions.add(subscription);
        return () => {
          subscriptions.delete(subscription);
          subscription.end();
        };
      },
      disconnect: (clientId) => current.server.disconnect(clientId),
    },
    onReplaced: (listener) => void listeners.push(listener),
    async close() {
      closed = true;
      await current.close();
    },
  };
}

const leaving = (): VirError =>
  new VirError({ code: 'operation-invalid', domain: 'rpc', message: say`The application is being closed.` });
