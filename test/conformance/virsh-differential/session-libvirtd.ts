/** An unprivileged libvirtd, as `qemu:///session` is: a user's own, in the private namespace that has no /dev/kvm. */
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../../src-main/host/process.ts';
import { type PrivateLibvirtd, startPrivateLibvirtd } from '../../support/private-libvirtd.ts';
import type { Side } from './side.ts';

export interface SessionLibvirtd extends Side {
  stop(): Promise<void>;
}

/** `nobody`: it owns nothing else. */
const user = 65_534;
const startTimeoutMs = 30_000;
const livesMs = 20 * 60_000;

export async function startSessionLibvirtd(): Promise<SessionLibvirtd> {
  const namespace: PrivateLibvirtd = await startPrivateLibvirtd();
  const home = join(namespace.folder, 'session');
  const folder = join(home, 'files');
  for (const name of ['', 'run', 'config/libvirt', 'files']) mkdirSync(join(home, name), { recursive: true });
  // Without virtlogd, which would outlive it.
  writeFileSync(join(home, 'config/libvirt/qemu.conf'), 'stdio_handler = "file"\n');
  chmodSync(namespace.folder, 0o755);
  await run(['chown', '-R', `${user}:${user}`, home]);
  chmodSync(join(home, 'run'), 0o700);
  chownSync(folder, user, user);
  const environment = [
    `HOME=${home}`,
    `XDG_RUNTIME_DIR=${join(home, 'run')}`,
    `XDG_CONFIG_HOME=${join(home, 'config')}`,
    `XDG_CACHE_HOME=${join(home, 'cache')}`,
    `XDG_DATA_HOME=${join(home, 'data')}`,
  ];
  const ended = namespace.run(
    [
      '/usr/bin/python3',
      join(namespace.folder, 'reaper.py'),
      '/usr/bin/env',
      '-u',
      'LIBVIRT_DEBUG',
      ...environment,
      '/usr/bin/setpriv',
      `--reuid=${user}`,
      `--regid=${user}`,
      '--clear-groups',
      '/usr/sbin/libvirtd',
    ],
    { timeoutMs: livesMs },
  );
  // It is ended by a signal.
  ended.catch(() => undefined);
  const socket = join(home, 'run/libvirt/libvirt-sock');
  for (const deadline = Date.now() + startTimeoutMs; !existsSync(socket) && Date.now() < deadline; ) await delay(50);
  return {
    folder,
    uri: `qemu+unix:///session?socket=${socket}`,
    async stop() {
      for (const name of ['web', 'plain', 'once', 'linux'])
        killGuest(join(home, 'run/libvirt/qemu/run', `${name}.pid`));
      const pid = Number(readFileSync(join(home, 'run/libvirt/libvirtd.pid'), 'utf8'));
      process.kill(pid, 'SIGTERM');
      await ended.catch(() => undefined);
      await namespace.stop();
    },
  };
}

function killGuest(pidFile: string): void {
  if (!existsSync(pidFile)) return;
  process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
}
