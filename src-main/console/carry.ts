/**
 * Carries one console connection between a guest and a window's port, bounded both ways.
 *
 * To the window: what it has not acknowledged stays within `consoleWindowBytes`, beyond which the guest's side is not
 * read. From the window: bytes are acknowledged when the guest's side took them; a window that sends on regardless is
 * cut off. The frames are described in the contract's `bridge.ts`.
 */
import { type ConsoleStatus, consoleWindowBytes } from '../../src-shared/contract/bridge.ts';
import { toErrorData, VirError } from '../../src-shared/errors.ts';
import { say } from '../../src-shared/words.ts';
import type { ConsoleChannel } from './channel.ts';

/** The window's end of a console, as Electron's `MessagePortMain` and Node's `MessagePort` both can be. */
export interface CarrierPort {
  post(message: ArrayBuffer | number | ConsoleStatus): void;
  /** `close` is called when the other end is gone, also with its process. */
  listen(listener: { message(message: unknown): void; close(): void }): void;
  close(): void;
}

export interface Opened {
  readonly channel: ConsoleChannel;
  /** What the server will ask for, where the definition has one. */
  readonly password?: string;
}

/** Resolves when the console is closed, for whatever reason; the window has been told which. */
export async function carry(port: CarrierPort, open: (signal: AbortSignal) => Promise<Opened>): Promise<void> {
  const gone = new AbortController();
  // The window may leave, and send, before the guest's side answers.
  let receive: (message: unknown) => void = () => undefined;
  port.listen({
    message: (message) => receive(message),
    close: () => gone.abort(),
  });
  let opened: Opened;
  try {
    opened = await open(gone.signal);
  } catch (thrown) {
    port.post({ type: 'closed', error: toErrorData(thrown) });
    port.close();
    return;
  }
  const { channel, password } = opened;
  if (gone.signal.aborted) {
    channel.close();
    port.close();
    return;
  }
  await new Promise<void>((resolve) => {
    let unacknowledged = 0;
    let paused = false;
    let finished = false;
    const finish = (error?: Error): void => {
      if (finished) return;
      finished = true;
      channel.close();
      if (!gone.signal.aborted) {
        port.post({ type: 'closed', ...(error === undefined ? {} : { error: toErrorData(error) }) });
      }
      port.close();
      resolve();
    };
    gone.signal.addEventListener('abort', () => finish());
    receive = (message) => {
      if (typeof message === 'number' && message >= 0) {
        unacknowledged = Math.max(0, unacknowledged - message);
        if (paused && unacknowledged < consoleWindowBytes / 2) {
          paused = false;
          channel.resume();
        }
      } else if (message instanceof ArrayBuffer) {
        if (channel.backlogBytes + message.byteLength > 2 * consoleWindowBytes) finish(floods());
        else channel.write(new Uint8Array(message), () => !finished && port.post(message.byteLength));
      } else {
        finish(new VirError({ code: 'invalid-arg', domain: 'none', message: say`The window sent an unknown frame.` }));
      }
    };
    port.post({ type: 'open', ...(password === undefined ? {} : { password }) });
    channel.listen({
      data(bytes) {
        // An exact copy: a view would be sent with the whole buffer behind it.
        port.post(bytes.slice().buffer);
        unacknowledged += bytes.byteLength;
        if (!paused && unacknowledged > consoleWindowBytes) {
          paused = true;
          channel.pause();
        }
      },
      ended: finish,
    });
  });
}

const floods = (): VirError =>
  new VirError({ code: 'operation-failed', domain: 'none', message: say`The window sent more than the guest takes.` });
