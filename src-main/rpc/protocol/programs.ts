/** The programs of the protocol: what a packet's program, version and procedure numbers mean. */
import { checkpointProcedures } from './checkpoint.ts';
import { connectionProcedures } from './connection.ts';
import { domainProcedures } from './domain.ts';
import { domainBlockProcedures } from './domain-block.ts';
import { domainEventsProcedures } from './domain-events.ts';
import { domainGuestProcedures } from './domain-guest.ts';
import { domainLifecycleProcedures } from './domain-lifecycle.ts';
import { domainMigrationProcedures } from './domain-migration.ts';
import { domainTuningProcedures } from './domain-tuning.ts';
import { hostProcedures } from './host.ts';
import { interfaceProcedures } from './interface.ts';
import { lxcProcedures } from './lxc.ts';
import { networkProcedures } from './network.ts';
import { nodeDeviceProcedures } from './node-device.ts';
import { nwfilterProcedures } from './nwfilter.ts';
import { call, type Procedure } from './procedure.ts';
import { qemuProcedures } from './qemu.ts';
import { secretProcedures } from './secret.ts';
import { snapshotProcedures } from './snapshot.ts';
import { storagePoolProcedures } from './storage-pool.ts';
import { storageVolumeProcedures } from './storage-volume.ts';

export interface Program<P extends Readonly<Record<string, Procedure>> = Readonly<Record<string, Procedure>>> {
  readonly number: number;
  readonly version: number;
  readonly procedures: P;
}

/** Everything that every driver may have. */
export const remoteProgram = {
  number: 0x20008086,
  version: 1,
  procedures: {
    ...connectionProcedures,
    ...hostProcedures,
    ...domainProcedures,
    ...domainLifecycleProcedures,
    ...domainEventsProcedures,
    ...domainTuningProcedures,
    ...domainBlockProcedures,
    ...domainGuestProcedures,
    ...domainMigrationProcedures,
    ...snapshotProcedures,
    ...checkpointProcedures,
    ...networkProcedures,
    ...storagePoolProcedures,
    ...storageVolumeProcedures,
    ...nodeDeviceProcedures,
    ...secretProcedures,
    ...nwfilterProcedures,
    ...interfaceProcedures,
  },
} satisfies Program;

export const qemuProgram = { number: 0x20008087, version: 1, procedures: qemuProcedures } satisfies Program;

export const lxcProgram = { number: 0x00068000, version: 1, procedures: lxcProcedures } satisfies Program;

/** Proves that the peer is alive: a ping is answered by a pong, both are messages without a reply. */
export const keepaliveProgram = {
  number: 0x6b656570,
  version: 1,
  procedures: { ping: call(1), pong: call(2) },
} satisfies Program;

export type RemoteProcedures = typeof remoteProgram.procedures;
export type QemuProcedures = typeof qemuProgram.procedures;
