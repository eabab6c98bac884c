import { expect, test } from 'vitest';
import { type ConsoleStatus, consoleWindowBytes } from '../../../../src-shared/contract/bridge.ts';
import { carry, type CarrierPort } from '../../../../src-main/console/carry.ts';
import type { ChannelListener, ConsoleChannel } from '../../../../src-main/console/channel.ts';
import { VirError } from '../../../../src-shared/errors.ts';

/** A window's end and a guest's end that are moved by hand. */
function ends() {
  const posted: (ArrayBuffer | number | ConsoleStatus)[] = [];
  const written: Uint8Array[] = [];
  const taken: (() => void)[] = [];
  let window = { message: (_message: unknown): void => undefined, close: (): void => undefined };
  let guest: ChannelListener | undefined;
  const state = { paused: false, closed: false, backlogBytes: 0 };
  const port: CarrierPort = {
    post: (message) => void posted.push(message),
    listen: (listener) => {
      window = listener;
    },
    close: () => undefined,
  };
  const channel: ConsoleChannel = {
    listen: (listener) => {
      guest = listener;
    },
    pause: () => (state.paused = true),
    resume: () => (state.paused = false),
    get backlogBytes() {
      return state.backlogBytes;
    },
    write: (bytes, done) => {
      written.push(bytes);
      taken.push(done);
    },
    close: () => (state.closed = true),
  };
  return {
    port,
    channel,
    posted,
    written,
    taken,
    state,
    fromWindow: (message: unknown) => window.message(message),
    windowGone: () => window.close(),
    fromGuest: (bytes: Uint8Array) => guest?.data(bytes),
    guestGone: (error?: Error) => guest?.ended(error),
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('stops reading the guest while the window has not shown what came, and goes on when it has', async () => {
  const { port, channel, posted, state, fromGuest, fromWindow, windowGone } = ends();
  const carried = carry(port, () => Promise.resolve({ channel }));
  await turn();
  expect(posted).toEqual([{ type: 'open' }]);
  const half = new Uint8Array(consoleWindowBytes / 2 + 1);
  fromGuest(half);
  expect(state.paused).toBe(false);
  fromGuest(half);
  expect(state.paused).toBe(true);
  fromWindow(half.byteLength);
  expect(state.paused).toBe(true);
  fromWindow(half.byteLength);
  expect(state.paused).toBe(false);
  windowGone();
  await carried;
  expect(state.closed).toBe(true);
});

test('acknowledges the window’s bytes when the guest has taken them', async () => {
  const { port, channel, posted, written, taken, fromWindow, guestGone } = ends();
  const carried = carry(port, () => Promise.resolve({ channel }));
  await turn();
  fromWindow(new Uint8Array([1, 2, 3]).buffer);
  expect(written).toEqual([new Uint8Array([1, 2, 3])]);
  expect(posted).not.toContain(3);
  taken[0]?.();
  expect(posted).toContain(3);
  guestGone();
  await carried;
  expect(posted.at(-1)).toEqual({ type: 'closed' });
});

test.each([
  ['more than the guest takes', new ArrayBuffer(8)],
  ['what is no frame', 'text'],
])('ends a window that sends %s', async (_what, message) => {
  const { port, channel, posted, state, fromWindow } = ends();
  const carried = carry(port, () => Promise.resolve({ channel }));
  await turn();
  state.backlogBytes = 2 * consoleWindowBytes;
  fromWindow(message);
  await carried;
  expect(posted.at(-1)).toMatchObject({ type: 'closed', error: {} });
  expect(state.closed).toBe(true);
});

test('tells the window why the guest could not be reached', async () => {
  const { port, posted } = ends();
  const error = new VirError({ code: 'no-connect', domain: 'none', message: 'nobody there' });
  await carry(port, () => Promise.reject(error));
  expect(posted).toEqual([{ type: 'closed', error: error.data }]);
});
