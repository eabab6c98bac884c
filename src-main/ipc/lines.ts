/** Newline-delimited JSON over a byte stream, both ways, with bounds. */
import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';

/** Raised when the messages change in a way an older peer would misread. */
export const socketProtocol = 1;

/** The socket's name in the engine's runtime directory. */
export const socketName = 'engine.sock';

/** A longer line closes the connection: nothing legitimate comes near (the largest is a screenshot). */
export const maximumLine = 128 * 1024 * 1024;
/** A reader that falls this far behind is cut off rather than held in memory. */
const maximumBacklogBytes = 256 * 1024 * 1024;

/** Calls `onMessage` for each JSON value; destroys the socket with an error when the peer breaks the rules. */
export function readJsonLines(socket: Socket, onMessage: (message: unknown) => void): void {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  let length = 0;
  socket.on('data', (chunk) => {
    let text = typeof chunk === 'string' ? chunk : decoder.write(chunk);
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const line = parts.join('') + text.slice(0, end);
      parts = [];
      length = 0;
      text = text.slice(end + 1);
      let message: unknown;
      try {
        message = JSON.parse(line);
      } catch {
        socket.destroy(new Error('a line is not JSON'));
        return;
      }
      onMessage(message);
      if (socket.destroyed) return;
    }
    length += text.length;
    if (length > maximumLine) socket.destroy(new Error('a line is too long'));
    else if (text !== '') parts.push(text);
  });
}

/** Writes one JSON value as a line. */
export function writeJsonLine(socket: Socket, message: unknown): void {
  if (socket.destroyed) return;
  socket.write(`${JSON.stringify(message)}\n`);
  if (socket.writableLength > maximumBacklogBytes) socket.destroy(new Error('the peer does not read'));
}
