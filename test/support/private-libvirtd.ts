/**
 * A real libvirtd to compare with: in a mount namespace of its own, with its own /etc/libvirt, /var/lib/libvirt, caches,
 * /run/libvirt and /dev, so that it neither sees nor disturbs a daemon of the host. Needs root.
 *
 * Its /dev has no kvm: libvirt 9.0 probes QEMU anew at every call when it can't use the node. Orphans are reaped at
 * once: libvirt polls for the end of processes, which would otherwise be as slow as the init above.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, appendFileSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../src-main/host/process.ts';

export interface PrivateLibvirtdOptions {
  /** In a network namespace of its own as well: its virtual networks are its own, and it is reached by a cable. */
  readonly network?: boolean;
  /** How whoever connects to its socket proves who they are; nobody has to unless told. */
  readonly authentication?: 'none' | 'polkit';
  /** Lines of its configuration, which count more than all others. */
  readonly settings?: readonly string[];
  /** Its command line besides the usual. */
  readonly words?: readonly string[];
  /** Shell commands for the namespace before any daemon starts; `$1` is the folder. */
  readonly prepare?: string;
}

export interface PrivateLibvirtd {
  /** Folder of its state; removed by `stop`. */
  readonly folder: string;
  /** A process that has the namespaces as long as they live. */
  readonly holder: number;
  /** Runs a command in the daemon's namespace; its standard output. */
  run(argv: readonly string[], options?: { readonly input?: string; readonly timeoutMs?: number }): Promise<string>;
  /** The daemon's process id. */
  pid(): Promise<number>;
  /** Ends the daemon alone; guests go on. */
  endDaemon(): Promise<void>;
  /** Starts it again; returns at once. */
  startDaemon(): void;
  stop(): Promise<void>;
}

const startTimeoutMs = 30_000;

const reaper = `
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
child = os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda n, _: os.kill(child, n))
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
`;

/** Mounts, then waits: the namespace lives as long as this shell; daemons are started in it with nsenter. */
const namespaceScript = `
set -e
mount --bind "$1/etc" /etc/libvirt
mount --bind "$1/lib" /var/lib/libvirt
mount --bind "$1/log" /var/log/libvirt
mkdir -p /run/libvirt /var/cache/libvirt
mount --bind "$1/cache" /var/cache/libvirt
mount -t tmpfs tmpfs /run/libvirt
mount -t tmpfs -o mode=755 tmpfs "$1/dev"
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/ptmx "$1/dev/"
mkdir "$1/dev/net" "$1/dev/pts" "$1/dev/shm"
if [ -e /dev/net/tun ]; then cp -a /dev/net/tun "$1/dev/net/"; fi
ln -s /proc/self/fd "$1/dev/fd"
mount --bind /dev/pts "$1/dev/pts"
mount --bind /dev/shm "$1/dev/shm"
mount --rbind "$1/dev" /dev
if [ -n "$2" ]; then
  # What /sys shows of the network is of the namespace it was mounted in; what it shows of cgroups is not.
  mkdir "$1/cgroup"
  mount --rbind /sys/fs/cgroup "$1/cgroup"
  mount -t sysfs sysfs /sys
  mount --move "$1/cgroup" /sys/fs/cgroup
  ip link set lo up
fi
eval "$3"
echo ready
exec /usr/bin/python3 "$1/reaper.py" sleep infinity
`;

export async function startPrivateLibvirtd(options: PrivateLibvirtdOptions = {}): Promise<PrivateLibvirtd> {
  const { network = false, authentication = 'none', prepare = '', settings = [], words = [] } = options;
  const folder = mkdtempSync(join(tmpdir(), 'libvirtd-'));
  for (const name of ['etc', 'lib', 'log/qemu', 'cache', 'dev']) mkdirSync(join(folder, name), { recursive: true });
  cpSync('/etc/libvirt', join(folder, 'etc'), { recursive: true });
  // QEMU in our namespace: /dev is private already.
  appendFileSync(join(folder, 'etc/qemu.conf'), '\nnamespaces = []\n');
  appendFileSync(
    join(folder, 'etc/libvirtd.conf'),
    `\nauth_unix_rw = "${authentication}"\nauth_unix_ro = "none"\nunix_sock_rw_perms = "0777"\n${settings.join('\n')}\n`,
  );
  writeFileSync(join(folder, 'reaper.py'), reaper);
  const log = openSync(join(folder, 'namespace.log'), 'a');
  const namespace = spawn(
    'unshare',
    [
      '-m',
      ...(network ? ['-n'] : []),
      '--propagation',
      'private',
      ...['bash', '-c', namespaceScript, 'bash', folder, network ? 'network' : '', prepare],
    ],
    {
      stdio: ['ignore', log, log],
      detached: true,
    },
  );
  const holder = namespace.pid;
  if (holder === undefined) throw new Error('the namespace of libvirtd could not be made');
  const enter = (argv: readonly string[]): string[] => [
    ...['nsenter', '-t', String(holder), '-m', ...(network ? ['-n'] : []), '--'],
    ...argv,
  ];
  const inside: PrivateLibvirtd['run'] = async (argv, { input, timeoutMs = 60_000 } = {}) => {
    const { stdout } = await run(enter(argv), { timeoutMs, ...(input === undefined ? {} : { input }) });
    return stdout;
  };
  const daemonPid = async (): Promise<number> => Number((await inside(['cat', '/run/libvirt/libvirtd.pid'])).trim());
  const startDaemon = (): void => {
    const argv = enter([
      '/usr/bin/python3',
      join(folder, 'reaper.py'),
      '/usr/sbin/libvirtd',
      '-p',
      '/run/libvirt/libvirtd.pid',
      ...words,
    ]);
    spawn(argv[0] ?? '', argv.slice(1), { stdio: ['ignore', log, log], detached: true }).unref();
  };
  const endDaemon = async (): Promise<void> => {
    const pid = await daemonPid();
    process.kill(pid, 'SIGTERM');
    for (let tries = 0; tries < 500 && isRunning(pid); tries += 1) await delay(10);
  };
  const stop = async (): Promise<void> => {
    await killGuests(inside);
    for (const name of ['libvirtd', 'virtlogd']) {
      try {
        process.kill(Number((await inside(['cat', `/run/libvirt/${name}.pid`])).trim()), 'SIGTERM');
      } catch {
        // It had ended already.
      }
    }
    process.kill(-holder, 'SIGTERM');
    await delay(200);
    if (isRunning(holder)) process.kill(-holder, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    await until(() => readFileSync(join(folder, 'namespace.log'), 'utf8').includes('ready'));
    await inside(['/usr/sbin/virtlogd', '-d', '-p', '/run/libvirt/virtlogd.pid']);
    startDaemon();
    await until(async () => {
      try {
        await inside(['virsh', '-c', 'qemu:///system', 'version']);
        return true;
      } catch {
        return false;
      }
    });
  } catch (error) {
    const said = readFileSync(join(folder, 'namespace.log'), 'utf8');
    await stop();
    throw new Error(`the private libvirtd did not start: ${said.slice(-2000)}`, { cause: error });
  }
  return { folder, holder, run: inside, pid: daemonPid, endDaemon, startDaemon, stop };
}

/** What still runs would outlive the namespace. */
async function killGuests(inside: PrivateLibvirtd['run']): Promise<void> {
  const list = await inside([
    '/bin/sh',
    '-c',
    'for file in /run/libvirt/qemu/*.pid; do [ -e "$file" ] && cat "$file" && echo; done; true',
  ]);
  for (const pid of list
    .split('\n')
    .map(Number)
    .filter((number) => number > 0)) {
    if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + startTimeoutMs; Date.now() < deadline; ) {
    if (await condition()) return;
    await delay(50);
  }
  throw new Error('it took too long');
}
