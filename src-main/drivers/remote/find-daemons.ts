/** Which of libvirt's daemons run on this host. */
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { socketNames, systemSocketFolder } from '../../rpc/client/socket-paths.ts';

/** In the order in which they are offered. */
const hypervisors = ['qemu', 'lxc', 'xen', 'vbox', 'bhyve', 'ch', 'vz'] as const;

/** Connection URIs of the daemons whose sockets are there. One that serves everything is offered for QEMU. */
export async function findDaemons(
  systemFolder = systemSocketFolder,
  sessionFolder = join(process.env['XDG_RUNTIME_DIR'] ?? join(homedir(), '.cache'), 'libvirt'),
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
    if (await listens(sessionFolder, own(driver))) found.push(`${driver}+unix:///session`);
  }
  return found;
}
