/** A console's connection in the shape of a WebSocket, which is what the VNC and SPICE clients know. */
import type { ConsoleRequest } from '../../../../src-shared/contract/bridge.ts';
import type { ErrorData } from '../../../../src-shared/errors.ts';
import { type ConsoleChannel, openChannel } from './console-channel.ts';

export interface ConsoleSocketObserver {
  open?(password: string | undefined): void;
  closed?(error: ErrorData | undefined): void;
}

type Handler<E extends Event> = ((event: E) => void) | null;

export class ConsoleSocket extends EventTarget {
  // As own properties: noVNC looks for them.
  readonly protocol = 'binary';
  binaryType: BinaryType = 'arraybuffer';
  readyState = WebSocket.CONNECTING as number;
  onopen: Handler<Event> = null;
  onmessage: Handler<MessageEvent<ArrayBuffer>> = null;
  onerror: Handler<Event> = null;
  onclose: Handler<CloseEvent> = null;
  readonly #channel: ConsoleChannel;

  constructor(request: ConsoleRequest, observer: ConsoleSocketObserver = {}) {
    super();
    this.#channel = openChannel(request, {
      open: (password) => {
        this.readyState = WebSocket.OPEN;
        observer.open?.(password);
        this.#tell(new Event('open'), this.onopen);
      },
      data: (data, taken) => {
        this.#tell(new MessageEvent('message', { data }), this.onmessage);
        taken();
      },
      closed: (error) => {
        this.readyState = WebSocket.CLOSED;
        observer.closed?.(error);
        // Later, as a WebSocket would: noVNC is not done with closing when it has closed.
        queueMicrotask(() => this.#tell(new CloseEvent('close', { wasClean: error === undefined }), this.onclose));
      },
    });
  }

  get bufferedAmount(): number {
    return this.#channel.backlogBytes;
  }

  send(data: ArrayBuffer | Uint8Array): void {
    this.#channel.send(data instanceof ArrayBuffer ? new Uint8Array(data) : data);
  }

  close(): void {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSING;
    this.#channel.close();
  }

  #tell<E extends Event>(event: E, handler: Handler<E>): void {
    handler?.call(this, event);
    this.dispatchEvent(event);
  }
}
