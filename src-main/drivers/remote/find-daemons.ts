/** Which of libvirt's daemons run on this host. */
import { access, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { sessionDaemon } from '../../rpc/client/session-daemon.ts';
import { socketNames, systemSocketFolder } from '../../rpc/client/socket-paths.ts';

/** In the order in which they are offered. */
const hypervisors = ['qemu', 'lxc', 'xen', 'vbox', 'bhyve', 'ch', 'vz'] as const;

/** A user's own daemon ends when nobody uses it; what it manages stays, and starts it again. */
async function hasMachines(driver: string, configuration: string): Promise<boolean> {
  if ((await sessionDaemon(driver)) === undefined) return false;
  try {
    return (await readdir(join(configuration, driver))).some((name) => name.endsWith('.xml'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Connection URIs of the daemons whose sockets are there. One that serves everything is offered for QEMU. */
export async function findDaemons(
  systemFolder = systemSocketFolder,
  sessionFolder = join(process.env['XDG_RUNTIME_DIR'] ?? join(homedir(), '.cache'), 'libvirt'),
  configuration = join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'libvirt'),
): Promise<readonly string[]> {
  const listens = async (folder: string, names: readonly string[]): Promise<boolean> =>
    await Promise.any(names.map((name) => access(join(folder, name)))).then(
      () => true,
      () => false,
    );
  const own = (driver: string): readonly string[] =>
    driver === 'qemu' ? socketNames(driver) : socketNames(driver).slice(1);
  const found: string[] = [];
  for (const driver of hypervisors) {
    if (await listens(systemFolder, own(driver))) found.push(`${driver}:///system`);
    if ((await listens(sessionFolder, own(driver))) || (await hasMachines(driver, configuration)))
      found.push(`${driver}+unix:///session`);
  }
  return found;
}
