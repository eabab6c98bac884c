/** Where libvirt's daemons listen. */
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { linkError } from './errors.ts';
import { sessionDaemon, startSessionDaemon } from './session-daemon.ts';
import { say } from '../../../src-shared/words.ts';

/** The daemon of one hypervisor, where there is one daemon for each: `virtqemud`. */
function modularName(driver: string): string {
  return `virt${driver}d-sock`;
}

/** In the order they are tried: the one daemon for everything, then the hypervisor's own. */
export function socketNames(driver: string): readonly string[] {
  return ['libvirt-sock', modularName(driver)];
}

export const systemSocketFolder = '/run/libvirt';

/** A daemon of the user's own that is not running is started. @throws VirError `no-connect` when no daemon listens. */
export async function findSocket(driver: string, instance: string): Promise<string> {
  const listening = await listeningSocket(driver, instance);
  if (listening.path !== undefined) return listening.path;
  // The administrator's own session is the system's.
  const program = instance === 'session' && process.getuid?.() !== 0 ? await sessionDaemon(driver) : undefined;
  if (program !== undefined) {
    await startSessionDaemon(program);
    const { path } = await listeningSocket(driver, instance);
    if (path !== undefined) return path;
  }
  throw linkError(
    say`No libvirt daemon runs on this host.`,
    say`None of ${listening.candidates.join(', ')} exists.`,
    instance === 'session' ? undefined : say`Start it with: systemctl start libvirtd`,
  );
}

async function listeningSocket(
  driver: string,
  instance: string,
): Promise<{ readonly path?: string; readonly candidates: readonly string[] }> {
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const folders =
    instance === 'session'
      ? [...(runtime === undefined ? [] : [join(runtime, 'libvirt')]), join(homedir(), '.cache', 'libvirt')]
      : [systemSocketFolder];
  const candidates = folders.flatMap((folder) => socketNames(driver).map((name) => join(folder, name)));
  for (const path of candidates) {
    if (await exists(path)) return { path, candidates };
  }
  return { candidates };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
