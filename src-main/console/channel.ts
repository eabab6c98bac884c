/** One connection to a guest's console over the unix socket where it is to be had. */
import { connect, type Socket } from 'node:net';
import { VirError } from '../../src-shared/errors.ts';
import { say, type Sentence } from '../../src-shared/words.ts';

export interface ChannelListener {
  /** The bytes are only valid until this returns. */
  data(bytes: Uint8Array): void;
  /** Once, when nothing more will come; with the reason if it was not the other side's orderly end. */
  ended(error?: Error): void;
}

export interface ConsoleChannel {
  listen(listener: ChannelListener): void;
  pause(): void;
  resume(): void;
  /** Bytes given to `write` that the guest's side has not taken yet. */
  readonly backlogBytes: number;
  /** `taken` is called when these bytes have gone out. */
  write(bytes: Uint8Array, taken: () => void): void;
  close(): void;
}

/** A guest that repaints its screen sends 3 MB at once; what one read can take goes to the window as one message. */
const readBufferBytes = 1024 * 1024;
const connectTimeoutMs = 5_000;

/**
 * Connects to a console's socket; `name` is what an error calls it.
 * @throws VirError `no-connect` with the cause.
 */
export function socketChannel(path: string, name: string, signal?: AbortSignal): Promise<ConsoleChannel> {
  return new Promise((resolve, reject) => {
    let listener: ChannelListener | undefined;
    let failure: Error | undefined;
    let early: Uint8Array[] = [];
    const socket: Socket = connect({
      path,
      onread: {
        buffer: new Uint8Array(readBufferBytes),
        callback(length, buffer) {
          const bytes = buffer.subarray(0, length);
          if (listener === undefined) early.push(bytes.slice());
          else listener.data(bytes);
          return true;
        },
      },
    });
    const fail = (cause: Sentence): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(new VirError({ code: 'no-connect', domain: 'none', message: say`${name} can't be reached.`, cause }));
    };
    const timer = setTimeout(() => {
      fail(say`It did not answer within ${connectTimeoutMs / 1000} s.`);
    }, connectTimeoutMs);
    signal?.addEventListener('abort', () => fail(say`It was cancelled.`), { once: true });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      failure = error;
      fail(causeOf(error));
    });
    socket.on('end', () => socket.destroy());
    socket.on('close', () => listener?.ended(failure));
    socket.on('connect', () => {
      clearTimeout(timer);
      socket.setNoDelay(true);
      resolve({
        listen(given) {
          listener = given;
          for (const bytes of early) given.data(bytes);
          early = [];
          if (socket.destroyed) given.ended(failure);
        },
        pause: () => void socket.pause(),
        resume: () => void socket.resume(),
        get backlogBytes() {
          return socket.writableLength;
        },
        write: (bytes, taken) => void socket.write(bytes, () => taken()),
        close: () => void socket.destroy(),
      });
    });
  });
}

function causeOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
      return 'There is no such socket: the machine is not running.';
    case 'ECONNREFUSED':
      return 'Nobody listens there any more: the machine is not running.';
    case 'EACCES':
      return 'The socket belongs to another user.';
    default:
      return error.message;
  }
}
