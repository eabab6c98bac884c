/** The conversation before the first message: the kernel tells the bus who we are. */
import type { Socket } from 'node:net';

const maxLineBytes = 16 * 1024;

/** @throws when the bus does not let this user in. */
export async function authenticate(socket: Socket, signal: AbortSignal): Promise<void> {
  const uid = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex');
  socket.write(`\0AUTH EXTERNAL ${uid}\r\n`);
  const answer = await readLine(socket, signal);
  if (!answer.startsWith('OK ')) throw new Error(`The bus refused this user: ${answer}`);
  socket.write('BEGIN\r\n');
}

/** The bus says nothing after its line until it is told to begin. */
async function readLine(socket: Socket, signal: AbortSignal): Promise<string> {
  return await new Promise((resolve, reject) => {
    let text = '';
    const finish = (work: () => void): void => {
      socket.off('data', onData).off('error', onError).off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      work();
    };
    const onData = (piece: Buffer): void => {
      text += piece.toString('latin1');
      if (text.endsWith('\r\n')) finish(() => resolve(text.slice(0, -2)));
      else if (text.length > maxLineBytes) finish(() => reject(new Error('The bus does not speak D-Bus.')));
    };
    const onError = (error: Error): void => finish(() => reject(error));
    const onClose = (): void => finish(() => reject(new Error('The bus closed the connection.')));
    const onAbort = (): void => finish(() => reject(new Error('The bus did not answer in time.')));
    socket.on('data', onData).on('error', onError).on('close', onClose);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
