/** A real systemd-resolved of a lab's host, on its bus; the host's programs ask it. */
import type { ResolvedFiles } from '../../support/resolved.ts';
import type { Lab } from './lab.ts';

/** Where files of the system can be changed without anybody else seeing it; before the bus is started. */
export async function overlayHost(lab: Lab): Promise<void> {
  await lab.sh(`
    for d in etc usr/share; do
      mkdir -p /run/over/$d/up /run/over/$d/work
      mount -t overlay -o lowerdir=/$d,upperdir=/run/over/$d/up,workdir=/run/over/$d/work overlay /$d
    done`);
}

/** The bus has to run, and the host's files to be the lab's own. */
export async function startResolved(lab: Lab, { daemon, policy }: ResolvedFiles): Promise<void> {
  await lab.sh(
    `
    cp ${policy} /usr/share/dbus-1/system.d/
    echo nameserver 127.0.0.53 >/etc/resolv.conf
    grep -q ^systemd-resolve: /etc/passwd || echo systemd-resolve:x:4010:4010::/:/usr/sbin/nologin >>/etc/passwd
    grep -q ^systemd-resolve: /etc/group || echo systemd-resolve:x:4010: >>/etc/group
    mkdir -p /run/systemd/resolve && chown systemd-resolve:systemd-resolve /run/systemd/resolve
    busctl --system call org.freedesktop.DBus / org.freedesktop.DBus ReloadConfig
    ${daemon} >${lab.folder}/resolved.log 2>&1 &
    for n in $(seq 100); do
      busctl --system list --acquired | grep -q org.freedesktop.resolve1 && exit; sleep 0.1
    done; cat ${lab.folder}/resolved.log >&2; false`,
    { timeoutMs: 30_000 },
  );
}
