/** Where libvirt's own clients find the engine. */

/** The socket's name in the engine's runtime directory. */
export const libvirtSocketName = 'libvirt-sock';

/** What libvirt's library asks a daemon for in any case; other kinds it serves itself unless told how to get there. */
const servedByDaemons = /^(qemu|lxc|xen|bhyve|ch|vz):/;

/**
 * A connection of this engine as a client of libvirt writes it: `qemu:///session?socket=/run/…`. A `+unix` makes
 * virt-manager take the guests for another host's, whose displays it does not open.
 */
export function libvirtUri(uri: string, socketPath: string): string {
  const [path = '', query] = uri.split('?');
  const socket = `socket=${encodeURIComponent(socketPath).replaceAll('%2F', '/')}`;
  const local = servedByDaemons.test(path) ? path : path.replace('://', '+unix://');
  return `${local}?${query === undefined ? socket : `${query}&${socket}`}`;
}
