/** A real sshd of the test's own on a loopback port, which lets this user in by one key with a passphrase. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { readIfThere } from '../../src-main/host/files.ts';
import { run } from '../../src-main/host/process.ts';
import { until } from './qemu-engine.ts';

export interface SshServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The client's private key. */
  readonly keyFile: string;
  readonly passphrase: string;
  /** Empty at first: the host is not known yet. */
  readonly knownHosts: string;
  stop(): Promise<void>;
}

const host = '127.0.0.1';

export async function startSshServer(): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), 'sshd-'));
  const at = (name: string): string => join(folder, name);
  const passphrase = 'open sesame';
  const makeKey = async (name: string, secret: string): Promise<void> => {
    await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', secret, '-f', at(name)]);
  };
  await makeKey('host-key', '');
  await makeKey('key', passphrase);
  writeFileSync(at('authorized'), readFileSync(at('key.pub')));
  writeFileSync(at('known-hosts'), '');
  const port = await freePort();
  const configuration = {
    Port: port,
    ListenAddress: host,
    HostKey: at('host-key'),
    AuthorizedKeysFile: at('authorized'),
    PidFile: at('pid'),
    PasswordAuthentication: 'no',
    PermitRootLogin: 'prohibit-password',
    UsePAM: 'no',
    StrictModes: 'no',
  };
  writeFileSync(
    at('configuration'),
    Object.entries(configuration)
      .map(([name, value]) => `${name} ${value}\n`)
      .join(''),
  );
  const server = spawn('/usr/sbin/sshd', ['-D', '-f', at('configuration'), '-E', at('log')], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  await until('sshd listens', () => (readIfThere(at('log')) ?? '').includes('Server listening'));
  return {
    host,
    port,
    user: userInfo().username,
    keyFile: at('key'),
    passphrase,
    knownHosts: at('known-hosts'),
    async stop() {
      server.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
