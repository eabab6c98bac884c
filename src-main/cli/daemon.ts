/** `daemon`: the engine without a window. */
import { setFlagsFromString } from 'node:v8';
import type { HostedEngine } from '../compose.ts';
import { QuietMemory } from '../host/quiet-memory.ts';
import type { TlsListenOptions, TlsServer } from '../rpc/server/serve-tls.ts';
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
    { name: 'pki', value: 'FOLDER', help: 'where cacert.pem, servercert.pem and serverkey.pem are' },
    { name: 'tls-allow', value: 'NAME', help: 'only certificates of this name, as C=GB,O=Vivarium,CN=*' },
  ],
  needs: 'nothing',
  async run(output, invocation) {
    const text = valueOf(invocation, 'timeout');
    const timeoutS = text === undefined ? undefined : Number(text);
    if (timeoutS !== undefined && !(timeoutS > 0)) throw usageError(`'${text ?? ''}' is not a number of seconds`);
    const tls = tlsOptions(invocation);
    if (tls !== undefined && timeoutS !== undefined) throw usageError('--timeout and --listen-tls exclude each other');
    // What is new is collected where it is: room for it that grew with a burst of calls would stay, 30 MB of it.
    setFlagsFromString('--semi-space-growth-factor=1');
    // Most commands never need the engine's code; only this one loads it.
    const { hostEngine } = await import('../compose.ts');
    const [, cliPath] = process.argv;
    const hosted = await hostEngine(cliPath === undefined ? {} : { cliPath });
    const door = tls === undefined ? undefined : await listenTls(tls, hosted);
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
    await door?.close();
    await hosted.close();
    return 0;
  },
};

const tlsPort = 16_514;

function tlsOptions(invocation: Invocation): TlsListenOptions | undefined {
  const address = valueOf(invocation, 'listen-tls');
  const pki = valueOf(invocation, 'pki');
  const allowed = valueOf(invocation, 'tls-allow');
  if (address === undefined) {
    if (pki === undefined && allowed === undefined) return undefined;
    throw usageError('--pki and --tls-allow say how --listen-tls listens');
  }
  const parts = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(address);
  const host = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3] ?? tlsPort);
  if (host === undefined || port > 65_535) throw usageError(`'${address}' is not an address to listen on`);
  return {
    host,
    port,
    ...(pki === undefined ? {} : { pki }),
    ...(allowed === undefined ? {} : { allowedNames: [allowed] }),
  };
}

async function listenTls(options: TlsListenOptions, hosted: HostedEngine): Promise<TlsServer> {
  try {
    const { serveLibvirtTls } = await import('../rpc/server/serve-tls.ts');
    return await serveLibvirtTls(options, hosted.engine);
  } catch (thrown) {
    await hosted.close();
    throw thrown;
  }
}
