/** Reaches a server, whatever its transport, and speaks the protocol with it until a connection is open there. */
import { connect as connectSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import { linkError } from './errors.ts';
import type { RemoteUri } from './remote-uri.ts';
import { RpcClient } from './rpc-client.ts';
import { type AskUser, proveBySasl } from './sasl.ts';
import { findSocket } from './socket-paths.ts';
import { connectSsh, type SshSurroundings } from './ssh.ts';
import { connectTls } from './tls.ts';

const connectTimeoutMs = 20_000;
const defaultTcpPort = 16509;

/** A user who is asked for a password may take a while. */
const askedTimeoutMs = 5 * 60_000;

/** `VIR_DRV_FEATURE_PROGRAM_KEEPALIVE`. */
const keepaliveFeature = 10;
/** `VIR_DRV_FEATURE_REMOTE_EVENT_CALLBACK`. */
const eventCallbackFeature = 14;

export interface ReachOptions extends SshSurroundings {
  /** The user may be asked something on the way, and takes the time. */
  readonly isAsked?: boolean;
  /** Asks for a name and a password, when the server wants them. */
  readonly ask?: AskUser;
}

export interface OpenedServer {
  readonly client: RpcClient;
  /** Events can be registered with a callback id. */
  readonly eventCallbacks: boolean;
  readonly type: string;
  readonly hostname: string;
}

/** @throws VirError `no-connect`, `auth-failed`, or what the server says against opening the URI. */
export async function connectServer(uri: RemoteUri, ssh: ReachOptions = {}): Promise<OpenedServer> {
  const link = await reach(uri, ssh);
  const client = new RpcClient(link, uri.where);
  try {
    await authenticate(client, uri, ssh);
    const flags = uri.parameters['mode'] === 'ro' ? 1 : 0;
    const [keepalive] = await Promise.all([
      // The only feature that can be asked for before a connection is open there.
      supports(client, keepaliveFeature),
      client.call('connectOpen', { name: uri.localUri, flags }, { timeoutMs: connectTimeoutMs }),
    ]);
    if (keepalive) client.startKeepalive();
    const [eventCallbacks, { type }, { hostname }] = await Promise.all([
      supports(client, eventCallbackFeature),
      client.call('connectGetType', {}),
      client.call('connectGetHostname', {}),
    ]);
    return { client, eventCallbacks, type, hostname };
  } catch (error) {
    client.close();
    throw error;
  }
}

async function supports(client: RpcClient, feature: number): Promise<boolean> {
  return (await client.call('connectSupportsFeature', { feature }, { timeoutMs: connectTimeoutMs })).supported;
}

/** No proof is needed, or a password is, or the system's own dialogue gives it. */
async function authenticate(client: RpcClient, uri: RemoteUri, { isAsked, ask }: ReachOptions): Promise<void> {
  const { where } = uri;
  const timeoutMs = isAsked === true ? askedTimeoutMs : connectTimeoutMs;
  const { types } = await client.call('authList', {}, { timeoutMs });
  // `auth=sasl.MECHANISM` chooses among what there is.
  const [wanted, mechanism] = (uri.parameters['auth'] ?? '').split('.');
  if (types.length === 0 || types.includes('none')) return;
  if (types.includes('sasl') && wanted !== 'polkit') {
    await proveBySasl({ client, uri, wanted: mechanism, ask, timeoutMs: connectTimeoutMs });
    return;
  }
  if (types.includes('polkit')) {
    // The user may be asked for a password and take a while.
    try {
      await client.call('authPolkit', {}, { timeoutMs: 120_000 });
    } catch (error) {
      throw polkitError(error, where);
    }
    return;
  }
  throw new VirError({
    code: 'auth-failed',
    domain: 'auth',
    message: say`'${where}' wants a proof of who you are that Vivarium can't give.`,
    cause: say`It accepts ${types.join(', ')} only.`,
    fix: say`Connect over SSH, or let the server accept certificates.`,
  });
}

/** What polkit has against it, with what can be done about that. */
function polkitError(error: unknown, where: string): unknown {
  if (!(error instanceof VirError) || !error.code.startsWith('auth-')) return error;
  const { message: cause } = error.data;
  const fix =
    'Ask its administrator to let you manage its machines: on most systems, by making you one of the group libvirt.';
  return new VirError({
    code: 'auth-failed',
    domain: 'polkit',
    message: say`'${where}' does not let you in.`,
    cause,
    fix,
  });
}

async function reach(uri: RemoteUri, ssh: SshSurroundings): Promise<Duplex> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), connectTimeoutMs);
  try {
    return await reachBy(uri, ssh, controller.signal);
  } catch (error) {
    if (controller.signal.aborted)
      throw linkError(say`'${uri.where}' did not answer within ${connectTimeoutMs / 1000} s.`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function reachBy(uri: RemoteUri, ssh: SshSurroundings, signal: AbortSignal): Promise<Duplex> {
  switch (uri.transport) {
    case 'unix': {
      const path = uri.parameters['socket'] ?? (await findSocket(uri.driver, uri.instance));
      return await connected({ path }, path, signal);
    }
    case 'tcp':
      return await connected({ host: uri.host ?? '', port: uri.port ?? defaultTcpPort }, uri.where, signal);
    case 'tls':
      return await connectTls(uri, signal);
    case 'ssh':
      return await connectSsh(uri, ssh);
  }
}

function connected(
  to: { readonly path: string } | { readonly host: string; readonly port: number },
  where: string,
  signal: AbortSignal,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ ...to });
    const give = (error: Error): void => {
      socket.destroy();
      reject(linkError(say`'${where}' can't be reached.`, say`${error.message}.`));
    };
    socket.once('error', give);
    signal.addEventListener('abort', () => socket.destroy(new Error('it took too long')), { once: true });
    socket.once('connect', () => {
      socket.off('error', give);
      resolve(socket);
    });
  });
}
