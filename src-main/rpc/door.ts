/** Where libvirt's own clients find the engine. */

/** The socket's name in the engine's runtime directory. */
export const libvirtSocketName = 'libvirt-sock';

/** A connection of this engine as a client of libvirt writes it: `qemu+unix:///session?socket=/run/…`. */
export function libvirtUri(uri: string, socketPath: string): string {
  const [path = '', query] = uri.split('?');
  const socket = `socket=${encodeURIComponent(socketPath).replaceAll('%2F', '/')}`;
  return `${path.replace('://', '+unix://')}?${query === undefined ? socket : `${query}&${socket}`}`;
}
