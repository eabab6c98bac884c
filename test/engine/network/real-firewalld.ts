/** A real firewalld of a lab's host, with the distribution's zones and, where wanted, ours. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from './lab.ts';

const zoneFiles = join(import.meta.dirname, '../../../assets/linux/firewalld');

export async function startFirewalld(lab: Lab, options: { readonly zone: boolean }): Promise<void> {
  const packaged = join(lab.folder, 'firewalld-lib');
  cpSync('/usr/lib/firewalld', packaged, { recursive: true });
  // What other packages of this machine added is not part of the experiment.
  for (const name of ['libvirt', 'libvirt-routed']) rmSync(join(packaged, 'zones', `${name}.xml`), { force: true });
  rmSync(join(packaged, 'policies'), { recursive: true, force: true });
  mkdirSync(join(packaged, 'policies'));
  if (options.zone) {
    for (const kind of ['zones', 'policies']) cpSync(join(zoneFiles, kind), join(packaged, kind), { recursive: true });
  }
  const own = join(lab.folder, 'firewalld-etc');
  mkdirSync(own);
  writeFileSync(join(own, 'firewalld.conf'), 'DefaultZone=public\nFirewallBackend=nftables\n');
  await lab.sh(
    `
    mkdir -p /run/firewalld
    mount --bind ${packaged} /usr/lib/firewalld
    mount --bind ${own} /etc/firewalld
    firewalld --nofork --nopid >${lab.folder}/firewalld.log 2>&1 &
    for n in $(seq 200); do firewall-cmd --state >/dev/null 2>&1 && exit; sleep 0.1; done; false`,
    {
      timeoutMs: 40_000,
    },
  );
}
