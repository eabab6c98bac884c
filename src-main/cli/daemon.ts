/** `daemon`: the engine without a window. */
import type { HostedEngine } from '../compose.ts';
import { QuietMemory } from '../host/quiet-memory.ts';
import { setFlag } from '../host/v8-flags.ts';
import type { TcpDoor, TlsDoor } from '../../src-shared/contract/libvirt-clients.ts';
import { type Invocation, type PlainCommand, valueOf } from './command.ts';
import { usageError } from './parse.ts';

export const daemonCommand: PlainCommand = {
  name: 'daemon',
  group: 'Tools',
  summary: 'run the engine without a window, in the foreground',
  description: 'SIGTERM or Ctrl+C ends it; machines go on running, and the next engine takes them over.',
  options: [
    { name: 'timeout', value: 'SECONDS', help: 'end after so long without clients and running machines' },
    {
      name: 'listen-tls',
      value: 'ADDRESS[:PORT]',
      help: "let libvirt's clients on other hosts in, by certificates (port 16514)",
    },
    {
      name: 'listen-tcp',
      value: 'ADDRESS[:PORT]',
      help: "let libvirt's clients of this host in over TCP on 127.0.0.1 or ::1, by passwords (port 16509)",
    },
    { name: 'sasl', help: 'who comes over TLS has to prove a password besides (see client-password)' },
    { name: 'pki', value: 'FOLDER', help: 'where cacert.pem, servercert.pem and serverkey.pem are' },
    { name: 'tls-allow', value: 'NAME', help: 'only certificates of this name, as C=GB,O=Vivarium,CN=*' },
  ],
  needs: 'nothing',
  async run(output, invocation) {
    const text = valueOf(invocation, 'timeout');
    const timeoutS = text === undefined ? undefined : Number(text);
    if (timeoutS !== undefined && !(timeoutS > 0)) throw usageError(`'${text ?? ''}' is not a number of seconds`);
    const tls = tlsOptions(invocation);
    const tcp = tcpOptions(invocation);
    if ((tls ?? tcp) !== undefined && timeoutS !== undefined) {
      throw usageError('--timeout excludes --listen-tls and --listen-tcp');
    }
    // What is new is collected where it is: room for it that grew with a burst of calls would stay, 30 MB of it.
    setFlag({ set: '--semi-space-growth-factor=1', unset: '--semi-space-growth-factor=2' });
    // Most commands never need the engine's code; only this one loads it.
    const { hostEngine } = await import('../compose.ts');
    const [, cliPath] = process.argv;
    const hosted = await hostEngine(cliPath === undefined ? {} : { cliPath });
    await openDoors(hosted, tls, tcp);
    output.print(
      output.json
        ? `${JSON.stringify({ socket: hosted.socketPath, pid: process.pid })}\n`
        : `The engine listens on ${hosted.socketPath}\n`,
    );
    new QuietMemory().watch();
    await new Promise<void>((resolve) => {
      process.once('SIGTERM', resolve);
      process.once('SIGINT', resolve);
      if (timeoutS !== undefined) hosted.onIdle(timeoutS * 1000, resolve);
    });
    await hosted.close();
    return 0;
  },
};

const tlsPort = 16_514;
const tcpPort = 16_509;

function tlsOptions(invocation: Invocation): Omit<TlsDoor, 'on'> | undefined {
  const text = valueOf(invocation, 'listen-tls');
  const pki = valueOf(invocation, 'pki');
  const allowed = valueOf(invocation, 'tls-allow');
  const passwords = invocation.options['sasl'] === true;
  if (text === undefined) {
    if (pki === undefined && allowed === undefined && !passwords) return undefined;
    throw usageError('--pki, --tls-allow and --sasl say how --listen-tls listens');
  }
  const allowedNames = allowed === undefined ? [] : [allowed];
  return { ...listenAddress(text, tlsPort), pki: pki ?? '', passwords, allowedNames };
}

function tcpOptions(invocation: Invocation): Omit<TcpDoor, 'on'> | undefined {
  const text = valueOf(invocation, 'listen-tcp');
  return text === undefined ? undefined : listenAddress(text, tcpPort);
}

/** `192.0.2.1`, `192.0.2.1:16514`, `[2001:db8::1]:16514` */
function listenAddress(text: string, usualPort: number): { readonly address: string; readonly port: number } {
  const parts = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text);
  const address = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3] ?? usualPort);
  if (address === undefined || port > 65_535) throw usageError(`'${text}' is not an address to listen on`);
  return { address, port };
}

async function openDoors(
  hosted: HostedEngine,
  tls: Omit<TlsDoor, 'on'> | undefined,
  tcp: Omit<TcpDoor, 'on'> | undefined,
): Promise<void> {
  try {
    if (tls !== undefined) await hosted.libvirtDoors.openTls(tls);
    if (tcp !== undefined) await hosted.libvirtDoors.openTcp(tcp);
  } catch (thrown) {
    await hosted.close();
    throw thrown;
  }
}
