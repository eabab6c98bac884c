import type { PrivateLibvirtd } from './private-libvirtd.ts';

/** The daemon's socket as this process reaches it: through a process of its namespace that outlives the daemon. */
export async function socketOf(daemon: PrivateLibvirtd): Promise<string> {
  const pid = (await daemon.run(['cat', '/run/libvirt/virtlogd.pid'])).trim();
  return `/proc/${pid}/root/run/libvirt/libvirt-sock`;
}
