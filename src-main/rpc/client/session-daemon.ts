/** A user's own libvirt daemon runs only while somebody uses it: whoever comes first starts it, as libvirt's clients do. */
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../host/process.ts';

/** It ends by itself so long after its last client, when no machine runs. */
const idleS = 120;
const startTimeoutMs = 20_000;
const folders = ['/usr/sbin', '/usr/local/sbin', '/usr/bin'];

/** The program of the daemon: the hypervisor's own, or the one for all; undefined where neither is installed. */
export async function sessionDaemon(driver: string): Promise<string | undefined> {
  for (const path of [`virt${driver}d`, 'libvirtd'].flatMap((name) => folders.map((folder) => join(folder, name)))) {
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not there; perhaps the next one is.
    }
  }
  return undefined;
}

/** Returns once it listens. @throws ProcessError with what it says when it can't. */
export async function startSessionDaemon(program: string): Promise<void> {
  // In the background it goes when it is ready, and not before.
  await run([program, '--daemon', '--timeout', String(idleS)], { timeoutMs: startTimeoutMs });
}
