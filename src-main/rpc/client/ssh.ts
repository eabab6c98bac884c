/** The system's `ssh`, with the user's own configuration and agent, to what listens on the other host. */
import { Duplex } from 'node:stream';
import { type PipedProcess, startPiped } from '../../host/process.ts';
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import { linkError } from './errors.ts';
import type { RemoteUri } from './remote-uri.ts';
import { socketNames, systemSocketFolder } from './socket-paths.ts';

/** How long ssh itself may take to reach the host. */
const connectTimeoutS = 15;

/** What ssh may use of the engine it belongs to. */
export interface SshSurroundings {
  /** Where connections to one host leave the socket by which they are one: only the first proves who the user is. */
  readonly controlFolder?: string;
  /** Makes ssh put its questions to the user; without it, nobody is there to answer, so none are asked. */
  readonly askpass?: Readonly<Record<string, string>>;
}

const keepMasterS = 30;
/** ssh gives a host up that has not answered for so long so often; without it, the one connection of all could hang. */
const aliveIntervalS = 5;
const aliveCount = 3;

/** Something that listens on the other host, as that host reaches it. */
export type SshTarget = { readonly path: string } | { readonly host: string; readonly port: number };

/** The argument vector that carries bytes to and from the other host's libvirt daemon, or another target there. */
export function sshCommand(
  uri: RemoteUri,
  { controlFolder, askpass }: SshSurroundings = {},
  target?: SshTarget,
): readonly string[] {
  const { parameters, host = '', port, user } = uri;
  const option = (name: string, value: string | undefined): string[] =>
    value === undefined ? [] : ['-o', `${name}=${value}`];
  return [
    parameters['command'] ?? 'ssh',
    '-T',
    '-e',
    'none',
    ...option('BatchMode', askpass === undefined ? 'yes' : undefined),
    ...option('ConnectTimeout', String(connectTimeoutS)),
    ...option('ServerAliveInterval', String(aliveIntervalS)),
    ...option('ServerAliveCountMax', String(aliveCount)),
    ...option('ControlMaster', controlFolder === undefined ? undefined : 'auto'),
    ...option('ControlPath', controlFolder === undefined ? undefined : `${controlFolder}/ssh-%C`),
    ...option('ControlPersist', controlFolder === undefined ? undefined : String(keepMasterS)),
    ...option('StrictHostKeyChecking', parameters['no_verify'] === '1' ? 'no' : undefined),
    ...option('UserKnownHostsFile', parameters['known_hosts']),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(parameters['keyfile'] === undefined ? [] : ['-i', parameters['keyfile']]),
    ...(target !== undefined && 'host' in target ? ['-W', `${bracketed(target.host)}:${target.port}`] : []),
    '--',
    host,
    ...(target !== undefined && 'host' in target ? [] : [`sh -c ${quote(remoteScript(uri, target?.path))}`]),
  ];
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** What the other host's shell runs: libvirt's own helper where it is installed, else netcat on the socket. */
function remoteScript({ parameters, driver, instance, localUri }: RemoteUri, path?: string): string {
  const proxy = parameters['proxy'] ?? 'auto';
  const socket = path ?? parameters['socket'];
  const helper = `exec virt-ssh-helper ${quote(localUri)}`;
  const netcat = `exec ${quote(parameters['netcat'] ?? 'nc')} -U`;
  const bySocket =
    socket === undefined
      ? [`d=${instance === 'session' ? '"${XDG_RUNTIME_DIR:-$HOME/.cache}/libvirt"' : systemSocketFolder}`]
          .concat(socketNames(driver).map((name) => `[ -S "$d/${name}" ] && ${netcat} "$d/${name}"`))
          .concat('echo "no libvirt daemon listens in $d" >&2; exit 1')
          .join('; ')
      : `${netcat} ${quote(socket)}`;
  if (proxy === 'native' && path === undefined) return helper;
  if (proxy === 'netcat' || socket !== undefined) return bySocket;
  return `if command -v virt-ssh-helper >/dev/null 2>&1; then ${helper}; fi; ${bySocket}`;
}

/** One word for a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** @throws VirError `no-connect` when ssh can't be started; what it says later ends the stream. */
export async function connectSsh(
  uri: RemoteUri,
  surroundings: SshSurroundings = {},
  target?: SshTarget,
): Promise<Duplex> {
  const { askpass } = surroundings;
  const process = await startPiped(
    sshCommand(uri, surroundings, target),
    askpass === undefined ? {} : { env: askpass },
  );
  return overPipes(process, uri.where);
}

/** What ends a connection that stood is told to ssh's master process, and by that to nobody. */
function brokenOff(where: string): VirError {
  const patienceS = aliveIntervalS * aliveCount;
  return linkError(
    say`The SSH connection to '${where}' broke off.`,
    say`Either it was ended there, or nothing was heard of the host for ${patienceS} s.`,
  );
}

/** ssh's own words tell a host that lets nobody in from one that is not there: trying that again does not help. */
function sshError(where: string, cause: string | undefined): VirError {
  const refused = /Permission denied|Host key verification failed|Too many authentication failures/.test(cause ?? '');
  if (!refused) return linkError(say`'${where}' can't be reached over SSH.`, cause);
  return new VirError({
    code: 'auth-failed',
    domain: 'auth',
    message: say`'${where}' can't be logged in to over SSH.`,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The pipes of a program as one stream, which fails with the program's last words. */
function overPipes({ stdin, stdout, ended, kill }: PipedProcess, where: string): Duplex {
  const link = new Duplex({
    read: () => void stdout.resume(),
    write: (chunk, _encoding, taken) => {
      // A pipe that broke has no reader, whose end follows and says why.
      stdin.write(chunk, (error) => {
        if (error === null || error === undefined) taken();
      });
    },
    final: (done) => void stdin.end(done),
    destroy: (error, done) => {
      kill();
      done(error);
    },
  });
  let stood = false;
  stdout.on('data', (chunk: Buffer) => {
    stood = true;
    if (!link.push(chunk)) stdout.pause();
  });
  stdin.on('error', () => undefined);
  ended
    .then((error) => {
      if (!link.destroyed) link.destroy(stood ? brokenOff(where) : sshError(where, error.data.cause));
    })
    .catch(() => undefined);
  return link;
}
