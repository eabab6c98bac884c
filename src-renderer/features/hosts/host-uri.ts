/** From the fields of a form to a connection URI, as libvirt has them. */

export const hypervisors = ['qemu', 'lxc', 'xen', 'vbox', 'bhyve', 'ch', 'vz'] as const;
export type Hypervisor = (typeof hypervisors)[number];

export const ways = ['ssh', 'tls', 'tcp'] as const;
export type Way = (typeof ways)[number];

export interface HostFields {
  readonly hypervisor: Hypervisor;
  readonly way: Way;
  /** `host`, `user@host`, `host:port`, `[address]:port`. */
  readonly address: string;
  /** The user's own machines there instead of the system's. */
  readonly session: boolean;
  /** The private key for SSH; empty: what the user's configuration says. */
  readonly keyFile: string;
}

const addressPattern = /^(?:[A-Za-z0-9._%-]+@)?(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/;

/** Undefined while the address is not one. */
export function hostUri({ hypervisor, way, address, session, keyFile }: HostFields): string | undefined {
  const place = address.trim();
  if (!addressPattern.test(place)) return undefined;
  const path = session ? '/session' : '/system';
  const query = way === 'ssh' && keyFile.trim() !== '' ? `?keyfile=${encodeURIComponent(keyFile.trim())}` : '';
  return `${hypervisor}+${way}://${place}${path}${query}`;
}
