/** A guest's screen, whatever protocol brings it. */
import type { ErrorData } from '../../../../src-shared/errors.ts';
import type { KeyPress } from '../keys/guest-keyboard.ts';
import type { Scaling } from './scaling.ts';

export interface DisplayObserver {
  /** The protocol is up; the first picture follows. */
  connected(): void;
  /** Something of the guest was drawn for the first time. */
  drawn(): void;
  /** The guest's screen has this size in its own pixels. */
  size(width: number, height: number): void;
  /** Whether the guest can be asked for another size. */
  resizable(can: boolean): void;
  /** Whether the pointer is the guest's own (relative), so that it has to be captured to be used. */
  relativePointer(relative: boolean): void;
  /** Once, at the end; without an error when the guest's side closed in order, `auth-failed` when it wants a password. */
  closed(error: ErrorData | undefined): void;
}

export interface DisplayOptions {
  /** What the screen is put into; it fills it and scrolls in it where it must. */
  readonly host: HTMLElement;
  readonly uri: string;
  readonly uuid: string;
  readonly alias: string;
  /** Takes the console from another viewer, where there can be only one. */
  readonly force: boolean;
  readonly password: string | undefined;
  readonly scaling: Scaling;
  readonly resizeGuest: boolean;
  readonly observer: DisplayObserver;
}

export interface Display {
  press(key: KeyPress): void;
  setScaling(scaling: Scaling): void;
  setResizeGuest(on: boolean): void;
  /** What is on the guest's screen, as a PNG in its own pixels. */
  screenshot(): Promise<Blob>;
  close(): void;
}

export type OpenDisplay = (options: DisplayOptions) => Display;
