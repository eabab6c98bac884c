/** The host. */
import type { RemoteHandlers } from '../handler.ts';

export const hostHandlers = {
  // No security driver confines guests here, which libvirt says by an empty model.
  nodeGetSecurityModel: () => ({ model: new Uint8Array(1), doi: new Uint8Array(1) }),
} satisfies RemoteHandlers;
