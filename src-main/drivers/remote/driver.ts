/**
 * Any libvirtd: on this host by its socket, elsewhere over SSH, TLS or TCP. It serves whatever hypervisor the daemon
 * there has.
 */
import type { Driver } from '../../engine/driver.ts';
import { readRemembered } from './remembered.ts';

/** Hypervisors whose daemon listens on this host for URIs without a transport. */
const daemons: ReadonlySet<string> = new Set(['qemu', 'lxc', 'xen', 'vbox', 'bhyve', 'ch', 'vz', 'openvz']);

export const remoteDriver: Driver = {
  name: 'remote',
  accepts: (uri) =>
    uri.transport !== undefined ||
    (daemons.has(uri.driver) && (uri.host !== undefined || uri.path === '/system' || uri.driver !== 'qemu')),
  label: ({ driver, host, path, parameters }) =>
    `${names[driver] ?? driver}, ${host ?? (parameters['socket'] === undefined ? 'this host' : parameters['socket'])}${path === '/session' ? ', session' : ''}`,
  remembered: (uri, context) => readRemembered(uri.text, context),
  // Loaded when there is a host to talk to.
  open: async (uri, context) => await (await import('./connection.ts')).RemoteConnection.open(uri, context),
};

const names: Readonly<Record<string, string>> = {
  qemu: 'QEMU/KVM',
  lxc: 'LXC',
  xen: 'Xen',
  vbox: 'VirtualBox',
  bhyve: 'bhyve',
  ch: 'Cloud Hypervisor',
  vz: 'Virtuozzo',
  openvz: 'OpenVZ',
  test: 'Test',
};
