/**
 * What crosses between a page and the main process: `window.vivarium`, and the frames on a console's port.
 *
 * A console's port is made by the page (`new MessageChannel()`) and posted to its own window with `consoleRequestType`;
 * the preload passes it on. On it, both ways: an `ArrayBuffer` is data, a `number` acknowledges that many bytes of the
 * other side's data, and the main process tells how it goes with a `ConsoleStatus`.
 */
import type { ErrorData } from '../errors.ts';
import type { Reply } from './call.ts';
import type { ContractEvent } from './index.ts';

/** What the preload puts on a page's `window` as `vivarium`. */
export interface Bridge {
  /** Asks a call of the contract; never rejects for a reason of the call's. */
  call(name: string, argument: unknown): Promise<Reply<unknown>>;
  /** Events in their order, as many as came since the last frame. */
  subscribe(listener: (events: readonly ContractEvent[]) => void): () => void;
  /** The path of a `File` that was dropped on the page. */
  pathOf(file: object): string;
}

/** The `type` of the message that carries a console's port from the page to its preload. */
export const consoleRequestType = 'vivarium:console';

export interface ConsoleRequest {
  readonly uri: string;
  readonly uuid: string;
  readonly kind: 'vnc' | 'spice' | 'serial' | 'console';
  /** Empty: the first of its kind. */
  readonly alias: string;
  /** Which connection of one console session this is: SPICE opens several, the first of which is `main`. */
  readonly channel: 'main' | 'further';
  /** Takes a console that somebody else holds away from them. */
  readonly force: boolean;
}

export type ConsoleStatus =
  | { readonly type: 'open'; readonly password?: string }
  /** The last message: the guest's side ended (no error), or it could not be reached or went wrong. */
  | { readonly type: 'closed'; readonly error?: ErrorData };

/** What may be on its way unacknowledged, each direction. A side that is sent more may close the port. */
export const consoleWindowBytes = 8 * 1024 * 1024;
