/**
 * The door for libvirt's own clients: `virsh`, `virt-viewer`, `virt-manager` and every language binding reach the
 * engine through a unix socket as they reach libvirtd.
 *
 * The socket lies in a directory of mode 0700: whoever can connect is the user already, so no authentication is asked.
 */
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { listen } from '../../host/listen.ts';
import { ServerClient } from './client.ts';
import type { DoorParts } from './door.ts';

/** As libvirtd's `max_clients`. */
const mostClients = 5000;

export interface LibvirtServer {
  readonly path: string;
  readonly clients: number;
  close(): Promise<void>;
}

/** Listens on `path`, replacing the socket a dead engine left (the caller holds the engine's lock). */
export async function serveLibvirt(path: string, { engine, dispatcher, clients }: DoorParts): Promise<LibvirtServer> {
  await rm(path, { force: true });
  const sockets = new Set<Socket>();
  let serial = 0;
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serial += 1;
    new ServerClient({ socket, engine, dispatcher, name: `libvirt-${serial}`, entrance: { way: 'unix', clients } });
  });
  listener.maxConnections = mostClients;
  await listen(listener, path);
  return {
    path,
    get clients() {
      return sockets.size;
    },
    async close() {
      const closed = new Promise<void>((resolve) => {
        listener.close(() => resolve());
      });
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
