/** Opens a console's connections for a window, and never takes a console from another viewer unasked. */
import type { ConsoleRequest } from '../../src-shared/contract/bridge.ts';
import { type ErrorData, VirError } from '../../src-shared/errors.ts';
import { say } from '../../src-shared/words.ts';
import type { Opened } from './carry.ts';
import { type ConsoleChannel, socketChannel } from './channel.ts';

/** Where a console's bytes are to be had: the contract's `domains.open-console`. */
export interface ConsolePlace {
  readonly socketPath: string;
  readonly password?: string;
}

export type FindConsole = (request: Omit<ConsoleRequest, 'channel'>) => Promise<ConsolePlace>;
export type OpenConsole = (request: ConsoleRequest, signal: AbortSignal) => Promise<Opened>;

const titles = { vnc: 'VNC', spice: 'SPICE', serial: 'serial', console: 'text' } as const;

/**
 * SPICE opens one connection a channel to the same place, and a second session on it ends the first: the windows of
 * this application are told apart here, other viewers by who is asked with `find`.
 */
export function consoleOpener(find: FindConsole): OpenConsole {
  const sessions = new Map<string, { readonly place: ConsolePlace }>();
  return async ({ channel, ...request }, signal) => {
    const { uri, uuid, kind, alias, force } = request;
    const name = `The ${titles[kind]} console`;
    const key = `${uri} ${uuid} ${alias}`;
    const session = sessions.get(key);
    if (kind === 'spice' && channel === 'further') {
      if (session === undefined) throw ended(name);
      return opened(await socketChannel(session.place.socketPath, name, signal), session.place);
    }
    if (kind === 'spice' && session !== undefined && !force) throw busy(name);
    const place = await find(request).catch((error: unknown) => {
      throw isHeldElsewhere(error) ? busy(name, error.data) : error;
    });
    const connected = await socketChannel(place.socketPath, name, signal);
    if (kind !== 'spice') return opened(connected, place);
    const own = { place };
    sessions.set(key, own);
    return opened(
      whenClosed(connected, () => {
        if (sessions.get(key) === own) sessions.delete(key);
      }),
      place,
    );
  };
}

const opened = (channel: ConsoleChannel, { password }: ConsolePlace): Opened => ({
  channel,
  ...(password === undefined ? {} : { password }),
});

/** The channel, with something to do when either side has ended it. */
function whenClosed(channel: ConsoleChannel, act: () => void): ConsoleChannel {
  return {
    listen: (listener) =>
      channel.listen({
        data: (bytes) => listener.data(bytes),
        ended(error) {
          act();
          listener.ended(error);
        },
      }),
    pause: () => channel.pause(),
    resume: () => channel.resume(),
    get backlogBytes() {
      return channel.backlogBytes;
    },
    write: (bytes, taken) => channel.write(bytes, taken),
    close() {
      act();
      channel.close();
    },
  };
}

/** libvirt's words for a serial console that has its one holder already; it has no code of its own for it. */
const isHeldElsewhere = (error: unknown): error is VirError =>
  error instanceof VirError &&
  (error.code === 'resource-busy' || error.data.message.includes('Active console session exists'));

const busy = (name: string, known?: ErrorData): VirError =>
  new VirError({
    code: 'resource-busy',
    domain: 'none',
    message: say`${name} is in use.`,
    cause: known?.message ?? say`Another window shows it, and would be disconnected.`,
    fix: say`Take it over, or close the other window first.`,
  });

const ended = (name: string): VirError =>
  new VirError({ code: 'no-connect', domain: 'none', message: say`${name} was closed.` });
