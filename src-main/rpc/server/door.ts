/** What the doors on the network have in common. */
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import type { Engine } from '../../engine/engine.ts';
import { ConnectedClients } from './connected-clients.ts';
import { Dispatcher } from './dispatch.ts';
import { handlers } from './handlers/index.ts';

/** What every door hands to its clients. */
export interface DoorParts {
  readonly engine: Engine;
  readonly dispatcher: Dispatcher;
  readonly clients: ConnectedClients;
}

export function doorParts(engine: Engine): DoorParts {
  return { engine, dispatcher: new Dispatcher(handlers), clients: new ConnectedClients() };
}

export interface NetworkDoor {
  readonly port: number;
  readonly clients: number;
  close(): Promise<void>;
}

/** As libvirtd's `max_clients` of a host's own. */
export const mostNetworkClients = 200;
/** As libvirtd's `max_anonymous_clients`: so many may be about to prove who they are. */
export const mostUnproven = 20;

/** @throws VirError when the address can't be listened on. */
export async function listenOn(listener: Server, host: string, port: number): Promise<void> {
  listener.maxConnections = mostNetworkClients;
  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      const message = say`Clients can't be listened for on ${host}, port ${port}.`;
      const fix = error.code === 'EADDRINUSE' ? { fix: say`Another program listens there: choose another port.` } : {};
      reject(
        new VirError({ code: 'system-error', domain: 'rpc', message, cause: error.message, ...fix }, { cause: error }),
      );
    };
    listener.once('error', fail);
    listener.listen(port, host, () => {
      listener.off('error', fail);
      resolve();
    });
  });
}

export function networkDoor(listener: Server, links: ReadonlySet<Duplex>): NetworkDoor {
  const { port } = listener.address() as AddressInfo;
  return {
    port,
    get clients() {
      return links.size;
    },
    async close() {
      const closed = new Promise<void>((resolve) => {
        listener.close(() => resolve());
      });
      for (const link of links) link.destroy();
      await closed;
    },
  };
}

/** `192.0.2.1:50000`, `[2001:db8::1]:50000` */
export function peerOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return remoteAddress.includes(':') ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}
