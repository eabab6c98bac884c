/**
 * The contract on a unix socket: how the command line, and a window started second, reach the engine that runs.
 *
 * The socket lies in a directory of mode 0700: whoever can connect is the user already.
 */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import * as z from 'zod';
import type { Logger } from '../engine/logger.ts';
import { listen } from '../host/listen.ts';
import { readJsonLines, socketProtocol, writeJsonLine } from './lines.ts';
import type { ContractServer } from './server.ts';

const request = z.object({ id: z.number().int().nonnegative(), name: z.string().max(100), argument: z.unknown() });
const subscription = z.object({ subscribe: z.literal(true) });

export interface SocketServer {
  readonly path: string;
  readonly clients: number;
  /** Called whenever the number of clients changes. */
  onClients(listener: (count: number) => void): void;
  close(): Promise<void>;
}

/** Listens on `path`, replacing the socket a dead engine left (the caller holds the engine's lock). */
export async function serveSocket(path: string, server: ContractServer, logger: Logger): Promise<SocketServer> {
  await rm(path, { force: true });
  const sockets = new Set<Socket>();
  let onCount: (count: number) => void = () => undefined;
  const listener = createServer((socket) => {
    sockets.add(socket);
    onCount(sockets.size);
    serveClient(socket, server, logger);
    socket.on('close', () => {
      sockets.delete(socket);
      onCount(sockets.size);
    });
  });
  await listen(listener, path);
  return {
    path,
    get clients() {
      return sockets.size;
    },
    onClients(callback) {
      onCount = callback;
    },
    async close() {
      const closed = new Promise<void>((resolve) => {
        listener.close(() => {
          resolve();
        });
      });
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function serveClient(socket: Socket, server: ContractServer, logger: Logger): void {
  const clientId = `socket-${randomUUID()}`;
  let unsubscribe: (() => void) | undefined;
  writeJsonLine(socket, { vivarium: socketProtocol, pid: process.pid });
  readJsonLines(socket, (message) => {
    const asked = request.safeParse(message);
    if (asked.success) {
      const { id, name, argument } = asked.data;
      const answer = async (): Promise<void> => {
        writeJsonLine(socket, { id, reply: await server.handle(name, argument, clientId) });
      };
      answer().catch((error: unknown) => socket.destroy(error instanceof Error ? error : new Error(String(error))));
    } else if (subscription.safeParse(message).success) {
      unsubscribe ??= server.subscribe(clientId, (event) => {
        writeJsonLine(socket, { event });
      });
    } else {
      socket.destroy(new Error('a message is not of the protocol'));
    }
  });
  socket.on('error', (error) => {
    logger.log('warn', 'a client of the engine socket was dropped', { client: clientId, error });
  });
  socket.on('close', () => {
    unsubscribe?.();
    server.disconnect(clientId);
  });
}
