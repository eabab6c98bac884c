/**
 * Another host: a network namespace with a libvirtd and an sshd of its own, at the far end of a cable that can be cut.
 * Needs root; the near end of the cable is in the namespace of whoever runs the tests.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from '../../src-main/host/files.ts';
import { run } from '../../src-main/host/process.ts';
import { type PrivateLibvirtd, startPrivateLibvirtd } from './private-libvirtd.ts';
import { until } from './qemu-engine.ts';

export interface RemoteHost {
  readonly daemon: PrivateLibvirtd;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** A private key without a passphrase, which lets the user in as well. */
  readonly keyFile: string;
  /** `qemu+ssh://…/system`; where the host's key is kept is the caller's, since `ssh` goes by the account's own home. */
  uri(parameters: Readonly<Record<string, string>>, path?: string): string;
  /** Takes the cable out, or puts it in again. */
  setLink(state: 'up' | 'down'): Promise<void>;
  /** Whether packets from there are lost without a word, while the cable stays in. */
  setSilent(silent: boolean): Promise<void>;
  stop(): Promise<void>;
}

export interface RemoteHostOptions {
  /** Every packet waits so long each way, and one of a hundred is lost. */
  readonly slow?: { readonly delayMs: number; readonly lossPercent: number };
}

const port = 22;
const user = 'operator';
const password = 'correct horse';
const uid = 4321;
const prefix = 30;

/** Accounts of the namespace's own, one of which may log in with a password. */
const accounts = `
mkdir -p "$1/accounts"
for file in passwd shadow group; do cp -a "/etc/$file" "$1/accounts/$file"; done
cat "$1/accounts/passwd.more" >>"$1/accounts/passwd"
cat "$1/accounts/shadow.more" >>"$1/accounts/shadow"
cat "$1/accounts/group.more" >>"$1/accounts/group"
for file in passwd shadow group; do mount --bind "$1/accounts/$file" "/etc/$file"; done
mkdir -p /run/sshd "$1/home"
chown ${uid}:${uid} "$1/home"
chmod 755 "$1"
`;

let made = 0;

/** Addresses for documentation, another pair for each host and each process that makes them. */
function addresses(): { readonly near: string; readonly far: string; readonly name: string } {
  const block = ((process.pid + made * 31) % 63) * 4;
  made += 1;
  return { near: `203.0.113.${block + 1}`, far: `203.0.113.${block + 2}`, name: `vvc${process.pid % 100_000}x${made}` };
}

const networkOf = (far: string): string => `${far.replace(/\d+$/, (last) => String(Number(last) - 2))}/${prefix}`;

export async function startRemoteHost({ slow }: RemoteHostOptions = {}): Promise<RemoteHost> {
  const { near, far, name } = addresses();
  const hash = (await run(['openssl', 'passwd', '-6', password])).stdout.trim();
  const lines = `
cat >"$1/accounts/passwd.more" <<END
${user}:x:${uid}:${uid}::$1/home:/bin/sh
END
cat >"$1/accounts/group.more" <<'END'
${user}:x:${uid}:
END
cat >"$1/accounts/shadow.more" <<'END'
${user}:${hash}:19000:0:99999:7:::
END`;
  const daemon = await startPrivateLibvirtd({
    network: true,
    prepare: `mkdir -p "$1/accounts"\n${lines}\n${accounts}`,
  });
  const namespace = namespaceOf(daemon.holder);
  if (namespace === undefined || namespace === namespaceOf('self')) throw new Error('there is no namespace');
  const endings: (() => Promise<void>)[] = [
    async () => {
      await daemon.stop();
      endEverythingIn(namespace);
    },
  ];
  // While the cable is out, what is meant for the host goes nowhere, least of all to the world outside.
  const nowhere = ['unreachable', networkOf(far), 'metric', '4096'];
  await run(['ip', 'route', 'add', ...nowhere]);
  endings.push(async () => {
    await run(['ip', 'route', 'delete', ...nowhere]);
  });
  const stop = async (): Promise<void> => {
    for (const end of endings.reverse()) await end();
  };
  try {
    endings.push(await (slow === undefined ? plugCable : plugSlowCable)(daemon, { near, far, name }, slow));
    endings.push(await startSshd(daemon, far));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    daemon,
    address: far,
    port,
    user,
    password,
    keyFile: join(daemon.folder, 'sshd', 'user-key'),
    uri: (parameters, path = '/system') =>
      `qemu+ssh://${user}@${far}:${port}${path}?${new URLSearchParams(parameters).toString()}`,
    setLink: async (state) => {
      await run(['ip', 'link', 'set', name, state]);
    },
    setSilent: async (silent) => {
      const rules = silent
        ? 'add table inet silence; add chain inet silence out { type filter hook output priority 0; policy drop; }; add chain inet silence in { type filter hook input priority 0; policy drop; }'
        : 'delete table inet silence';
      await daemon.run(['nft', rules]);
    },
    stop,
  };
}

interface Cable {
  readonly near: string;
  readonly far: string;
  readonly name: string;
}

async function plugCable({ holder }: PrivateLibvirtd, { near, far, name }: Cable): Promise<() => Promise<void>> {
  const inside = ['nsenter', '-t', String(holder), '-n', 'ip'];
  await run(['ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(holder)]);
  await run(['ip', 'address', 'add', `${near}/${prefix}`, 'dev', name]);
  await run(['ip', 'link', 'set', name, 'up']);
  await run([...inside, 'address', 'add', `${far}/${prefix}`, 'dev', 'eth0']);
  await run([...inside, 'link', 'set', 'eth0', 'up']);
  // It is gone with the namespace; not before a guest that holds on to it is, though.
  return async () => {
    await run(['ip', 'link', 'delete', name], { acceptCodes: [0, 1] });
  };
}

/** A cable of our own making: kernels without the emulator of networks (`sch_netem`) have no slow one. */
async function plugSlowCable(
  daemon: PrivateLibvirtd,
  { near, far, name }: Cable,
  slow: RemoteHostOptions['slow'],
): Promise<() => Promise<void>> {
  const script = join(import.meta.dirname, 'slow-cable.py');
  const { delayMs = 0, lossPercent = 0 } = slow ?? {};
  const words = [daemon.holder, name, `${near}/${prefix}`, `${far}/${prefix}`, delayMs, lossPercent].map(String);
  const cable = spawn('/usr/bin/python3', [script, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => cable.once('exit', () => resolve()));
  let said = '';
  cable.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
  await until('the slow cable is plugged in', () => said.includes('ready'));
  return async () => {
    cable.kill('SIGKILL');
    await ended;
  };
}

async function startSshd(daemon: PrivateLibvirtd, address: string): Promise<() => Promise<void>> {
  const folder = join(daemon.folder, 'sshd');
  mkdirSync(folder, { mode: 0o755 });
  const at = (name: string): string => join(folder, name);
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', at('host-key')]);
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', at('user-key')]);
  const settings = {
    Port: port,
    AuthorizedKeysFile: at('user-key.pub'),
    ListenAddress: address,
    HostKey: at('host-key'),
    PidFile: at('pid'),
    PasswordAuthentication: 'yes',
    KbdInteractiveAuthentication: 'no',
    UsePAM: 'no',
    UseDNS: 'no',
    StrictModes: 'no',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  writeFileSync(at('configuration'), lines.join(''));
  const words = ['/usr/sbin/sshd', '-D', '-f', at('configuration'), '-E', at('log')];
  const namespace = ['nsenter', '-t', String(daemon.holder), '-m', '-n', '--'];
  const server = spawn(namespace[0] ?? '', [...namespace.slice(1), ...words], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  await until('sshd listens', () => (readIfThere(at('log')) ?? '').includes('Server listening'));
  return async () => {
    server.kill();
    await ended;
  };
}

/** Which network namespace a process is in; undefined when it has ended. */
export function namespaceOf(pid: number | string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

/** Sessions of users and servers of virtual networks, which would hold on to the namespace. */
export function endEverythingIn(namespace: string): void {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  for (const pid of pids.filter((each) => namespaceOf(each) === namespace)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}
