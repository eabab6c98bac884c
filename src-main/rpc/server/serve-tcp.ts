/**
 * The door for programs of this host that can't use a unix socket: TCP on loopback, as libvirtd's `listen_tcp`. Every user
 * of the host reaches it, so whoever comes has to prove who they are, by a mechanism that encrypts what follows. Off
 * unless it is asked for.
 */
import { createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import { ServerClient } from './client.ts';
import { type DoorParts, listenOn, mostUnproven, type NetworkDoor, networkDoor, peerOf } from './door.ts';
import type { Proof } from './proof.ts';

export interface TcpListenOptions {
  readonly host: string;
  /** Zero is any that is free. */
  readonly port: number;
  readonly proof: Proof;
}

const loopback = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/;

/** @throws VirError `invalid-arg` for an address that others reach. */
export function checkLoopback(host: string): void {
  if (loopback.test(host)) return;
  throw new VirError({
    code: 'invalid-arg',
    domain: 'rpc',
    message: say`'${host}' is not an address of this host alone.`,
    cause: say`TCP without TLS is too weak for a network.`,
    fix: say`Use 127.0.0.1 or ::1, or let clients of other hosts in over TLS.`,
  });
}

/** @throws VirError for an address that others reach, or one that can't be listened on. */
export async function serveLibvirtTcp(options: TcpListenOptions, parts: DoorParts): Promise<NetworkDoor> {
  const { host, port, proof } = options;
  const { engine, dispatcher, clients } = parts;
  checkLoopback(host);
  const links = new Set<Duplex>();
  const listener = createServer((socket) => {
    const address = peerOf(socket);
    if (clients.unproven('tcp') >= mostUnproven) {
      engine.logger.log('warn', 'a client was refused: too many have not proven who they are', { from: address });
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    links.add(socket);
    socket.on('close', () => links.delete(socket));
    new ServerClient({
      ...{ socket, engine, dispatcher },
      name: `libvirt-tcp ${address}`,
      entrance: { way: 'tcp', address, proof, clients },
    });
  });
  await listenOn(listener, host, port);
  return networkDoor(listener, links);
}
