/** A client of an engine that runs in another process. */
import { connect, type Socket } from 'node:net';
import { VirError } from '../../src-shared/errors.ts';
import type { Reply } from '../../src-shared/contract/call.ts';
import type { Answer, CallName, ContractClient, ContractEvent } from '../../src-shared/contract/index.ts';
import { say, type Sentence } from '../../src-shared/words.ts';
import { readJsonLines, socketProtocol, writeJsonLine } from './lines.ts';

export interface SocketClient extends ContractClient {
  /** The reply as it came, for a transport that passes it on. */
  request(name: string, argument: unknown): Promise<Reply<unknown>>;
  /** Resolves when the engine is gone, with the reason if there is one. */
  readonly closed: Promise<Error | undefined>;
  close(): void;
}

const gone = (path: string, cause?: Sentence): VirError =>
  new VirError({
    code: 'no-connect',
    domain: 'rpc',
    message: say`The engine at ${path} is gone.`,
    ...(cause === undefined ? {} : { cause }),
    fix: say`Start it again; running machines are not affected.`,
  });

/**
 * Connects to an engine's socket.
 * @throws VirError `no-connect` when nobody listens, or when the peer speaks another version.
 */
export async function connectSocket(path: string, timeoutMs = 5_000): Promise<SocketClient> {
  const socket = connect(path);
  const pending = new Map<number, { resolve: (reply: Reply<unknown>) => void; reject: (error: unknown) => void }>();
  const listeners = new Set<(event: ContractEvent) => void>();
  let next = 0;
  let failure: Error | undefined;

  const closed = new Promise<Error | undefined>((resolve) => {
    socket.on('error', (error) => {
      failure = error;
    });
    socket.on('close', () => {
      for (const waiting of pending.values()) waiting.reject(gone(path, failure?.message));
      pending.clear();
      resolve(failure);
    });
  });
  await greeting(socket, path, timeoutMs, (message) => {
    const received = message as { id?: number; reply?: Reply<unknown>; event?: ContractEvent };
    if (received.event !== undefined) {
      for (const listener of [...listeners]) listener(received.event);
    } else if (received.id !== undefined && received.reply !== undefined) {
      pending.get(received.id)?.resolve(received.reply);
      pending.delete(received.id);
    }
  });

  const request = (name: string, argument: unknown): Promise<Reply<unknown>> =>
    new Promise((resolve, reject) => {
      if (socket.destroyed) {
        reject(gone(path, failure?.message));
        return;
      }
      const id = next++;
      pending.set(id, { resolve, reject });
      writeJsonLine(socket, { id, name, argument });
    });

  return {
    request,
    async call<N extends CallName>(name: N, argument: unknown): Promise<Answer<N>> {
      const reply = await request(name, argument);
      if (!reply.ok) throw new VirError(reply.error);
      return reply.value as Answer<N>;
    },
    subscribe(listener) {
      if (listeners.size === 0) writeJsonLine(socket, { subscribe: true });
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    closed,
    close() {
      socket.destroy();
    },
  };
}

/** Waits for the engine's first line, then hands every later message to `onMessage`. */
function greeting(
  socket: Socket,
  path: string,
  timeoutMs: number,
  onMessage: (message: unknown) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let greeted = false;
    const fail = (cause: Sentence): void => {
      clearTimeout(timer);
      reject(new VirError({ code: 'no-connect', domain: 'rpc', message: say`No engine answers at ${path}.`, cause }));
      socket.destroy();
    };
    const timer = setTimeout(() => {
      fail(say`No greeting within ${timeoutMs} ms.`);
    }, timeoutMs);
    socket.once('error', (error) => {
      fail(error.message);
    });
    readJsonLines(socket, (message) => {
      if (greeted) {
        onMessage(message);
        return;
      }
      greeted = true;
      const version = (message as { vivarium?: unknown } | null)?.vivarium;
      if (version !== socketProtocol) {
        fail(say`It speaks version ${String(version)} of the protocol; this program speaks ${socketProtocol}.`);
        return;
      }
      clearTimeout(timer);
      resolve();
    });
  });
}
