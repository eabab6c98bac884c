/**
 * What the SPICE client takes for the browser's WebSocket: the build puts this in its place, in its modules alone.
 *
 * It opens one connection a channel and knows nothing but a URL, so a session is registered under a URL of its own.
 */
import type { ConsoleRequest } from '../../../../../src-shared/contract/bridge.ts';
import { ConsoleSocket, type ConsoleSocketObserver } from '../../transport/console-socket.ts';

type Session = Omit<ConsoleRequest, 'kind' | 'channel'> & { readonly observer: ConsoleSocketObserver };

const sessions = new Map<string, { readonly session: Session; readonly sockets: SpiceSocket[] }>();
let next = 0;

/** A URL under which the client's connections are this session's; `end` closes those it forgot. */
export function registerSession(session: Session): { readonly url: string; end(): void } {
  const url = `console:${next++}`;
  const sockets: SpiceSocket[] = [];
  sessions.set(url, { session, sockets });
  return {
    url,
    end() {
      sessions.delete(url);
      for (const socket of sockets) socket.close();
    },
  };
}

export class SpiceSocket extends ConsoleSocket {
  readonly url: string;

  constructor(url: string) {
    const entry = sessions.get(url);
    if (entry === undefined) throw new Error(`There is no console session ${url}.`);
    const first = entry.sockets.length === 0;
    const { observer, ...place } = entry.session;
    super({ ...place, kind: 'spice', channel: first ? 'main' : 'further' }, first ? observer : {});
    this.url = url;
    entry.sockets.push(this);
  }
}
