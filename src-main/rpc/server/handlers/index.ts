/**
 * Everything the server answers. A feature of the engine becomes one of libvirt's calls by one entry in one of these
 * tables; a procedure without an entry is "not supported by the connection driver".
 */
import { qemuProgram, remoteProgram } from '../../protocol/programs.ts';
import type { HandlerTables } from '../dispatch.ts';
import type { AnyHandlers, RemoteHandlers } from '../handler.ts';
import { absentObjectsHandlers } from './absent-objects.ts';
import { authenticationHandlers } from './authentication.ts';
import { connectionHandlers } from './connection.ts';
import { domainHandlers } from './domain.ts';
import { domainBlockHandlers } from './domain-block.ts';
import { domainDevicesHandlers } from './domain-devices.ts';
import { domainEventHandlers } from './domain-events.ts';
import { domainGraphicsHandlers } from './domain-graphics.ts';
import { domainGuestHandlers, qemuHandlers } from './domain-guest.ts';
import { domainLifecycleHandlers } from './domain-lifecycle.ts';
import { domainProcessorsHandlers } from './domain-processors.ts';
import { domainSaveHandlers } from './domain-save.ts';
import { domainStatsHandlers } from './domain-stats.ts';
import { domainTuningHandlers } from './domain-tuning.ts';
import { hostHandlers } from './host.ts';
import { interfaceHandlers } from './interface.ts';
import { networkHandlers } from './network.ts';
import { networkPortHandlers } from './network-port.ts';
import { nodeDeviceHandlers } from './node-device.ts';
import { nwfilterHandlers } from './nwfilter.ts';
import { secretHandlers } from './secret.ts';
import { snapshotHandlers } from './snapshot.ts';
import { storagePoolHandlers } from './storage-pool.ts';
import { storageVolumeHandlers } from './storage-volume.ts';
import { unsupported } from './unsupported.ts';

const remote: RemoteHandlers = {
  ...authenticationHandlers,
  ...connectionHandlers,
  ...hostHandlers,
  ...domainHandlers,
  ...domainLifecycleHandlers,
  ...domainSaveHandlers,
  ...domainDevicesHandlers,
  ...domainProcessorsHandlers,
  ...domainTuningHandlers,
  ...domainStatsHandlers,
  ...domainBlockHandlers,
  ...domainGuestHandlers,
  ...domainGraphicsHandlers,
  ...domainEventHandlers,
  ...snapshotHandlers,
  ...networkHandlers,
  ...networkPortHandlers,
  ...interfaceHandlers,
  ...nwfilterHandlers,
  ...nodeDeviceHandlers,
  ...storagePoolHandlers,
  ...storageVolumeHandlers,
  ...secretHandlers,
  ...absentObjectsHandlers,
};

export const handlers: HandlerTables = {
  remote: { ...unsupported(remoteProgram.procedures, remote as AnyHandlers), ...remote },
  qemu: { ...unsupported(qemuProgram.procedures, qemuHandlers as AnyHandlers), ...qemuHandlers },
};
