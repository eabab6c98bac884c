/** spice-html5's client, told to leave the page alone: input and layout are ours, and it reports instead of logging. */
import { Constants } from '@spice-project/spice-html5/src/enums.js';
import { SpiceDisplayConn } from '@spice-project/spice-html5/src/display.js';
import { SpiceMainConn } from '@spice-project/spice-html5/src/main.js';
import { SpiceConn } from '@spice-project/spice-html5/src/spiceconn.js';
import { wireTicket } from './ticket.ts';

export interface SpiceObserver {
  connected(): void;
  agent(): void;
  failed(error: unknown): void;
  /** The canvas of the guest's screen; undefined while there is none (a change of mode makes another). */
  surface(canvas: HTMLCanvasElement | undefined): void;
  drawn(): void;
  /** Whether the pointer is the guest's own. */
  relativePointer(relative: boolean): void;
}

const { SPICE_MSG_DISPLAY_DRAW_FILL: firstDraw = 302, SPICE_MSG_DISPLAY_DRAW_ALPHA_BLEND: lastDraw = 313 } = Constants;

export class SpiceSession extends SpiceMainConn {
  readonly observer: SpiceObserver;

  constructor(
    options: { readonly url: string; readonly password: string; readonly screenId: string },
    observer: SpiceObserver,
  ) {
    super({
      uri: options.url,
      password: options.password,
      screen_id: options.screenId,
      onerror: (error) => observer.failed(error),
      onsuccess: () => observer.connected(),
      onagent: () => observer.agent(),
    });
    this.observer = observer;
  }

  override handle_mouse_mode(current: number, supported: number): void {
    super.handle_mouse_mode(current, supported);
    this.observer.relativePointer(current !== Constants['SPICE_MOUSE_MODE_CLIENT']);
  }
}

function sessionOf(connection: SpiceConn): SpiceSession | undefined {
  return connection.parent instanceof SpiceSession ? connection.parent : undefined;
}

// What is said about drawing operations it lacks is for its own developers.
const silent = (): void => undefined;
SpiceConn.prototype.log_info = silent;
SpiceConn.prototype.log_warn = silent;
SpiceConn.prototype.log_err = silent;

/** A further channel has no handler of its own and would throw into the event loop. */
SpiceConn.prototype.report_error = function (this: SpiceConn, error: unknown): void {
  const handler = this.onerror ?? this.parent?.onerror;
  handler?.(error);
};

const sendTicket = SpiceConn.prototype.send_ticket;
SpiceConn.prototype.send_ticket = function (this: SpiceConn, number: readonly number[]): void {
  sendTicket.call(this, wireTicket(number));
};

SpiceDisplayConn.prototype.hook_events = function (this: SpiceDisplayConn): void {
  if (this.primary_surface === undefined) return;
  sessionOf(this)?.observer.surface(this.surfaces?.[this.primary_surface]?.canvas);
};

SpiceDisplayConn.prototype.unhook_events = function (this: SpiceDisplayConn): void {
  sessionOf(this)?.observer.surface(undefined);
};

/** The original looks for the canvas in the document, from which it may have gone with what it was part of. */
SpiceDisplayConn.prototype.delete_surface = function (this: SpiceDisplayConn, id: number): void {
  const surfaces = this.surfaces ?? {};
  if (this.primary_surface === id) {
    this.unhook_events();
    this.primary_surface = undefined;
  }
  surfaces[id]?.canvas.remove();
  delete surfaces[id];
};

const processDisplayMessage = SpiceDisplayConn.prototype.process_channel_message;
SpiceDisplayConn.prototype.process_channel_message = function (
  this: SpiceDisplayConn,
  message: { readonly type: number },
): boolean {
  const done = processDisplayMessage.call(this, message);
  if (message.type >= firstDraw && message.type <= lastDraw) sessionOf(this)?.observer.drawn();
  return done;
};
