/** Another viewer: links to a SPICE server's main channel as any client does, proves the password, and stays. */
import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { connect, type Socket } from 'node:net';

const mainChannel = 1;
const headerBytes = 16;
/** Of a link reply: the error, the server's key, then lengths of capabilities. */
const keyAt = 4;
const keyBytes = 162;
const timeoutMs = 10_000;

/**
 * Opens the main channel of a SPICE server and holds it.
 * @throws when the server refuses, a wrong password included.
 */
export async function holdSpice(path: string, password = ''): Promise<Socket> {
  const socket = connect(path);
  const failed = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the SPICE server did not answer')), timeoutMs);
    timer.unref();
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the SPICE server closed the connection')));
  });
  // Whoever holds the channel may lose it later.
  failed.catch(() => undefined);
  const read = reader(socket);
  const within = async (bytes: number): Promise<Buffer> => await Promise.race([read(bytes), failed]);

  const message = Buffer.alloc(headerBytes + 18);
  message.write('REDQ', 0, 'latin1');
  message.writeUInt32LE(2, 4);
  message.writeUInt32LE(2, 8);
  message.writeUInt32LE(18, 12);
  message.writeUInt8(mainChannel, headerBytes + 4);
  message.writeUInt32LE(18, headerBytes + 14);
  socket.write(message);

  const header = await within(headerBytes);
  const reply = await within(header.readUInt32LE(12));
  const refused = reply.readUInt32LE(0);
  if (refused !== 0) throw new Error(`the SPICE server refused the link: ${refused}`);
  const key = createPublicKey({ key: reply.subarray(keyAt, keyAt + keyBytes), format: 'der', type: 'spki' });
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  socket.write(publicEncrypt({ key, padding, oaepHash: 'sha1' }, Buffer.from(`${password}\0`)));
  const result = (await within(4)).readUInt32LE(0);
  if (result !== 0) {
    socket.destroy();
    throw new Error(`the SPICE server refused the ticket: ${result}`);
  }
  return socket;
}

/** Reads so many bytes at a time; what comes after is read when it is asked for. */
function reader(socket: Socket): (bytes: number) => Promise<Buffer> {
  let buffered = Buffer.alloc(0);
  let wake = (): void => undefined;
  socket.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    wake();
  });
  return async (bytes) => {
    while (buffered.length < bytes) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const taken = buffered.subarray(0, bytes);
    buffered = buffered.subarray(bytes);
    return taken;
  };
}
