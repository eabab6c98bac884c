/** The contract over Electron's IPC: one channel for calls, one for events. */
import { ipcMain, type WebContents } from 'electron';
import { toErrorData, VirError } from '../../src-shared/errors.ts';
import type { Reply } from '../../src-shared/contract/call.ts';
import { type CallName, calls, type ContractEvent } from '../../src-shared/contract/index.ts';
import { say, type Sentence } from '../../src-shared/words.ts';
import type { Logger } from '../engine/logger.ts';
import { channels } from './electron-channels.ts';
import { eventBatch, type EventBatch } from './electron-events.ts';
import { isTrustedSender } from './electron-origin.ts';
import type { ContractServer } from './server.ts';

/** Calls that a window answers itself, the same in front of every engine. */
export interface LocalCalls {
  readonly names: ReadonlySet<string>;
  readonly server: ContractServer;
}

export interface TransportOptions {
  /** The engine's server; pages are shown while it is still starting. */
  readonly server: Promise<ContractServer>;
  readonly local: LocalCalls;
  readonly logger: Logger;
}

export interface ElectronTransport {
  /** Serves a window from now until it is closed. */
  attach(contents: WebContents): void;
  /** Whether these contents are a window that is served. */
  serves(contents: WebContents): boolean;
  /** Announces to one window, as soon as its page listens. */
  announce(contents: WebContents, event: ContractEvent): void;
}

interface Client {
  readonly batch: EventBatch;
  listening: boolean;
  /** Announced before the page listened. */
  early: ContractEvent[];
  unsubscribe: (() => void) | undefined;
}

export const clientIdOf = (contents: WebContents): string => `window-${contents.id}`;

export function createTransport({ server, local, logger }: TransportOptions): ElectronTransport {
  const clients = new Map<WebContents, Client>();

  const reset = async (contents: WebContents): Promise<void> => {
    const client = clients.get(contents);
    if (client === undefined) return;
    client.unsubscribe?.();
    client.unsubscribe = undefined;
    client.listening = false;
    local.server.disconnect(clientIdOf(contents));
    (await server).disconnect(clientIdOf(contents));
  };
  /** An engine that never came up has nothing to release, and every call has said so already. */
  const resetQuietly = (contents: WebContents): void => {
    reset(contents).catch(() => undefined);
  };

  const subscribe = async (contents: WebContents, client: Client): Promise<void> => {
    if (client.listening) return;
    client.listening = true;
    for (const event of client.early.splice(0)) client.batch.add(event);
    const engine = await server;
    // The page may have been reloaded or closed while the engine started.
    if (client.listening && clients.get(contents) === client) {
      client.unsubscribe ??= engine.subscribe(clientIdOf(contents), client.batch.add);
    }
  };

  ipcMain.handle(channels.call, async (event, name: unknown, argument: unknown): Promise<Reply<unknown>> => {
    if (!isTrustedSender(event) || !clients.has(event.sender)) {
      logger.log('error', 'a call came from a page that is not ours', { url: event.senderFrame?.url });
      return refusal('operation-denied', say`This page may not call the engine.`);
    }
    if (typeof name !== 'string' || !isCallName(name)) return refusal('no-support', say`There is no such call.`);
    try {
      const answering = local.names.has(name) ? local.server : await server;
      return await answering.handle(name, argument, clientIdOf(event.sender));
    } catch (thrown) {
      return { ok: false, error: toErrorData(thrown, 'rpc') };
    }
  });

  ipcMain.on(channels.page, (event) => {
    if (clients.has(event.sender) && isTrustedSender(event)) resetQuietly(event.sender);
  });

  ipcMain.on(channels.subscribe, (event) => {
    const client = clients.get(event.sender);
    if (client === undefined || !isTrustedSender(event)) return;
    // Why the engine did not start is the answer of every call.
    subscribe(event.sender, client).catch(() => undefined);
  });

  return {
    attach(contents) {
      const batch = eventBatch((events) => {
        if (!contents.isDestroyed()) contents.send(channels.events, events);
      });
      clients.set(contents, { batch, listening: false, early: [], unsubscribe: undefined });
      contents.on('render-process-gone', () => resetQuietly(contents));
      contents.once('destroyed', () => {
        resetQuietly(contents);
        batch.close();
        clients.delete(contents);
      });
    },
    serves: (contents) => clients.has(contents),
    announce(contents, event) {
      const client = clients.get(contents);
      if (client === undefined) return;
      if (client.listening) client.batch.add(event);
      else client.early.push(event);
    },
  };
}

const isCallName = (name: string): name is CallName => Object.hasOwn(calls, name);

const refusal = (code: 'operation-denied' | 'no-support', message: Sentence): Reply<unknown> => ({
  ok: false,
  error: new VirError({ code, domain: 'rpc', message }).data,
});
