/**
 * Displays of guests on a host that is reached over SSH, as unix sockets of this one: each connection to such a socket
 * is carried through the same SSH session.
 */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Logger } from '../../engine/logger.ts';
import { privateFolder } from '../../host/files.ts';
import { listen } from '../../host/listen.ts';
import type { SshTarget } from '../../rpc/client/ssh.ts';

interface Forward {
  readonly path: string;
  readonly server: Server;
  readonly sockets: Set<Socket>;
}

export interface ForwardOptions {
  /** Where the sockets are made. */
  readonly folder: string;
  readonly tunnel: (target: SshTarget) => Promise<Duplex>;
  readonly logger: Logger;
}

export class Forwards {
  readonly #options: ForwardOptions;
  readonly #forwards = new Map<string, Promise<Forward>>();

  constructor(options: ForwardOptions) {
    this.#options = options;
  }

  /** The socket for what listens on the other host; the same for the same target, until `close`. */
  async socketFor(target: SshTarget): Promise<string> {
    const key = JSON.stringify(target);
    const known = this.#forwards.get(key);
    if (known !== undefined) return (await known).path;
    const made = this.#listen(target);
    this.#forwards.set(key, made);
    try {
      return (await made).path;
    } catch (error) {
      this.#forwards.delete(key);
      throw error;
    }
  }

  async close(): Promise<void> {
    const forwards = await Promise.allSettled(this.#forwards.values());
    this.#forwards.clear();
    for (const result of forwards) {
      // One that could not be made was reported to whoever wanted it.
      if (result.status === 'rejected') continue;
      const { server, sockets, path } = result.value;
      server.close();
      for (const socket of sockets) socket.destroy();
      await rm(path, { force: true });
    }
  }

  async #listen(target: SshTarget): Promise<Forward> {
    const { folder } = this.#options;
    await privateFolder(folder);
    const path = join(folder, `${randomUUID().slice(0, 13)}.sock`);
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      this.#carry(socket, target);
    });
    await listen(server, path);
    return { path, server, sockets };
  }

  #carry(socket: Socket, target: SshTarget): void {
    const { tunnel, logger } = this.#options;
    const end = (error: unknown): void => {
      logger.log('warn', 'a display of another host could not be carried', { target, error });
      socket.destroy();
    };
    // Whoever was connected sees the end; the reason is in the log.
    socket.on('error', () => socket.destroy());
    tunnel(target).then((far) => {
      far.on('error', end);
      far.on('close', () => socket.destroy());
      socket.on('close', () => far.destroy());
      if (socket.destroyed) far.destroy();
      else socket.pipe(far).pipe(socket);
    }, end);
  }
}
