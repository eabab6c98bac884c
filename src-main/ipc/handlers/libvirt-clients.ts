/** Doors for libvirt's clients, and who comes through them. */
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';

export function libvirtClientHandlers({ libvirtClients: service }: Services): HandlerSet {
  return {
    'libvirt.doors': () => service.doors(),
    'libvirt.certificates': async () => await service.certificates(),
    'libvirt.make-certificates': async ({ names }) => await service.makeCertificates(names),
    'libvirt.users': () => service.users(),
    'libvirt.set-user': async ({ name, password, readOnly }) => {
      await service.setUser(name, password, { readOnly });
    },
    'libvirt.remove-user': async ({ name }) => {
      await service.removeUser(name);
    },
    'libvirt.clients': () => service.clients(),
    'libvirt.disconnect': ({ id }) => {
      service.disconnect(id);
    },
  };
}
