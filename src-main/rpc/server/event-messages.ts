/** What the engine announces as the messages that clients registered for. */
import type {
  DomainEvent,
  DomainRef,
  NetworkEvent,
  PoolEvent,
  SecretEvent,
} from '../../../src-shared/contract/events.ts';
import { type SecretSummary, secretUsageTypes } from '../../../src-shared/model/secret-summary.ts';
import {
  agentReasons,
  blockJobStatuses,
  blockJobTypes,
  diskChanges,
  domainEventIds,
  failureActions,
  failureRecipients,
  graphicsPhases,
  ioErrorActions,
  jobOperations,
  lifecycleNumbers,
  metadataTypes,
  networkEventIds,
  networkLifecycleEvents,
  poolEventIds,
  poolLifecycleEvents,
  secretEventIds,
  secretLifecycleEvents,
  trayChanges,
  watchdogActions,
} from '../protocol/event-numbers.ts';
import type { DomainReference, NetworkReference, PoolReference, SecretReference } from '../protocol/objects.ts';
import type { Procedure } from '../protocol/procedure.ts';
import { remoteProgram } from '../protocol/programs.ts';
import { packetOf } from './replies.ts';

const { procedures: remote } = remoteProgram;

/** One event in the forms that registrations of different age want. */
export interface EventMessage {
  readonly id: number;
  /** For registrations that were given a callback id. */
  withCallback(callbackID: number): Buffer;
  /** For those from before there were such ids. */
  legacy?(): Buffer;
}

/** Older events: the old message alone, or inside the new one. */
function wrapped<A>(
  id: number,
  legacy: Procedure<A>,
  callback: Procedure<{ callbackID: number; msg: A }>,
  msg: A,
): EventMessage {
  return {
    id,
    withCallback: (callbackID) => eventPacket(callback, { callbackID, msg }),
    legacy: () => eventPacket(legacy, msg),
  };
}

/** Newer ones: the callback id is one of the fields. */
function plain<A extends { callbackID: number }>(
  id: number,
  procedure: Procedure<A>,
  fields: Omit<A, 'callbackID'>,
): EventMessage {
  return { id, withCallback: (callbackID) => eventPacket(procedure, { ...fields, callbackID } as A) };
}

/** Events carry serial 1: the first call's was 0. */
function eventPacket<A>(procedure: Procedure<A>, args: A): Buffer {
  return packetOf(remoteProgram, procedure.number, { type: 'message', serial: 1, status: 'ok' }, procedure.args, args);
}

const numberOf = (names: readonly string[], name: string): number => Math.max(0, names.indexOf(name));

const noAddress = { family: 0, node: '', service: '' };

/** The messages of one domain event; some are told in two ways. */
export function domainEventMessages(ref: DomainRef, event: DomainEvent): readonly EventMessage[] {
  const dom: DomainReference = { name: ref.name, uuid: ref.uuid, id: ref.id };
  const ids = domainEventIds;
  switch (event.kind) {
    case 'lifecycle': {
      const told = { dom, ...lifecycleNumbers(event) };
      const messages = [wrapped(ids.lifecycle, remote.domainEventLifecycle, remote.domainEventCallbackLifecycle, told)];
      if (event.event === 'pmsuspended') messages.push(suspended(dom, event.detail));
      return messages;
    }
    case 'reboot':
      return [wrapped(ids.reboot, remote.domainEventReboot, remote.domainEventCallbackReboot, { dom })];
    case 'rtc-change': {
      const told = { dom, offset: BigInt(event.offsetSeconds) };
      return [wrapped(ids.rtcChange, remote.domainEventRtcChange, remote.domainEventCallbackRtcChange, told)];
    }
    case 'watchdog': {
      const told = { dom, action: numberOf(watchdogActions, event.action) };
      return [wrapped(ids.watchdog, remote.domainEventWatchdog, remote.domainEventCallbackWatchdog, told)];
    }
    case 'io-error': {
      const action = numberOf(ioErrorActions, event.action);
      const told = { dom, srcPath: event.source, devAlias: event.alias, action };
      return [
        wrapped(ids.ioError, remote.domainEventIoError, remote.domainEventCallbackIoError, told),
        wrapped(ids.ioErrorReason, remote.domainEventIoErrorReason, remote.domainEventCallbackIoErrorReason, {
          ...told,
          reason: event.reason,
        }),
      ];
    }
    case 'graphics':
      return [
        wrapped(ids.graphics, remote.domainEventGraphics, remote.domainEventCallbackGraphics, {
          dom,
          phase: numberOf(graphicsPhases, event.phase),
          local: noAddress,
          remote: noAddress,
          authScheme: event.scheme,
          subject: [],
        }),
      ];
    case 'disk-change':
      return [
        wrapped(ids.diskChange, remote.domainEventDiskChange, remote.domainEventCallbackDiskChange, {
          dom,
          devAlias: event.alias,
          reason: numberOf(diskChanges, event.reason),
        }),
      ];
    case 'tray-change': {
      const told = { dom, devAlias: event.alias, reason: numberOf(trayChanges, event.reason) };
      return [wrapped(ids.trayChange, remote.domainEventTrayChange, remote.domainEventCallbackTrayChange, told)];
    }
    case 'balloon-change': {
      const told = { dom, actual: BigInt(event.actualKiB) };
      return [
        wrapped(ids.balloonChange, remote.domainEventBalloonChange, remote.domainEventCallbackBalloonChange, told),
      ];
    }
    case 'device-removed': {
      const told = { dom, devAlias: event.alias };
      return [
        wrapped(ids.deviceRemoved, remote.domainEventDeviceRemoved, remote.domainEventCallbackDeviceRemoved, told),
      ];
    }
    case 'device-added':
      return [plain(ids.deviceAdded, remote.domainEventCallbackDeviceAdded, { dom, devAlias: event.alias })];
    case 'device-removal-failed':
      return [
        plain(ids.deviceRemovalFailed, remote.domainEventCallbackDeviceRemovalFailed, { dom, devAlias: event.alias }),
      ];
    case 'agent-lifecycle':
      return [
        plain(ids.agentLifecycle, remote.domainEventCallbackAgentLifecycle, {
          dom,
          state: event.connected ? 1 : 2,
          reason: numberOf(agentReasons, event.reason),
        }),
      ];
    case 'metadata-change':
      return [
        plain(ids.metadataChange, remote.domainEventCallbackMetadataChange, {
          dom,
          type: numberOf(metadataTypes, event.type),
          nsuri: event.uri,
        }),
      ];
    case 'migration-iteration':
      return [
        plain(ids.migrationIteration, remote.domainEventCallbackMigrationIteration, {
          dom,
          iteration: event.iteration,
        }),
      ];
    case 'job-completed':
      return [
        plain(ids.jobCompleted, remote.domainEventCallbackJobCompleted, {
          dom,
          params: [{ field: 'operation', value: { type: 'int', value: numberOf(jobOperations, event.operation) } }],
        }),
      ];
    case 'block-job': {
      const type = numberOf(blockJobTypes, event.type);
      const status = numberOf(blockJobStatuses, event.status);
      const told = { dom, path: event.path, type, status };
      return [
        wrapped(ids.blockJob, remote.domainEventBlockJob, remote.domainEventCallbackBlockJob, told),
        plain(ids.blockJob2, remote.domainEventBlockJob2, { dom, dst: event.path, type, status }),
      ];
    }
    case 'memory-failure':
      return [
        plain(ids.memoryFailure, remote.domainEventMemoryFailure, {
          dom,
          recipient: numberOf(failureRecipients, event.recipient),
          action: numberOf(failureActions, event.action),
          flags: 0,
        }),
      ];
  }
}

/** Guests that suspend themselves are told twice: as a state, and as this. */
function suspended(dom: DomainReference, to: 'memory' | 'disk'): EventMessage {
  const [id, legacy, callback] =
    to === 'memory'
      ? ([domainEventIds.pmsuspend, remote.domainEventPmsuspend, remote.domainEventCallbackPmsuspend] as const)
      : ([
          domainEventIds.pmsuspendDisk,
          remote.domainEventPmsuspendDisk,
          remote.domainEventCallbackPmsuspendDisk,
        ] as const);
  return {
    id,
    withCallback: (callbackID) => eventPacket(callback, { callbackID, reason: 0, msg: { dom } }),
    legacy: () => eventPacket(legacy, { dom }),
  };
}

export function poolEventMessage(pool: PoolReference, event: PoolEvent): EventMessage {
  return event === 'refreshed'
    ? plain(poolEventIds.refresh, remote.storagePoolEventRefresh, { pool })
    : plain(poolEventIds.lifecycle, remote.storagePoolEventLifecycle, {
        pool,
        event: Math.max(0, poolLifecycleEvents.indexOf(event)),
        detail: 0,
      });
}

/** `undefined` for what clients of libvirt are not told. */
export function networkEventMessage(net: NetworkReference, event: NetworkEvent): EventMessage | undefined {
  const number = networkLifecycleEvents.indexOf(event);
  if (number < 0) return undefined;
  return plain(networkEventIds.lifecycle, remote.networkEventLifecycle, { net, event: number, detail: 0 });
}

/** A secret as the wire names it. */
export const secretReference = ({ uuid, usageType, usageId }: SecretSummary): SecretReference => ({
  uuid,
  usageType: secretUsageTypes.indexOf(usageType),
  usageID: usageId,
});

export function secretEventMessage(summary: SecretSummary, event: SecretEvent): EventMessage {
  const secret = secretReference(summary);
  return event === 'value-changed'
    ? plain(secretEventIds.valueChanged, remote.secretEventValueChanged, { secret })
    : plain(secretEventIds.lifecycle, remote.secretEventLifecycle, {
        secret,
        event: secretLifecycleEvents[event],
        detail: 0,
      });
}
