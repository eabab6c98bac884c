/** A guest's screen over VNC. */
import type { ErrorData } from '../../../../../src-shared/errors.ts';
import { ConsoleSocket } from '../../transport/console-socket.ts';
import type { Display, OpenDisplay } from '../display.ts';
import { watchPixelRatio } from '../scaling.ts';
import { LocalRfb } from './local-rfb.ts';
import { Wake } from './wake.ts';

export const openVnc: OpenDisplay = (options) => {
  const { host, uri, uuid, alias, force, observer } = options;
  let scaling = options.scaling;
  let failure: ErrorData | undefined;
  let password = options.password;
  let ended = false;
  let drawn = false;

  const socket = new ConsoleSocket(
    { uri, uuid, kind: 'vnc', alias, channel: 'main', force },
    {
      open: (given) => {
        password ??= given;
      },
      closed: (error) => {
        failure ??= error;
      },
    },
  );
  const rfb = new LocalRfb(host, socket, { shared: true });
  const wake = new Wake(() => rfb.nudge());
  rfb.start(
    {
      size: observer.size,
      resizable: observer.resizable,
      drawn: () => {
        wake.picture();
        if (drawn) return;
        drawn = true;
        observer.drawn();
      },
    },
    scaling,
  );
  rfb.resizeSession = options.resizeGuest;
  const unwatch = watchPixelRatio(() => rfb.show(scaling));
  const pointed = (): void => wake.input();
  for (const type of pointerEvents) host.addEventListener(type, pointed, { capture: true, passive: true });

  rfb.addEventListener('connect', () => {
    rfb.leaveKeyboard();
    // The first picture is asked for by now; an idle guest's comes only when QEMU looks next.
    rfb.nudge();
    observer.connected();
  });
  rfb.addEventListener('credentialsrequired', () => {
    if (password !== undefined) {
      rfb.sendCredentials({ password });
      return;
    }
    failure = { code: 'auth-failed', domain: 'none', message: 'The console asks for a password.' };
    rfb.disconnect();
  });
  rfb.addEventListener('securityfailure', ({ detail }) => {
    failure = {
      code: 'auth-failed',
      domain: 'none',
      message: 'The console refused the password.',
      ...(detail.reason === undefined ? {} : { cause: detail.reason }),
    };
  });
  const end = (): void => {
    if (ended) return;
    ended = true;
    wake.stop();
    unwatch();
    for (const type of pointerEvents) host.removeEventListener(type, pointed, { capture: true });
    observer.closed(failure);
  };
  rfb.addEventListener('disconnect', end);

  const display: Display = {
    press({ keysym, code, down, numLock, capsLock }) {
      rfb.press(keysym, code, down, numLock, capsLock);
      wake.input();
    },
    setScaling(wanted) {
      scaling = wanted;
      rfb.show(wanted);
    },
    setResizeGuest(on) {
      rfb.resizeSession = on;
    },
    screenshot: () =>
      new Promise((resolve, reject) => {
        rfb.toBlob((blob) => {
          if (blob === null) reject(new Error('The screen is empty.'));
          else resolve(blob);
        }, 'image/png');
      }),
    close: () => rfb.disconnect(),
  };
  return display;
};

const pointerEvents = ['mousedown', 'mouseup', 'wheel'] as const;
