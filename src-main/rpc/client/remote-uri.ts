/** What the parts of a remote connection URI mean (https://libvirt.org/uri.html). */
import { VirError } from '../../../src-shared/errors.ts';
import type { ConnectUri } from '../../../src-shared/uri.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';

export const transports = ['unix', 'ssh', 'tls', 'tcp'] as const;
export type Transport = (typeof transports)[number];

export interface RemoteUri {
  readonly transport: Transport;
  /** What the server opens: the URI as it is there. */
  readonly localUri: string;
  /** `host`, for people. */
  readonly where: string;
  readonly driver: string;
  /** The last part of the path: `system`, `session` … */
  readonly instance: string;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Parameters that are about reaching the server; all others are the driver's. */
const own: ReadonlySet<string> = new Set([
  'name',
  'auth',
  'authfile',
  'socket',
  'mode',
  'command',
  'netcat',
  'keyfile',
  'no_verify',
  'no_tty',
  'pkipath',
  'known_hosts',
  'known_hosts_verify',
  'proxy',
  'sshauth',
  'tls_priority',
]);

/** @throws VirError for a transport that does not exist, or one that needs a host and has none. */
export function readRemoteUri(uri: ConnectUri): RemoteUri {
  const wanted = uri.transport ?? (uri.host === undefined ? 'unix' : 'tls');
  const transport = transports.find(
    (known) => known === (wanted === 'libssh' || wanted === 'libssh2' ? 'ssh' : wanted),
  );
  if (transport === undefined) {
    throw invalid(uri, say`There is no transport '${wanted}'.`, say`Use one of ${transports.join(', ')}.`);
  }
  if (transport !== 'unix' && uri.host === undefined) {
    throw invalid(uri, say`It names no host.`, say`Write ${uri.driver}+${transport}://host${uri.path}.`);
  }
  const passedOn = Object.entries(uri.parameters).filter(([name]) => !own.has(name));
  const query = passedOn.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  const localUri = uri.parameters['name'] ?? `${uri.driver}://${uri.path}${query === '' ? '' : `?${query}`}`;
  return {
    transport,
    localUri,
    where: uri.host ?? uri.parameters['socket'] ?? 'this host',
    driver: uri.driver,
    instance: uri.path.slice(1),
    host: uri.host,
    port: uri.port,
    user: uri.user,
    parameters: uri.parameters,
  };
}

function invalid(uri: ConnectUri, cause: Sentence, fix: Sentence): VirError {
  return new VirError({ code: 'invalid-arg', domain: 'uri', message: say`'${uri.text}' can't be used.`, cause, fix });
}
