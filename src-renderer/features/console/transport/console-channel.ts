/** One connection to a console, over a port to the main process. The frames are in the contract's `bridge.ts`. */
import {
  type ConsoleRequest,
  consoleRequestType,
  type ConsoleStatus,
  consoleWindowBytes,
} from '../../../../src-shared/contract/bridge.ts';
import type { ErrorData } from '../../../../src-shared/errors.ts';

export interface ChannelListener {
  open?(password: string | undefined): void;
  /** `taken` says that the bytes were used up; too many that were not stop the guest's side being read. */
  data(bytes: ArrayBuffer, taken: () => void): void;
  /** Once; without an error when the guest's side ended in order, or when we closed it. */
  closed(error: ErrorData | undefined): void;
}

export interface ConsoleChannel {
  readonly state: 'connecting' | 'open' | 'closed';
  /** Sent, and not yet taken by the guest's side. */
  readonly backlogBytes: number;
  /** Closes the channel when the guest's side has stopped taking anything. */
  send(bytes: Uint8Array): void;
  close(): void;
}

export type OpenChannel = (request: ConsoleRequest, listener: ChannelListener) => ConsoleChannel;

/** Opens a connection through the preload of this window. */
export const openChannel: OpenChannel = (request, listener) => {
  const { port1, port2 } = new MessageChannel();
  window.postMessage({ type: consoleRequestType, request }, window.location.origin, [port2]);
  return channelOver(port1, listener);
};

export function channelOver(port: MessagePort, listener: ChannelListener): ConsoleChannel {
  let state: ConsoleChannel['state'] = 'connecting';
  let backlogBytes = 0;
  const close = (error?: ErrorData): void => {
    if (state === 'closed') return;
    state = 'closed';
    port.close();
    listener.closed(error);
  };
  port.onmessage = ({ data }: MessageEvent<ArrayBuffer | number | ConsoleStatus>) => {
    if (state === 'closed') return;
    if (data instanceof ArrayBuffer) {
      listener.data(data, () => {
        if (state !== 'closed') port.postMessage(data.byteLength);
      });
    } else if (typeof data === 'number') {
      backlogBytes -= data;
    } else if (data.type === 'open') {
      state = 'open';
      listener.open?.(data.password);
    } else {
      close(data.error);
    }
  };
  return {
    get state() {
      return state;
    },
    get backlogBytes() {
      return backlogBytes;
    },
    send(bytes) {
      if (state !== 'open') return;
      backlogBytes += bytes.byteLength;
      if (backlogBytes > consoleWindowBytes) {
        close({ code: 'operation-timeout', domain: 'none', message: 'The guest takes no more input.' });
        return;
      }
      // Copied, not transferred: Electron's main process does not receive transferred memory.
      port.postMessage(bytes.slice().buffer);
    },
    close: () => close(),
  };
}
