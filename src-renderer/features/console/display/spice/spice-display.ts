/** A guest's screen over SPICE: a chunk of its own, so that it is loaded only for guests that use it. */
import type { ErrorData } from '../../../../../src-shared/errors.ts';
import type { Display, OpenDisplay } from '../display.ts';
import { renderingOf, scaleOf, watchPixelRatio } from '../scaling.ts';
import { SpiceSession } from './connection.ts';
import { SpiceInput } from './spice-input.ts';
import { registerSession } from './spice-sockets.ts';

let screens = 0;
const wheelStepPixels = 50;
/** Windows are dragged through many sizes; the guest is asked for the last. */
const resizeQuietMs = 200;

export const openSpice: OpenDisplay = (options) => {
  const { host, uri, uuid, alias, force, observer } = options;
  let { scaling, resizeGuest } = options;
  let canvas: HTMLCanvasElement | undefined;
  let relative = false;
  let agent = false;
  let drawn = false;
  let ended = false;
  let failure: ErrorData | undefined;
  let session: SpiceSession | undefined;
  let input: SpiceInput | undefined;
  let wheelPixels = 0;
  let resizeTimer: number | undefined;

  const screen = document.createElement('div');
  screen.id = `spice-screen-${screens++}`;
  Object.assign(screen.style, { width: '100%', height: '100%', display: 'grid' });
  host.append(screen);

  const layOut = (): void => {
    // The client library gives its screen the guest's height.
    screen.style.height = '100%';
    screen.style.overflow = scaling === 'actual' ? 'auto' : 'hidden';
    if (canvas === undefined) return;
    const ratio = window.devicePixelRatio;
    const scale = scaleOf(scaling, canvas, screen.getBoundingClientRect(), ratio);
    Object.assign(canvas.style, {
      margin: 'auto',
      width: `${canvas.width * scale}px`,
      height: `${canvas.height * scale}px`,
      imageRendering: renderingOf(scale, ratio),
    });
  };
  const askForSize = (): void => {
    clearTimeout(resizeTimer);
    if (!resizeGuest || !agent) return;
    resizeTimer = window.setTimeout(() => {
      const area = screen.getBoundingClientRect();
      const ratio = window.devicePixelRatio;
      const width = Math.floor((area.width * ratio) / 8) * 8;
      const height = Math.floor((area.height * ratio) / 2) * 2;
      if (width >= 320 && height >= 200) session?.resize_window(0, width, height, 32, 0, 0);
    }, resizeQuietMs);
  };
  const sizes = new ResizeObserver(() => {
    layOut();
    askForSize();
  });
  sizes.observe(screen);
  const unwatch = watchPixelRatio(layOut);

  const end = (error?: ErrorData): void => {
    if (ended) return;
    ended = true;
    clearTimeout(resizeTimer);
    sizes.disconnect();
    unwatch();
    session?.stop();
    registered.end();
    screen.remove();
    // What the connection was told is more than what the client makes of its end.
    observer.closed(failure ?? error);
  };

  const begin = (password: string): void => {
    session = new SpiceSession(
      { url: registered.url, password, screenId: screen.id },
      {
        connected: observer.connected,
        agent() {
          agent = true;
          observer.resizable(true);
          askForSize();
        },
        failed: (error) => end(errorOf(error)),
        surface(given) {
          canvas = given;
          if (given === undefined) return;
          given.removeAttribute('tabindex');
          given.setAttribute('aria-hidden', 'true');
          // The server draws what differs from black; a canvas begins transparent.
          given.getContext('2d')?.fillRect(0, 0, given.width, given.height);
          layOut();
          observer.size(given.width, given.height);
        },
        drawn() {
          if (drawn) return;
          drawn = true;
          observer.drawn();
        },
        relativePointer(isRelative) {
          relative = isRelative;
          observer.relativePointer(isRelative);
        },
      },
    );
    input = new SpiceInput(session);
  };
  const registered = registerSession({
    uri,
    uuid,
    alias,
    force,
    observer: {
      open(password) {
        if (session !== undefined && password !== undefined) session.password ||= password;
      },
      closed: (error) => {
        failure ??= error;
      },
    },
  });

  const pointer = (event: MouseEvent): void => {
    if (canvas === undefined || input === undefined) return;
    if (relative) {
      if (document.pointerLockElement === screen && event.type === 'mousemove') {
        input.moveBy(event.movementX, event.movementY, event.buttons);
      }
    } else {
      const box = canvas.getBoundingClientRect();
      const at = (from: number, start: number, length: number, pixels: number): number =>
        Math.min(pixels - 1, Math.floor(((from - start) * pixels) / length));
      input.moveTo(
        at(event.clientX, box.left, box.width, canvas.width),
        at(event.clientY, box.top, box.height, canvas.height),
        event.buttons,
      );
    }
    if (event.type === 'mousemove') return;
    event.preventDefault();
    if (relative && document.pointerLockElement !== screen) {
      // The click that captures the pointer is not the guest's. Where it can't be captured, the next one tries again.
      if (event.type === 'mousedown') screen.requestPointerLock().catch(() => undefined);
      return;
    }
    input.button(event.button, event.type === 'mousedown', event.buttons);
  };
  screen.addEventListener('mousemove', pointer);
  screen.addEventListener('mousedown', pointer);
  screen.addEventListener('mouseup', pointer);
  screen.addEventListener('contextmenu', (event) => event.preventDefault());
  screen.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      wheelPixels += event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * wheelStepPixels;
      const steps = Math.trunc(wheelPixels / wheelStepPixels);
      wheelPixels -= steps * wheelStepPixels;
      input?.wheel(steps, event.buttons);
    },
    { passive: false },
  );

  begin(options.password ?? '');

  const display: Display = {
    press: (key) => input?.press(key),
    setScaling(wanted) {
      scaling = wanted;
      layOut();
    },
    setResizeGuest(on) {
      resizeGuest = on;
      askForSize();
    },
    screenshot: () =>
      new Promise((resolve, reject) => {
        if (canvas === undefined) reject(new Error('The screen is empty.'));
        else canvas.toBlob((blob) => (blob === null ? reject(new Error('The screen is empty.')) : resolve(blob)));
      }),
    close: () => end(),
  };
  return display;
};

function errorOf(thrown: unknown): ErrorData | undefined {
  // The end of a channel is reported as an error; that the guest's side closed in order is told by the main one.
  if (!(thrown instanceof Error) || thrown.message.startsWith('Unexpected close while ready')) return undefined;
  if (thrown.message === 'Bad password.' || thrown.message === 'Permission denied.') {
    return { code: 'auth-failed', domain: 'none', message: 'The console refused the password.' };
  }
  return { code: 'no-connect', domain: 'none', message: 'The SPICE console failed.', cause: thrown.message };
}
