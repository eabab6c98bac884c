/** Whether a program could listen on a port of this host: found out by trying. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Why not: the error's code, such as `EADDRINUSE` or `EACCES`; undefined when it could. */
export async function portProblem(
  protocol: 'tcp' | 'udp',
  port: number,
  address?: string,
): Promise<string | undefined> {
  // QEMU listens on every IPv4 address when none is named.
  const host = address === undefined || address === '' ? '0.0.0.0' : address;
  try {
    await (protocol === 'tcp' ? tryTcp(port, host) : tryUdp(port, host));
    return undefined;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code ?? 'unknown';
  }
}

async function tryTcp(port: number, host: string): Promise<void> {
  const server = createServer();
  server.listen({ port, host, exclusive: true });
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}

async function tryUdp(port: number, address: string): Promise<void> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.bind({ port, address, exclusive: true });
    await once(socket, 'listening');
  } finally {
    socket.close();
  }
}
