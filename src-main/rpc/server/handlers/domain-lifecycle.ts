/** Starting, stopping and saving domains. */
import { need, type StartOptions } from '../../../engine/driver.ts';
import type { RemoteHandlers } from '../handler.ts';
import { domainReference } from './references.ts';

/** `virDomainCreateFlags`. */
const createFlags = { paused: 1, autodestroy: 2, bypassCache: 4, forceBoot: 8 } as const;

function startOptions(flags: number): StartOptions {
  return {
    paused: (flags & createFlags.paused) !== 0,
    autodestroy: (flags & createFlags.autodestroy) !== 0,
    bypassCache: (flags & createFlags.bypassCache) !== 0,
    forceBoot: (flags & createFlags.forceBoot) !== 0,
  };
}

/** `VIR_DOMAIN_DESTROY_GRACEFUL`. */
const destroyGraceful = 1;

export const domainLifecycleHandlers = {
  async domainCreate({ domains }, { dom }) {
    await need(domains, 'start')(dom.uuid);
  },

  async domainCreateWithFlags({ domains }, { dom, flags }) {
    return { dom: domainReference(await need(domains, 'start')(dom.uuid, startOptions(flags))) };
  },

  async domainDestroy({ domains }, { dom }) {
    await need(domains, 'destroy')(dom.uuid);
  },

  async domainDestroyFlags({ domains }, { dom, flags }) {
    await need(domains, 'destroy')(dom.uuid, { graceful: (flags & destroyGraceful) !== 0 });
  },

  async domainGetAutostart({ domains }, { dom }) {
    return { autostart: (await domains.lookupByUuid(dom.uuid)).autostart };
  },

  async domainHasManagedSaveImage({ domains }, { dom }) {
    return { result: (await domains.lookupByUuid(dom.uuid)).hasManagedSave ? 1 : 0 };
  },
} satisfies RemoteHandlers;
