/**
 * Everything the server answers. A feature of the engine becomes one of libvirt's calls by one entry in one of these
 * tables; a procedure without an entry is "unknown", which clients show as not supported.
 */
import type { HandlerTables } from '../dispatch.ts';
import { absentObjectsHandlers } from './absent-objects.ts';
import { connectionHandlers } from './connection.ts';
import { domainHandlers } from './domain.ts';
import { domainBlockHandlers } from './domain-block.ts';
import { domainDevicesHandlers } from './domain-devices.ts';
import { domainEventHandlers } from './domain-events.ts';
import { domainGuestHandlers, qemuHandlers } from './domain-guest.ts';
import { domainLifecycleHandlers } from './domain-lifecycle.ts';
import { domainProcessorsHandlers } from './domain-processors.ts';
import { domainSaveHandlers } from './domain-save.ts';
import { domainStatsHandlers } from './domain-stats.ts';
import { hostHandlers } from './host.ts';
import { storagePoolHandlers } from './storage-pool.ts';
import { storageVolumeHandlers } from './storage-volume.ts';

export const handlers: HandlerTables = {
  remote: {
    ...connectionHandlers,
    ...hostHandlers,
    ...domainHandlers,
    ...domainLifecycleHandlers,
    ...domainSaveHandlers,
    ...domainDevicesHandlers,
    ...domainProcessorsHandlers,
    ...domainStatsHandlers,
    ...domainBlockHandlers,
    ...domainGuestHandlers,
    ...domainEventHandlers,
    ...storagePoolHandlers,
    ...storageVolumeHandlers,
    ...absentObjectsHandlers,
  },
  qemu: qemuHandlers,
};
