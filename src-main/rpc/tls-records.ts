import { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

/**
 * Each write in a TLS record of its own. libvirt's programs take one packet out of a record and wait for the network to
 * bring more, also when more packets came in that record; Node puts what waits to be written into one.
 */
export function recordEach(socket: TLSSocket): Duplex {
  const link = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _encoding, taken) => {
      socket.write(chunk, (error) => {
        if (error === null || error === undefined) taken();
      });
    },
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (piece: Buffer) => {
    if (!link.push(piece)) socket.pause();
  });
  socket.on('error', (error) => link.destroy(error));
  socket.on('close', () => link.destroy());
  return link;
}
