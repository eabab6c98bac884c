/** The server's events as the engine announces them. */
import type { DomainEvent, DomainRef, EngineEventData } from '../../../src-shared/contract/events.ts';
import {
  blockJobStatuses,
  blockJobTypes,
  diskChanges,
  domainEventIds,
  failureActions,
  failureRecipients,
  graphicsPhases,
  ioErrorActions,
  jobOperations,
  lifecycleFromNumbers,
  metadataTypes,
  networkEventIds,
  networkLifecycleEvents,
  poolEventIds,
  poolLifecycleEvents,
  trayChanges,
  watchdogActions,
} from '../../rpc/protocol/event-numbers.ts';
import { decodePayload, type Packet } from '../../rpc/framing/packet.ts';
import type { DomainReference } from '../../rpc/protocol/objects.ts';
import { remoteProgram } from '../../rpc/protocol/programs.ts';
import type { Procedure } from '../../rpc/protocol/procedure.ts';
import type { Link } from './link.ts';

const { procedures: remote } = remoteProgram;

type Reader = (packet: Packet) => EngineEventData | undefined;

/** The domain event ids asked for, and the readers of their messages. */
const wanted: readonly number[] = [
  domainEventIds.lifecycle,
  domainEventIds.reboot,
  domainEventIds.rtcChange,
  domainEventIds.watchdog,
  domainEventIds.ioErrorReason,
  domainEventIds.graphics,
  domainEventIds.diskChange,
  domainEventIds.trayChange,
  domainEventIds.balloonChange,
  domainEventIds.deviceRemoved,
  domainEventIds.blockJob2,
  domainEventIds.agentLifecycle,
  domainEventIds.deviceAdded,
  domainEventIds.migrationIteration,
  domainEventIds.jobCompleted,
  domainEventIds.deviceRemovalFailed,
  domainEventIds.metadataChange,
  domainEventIds.memoryFailure,
];

function domain(dom: DomainReference, event: DomainEvent | undefined): EngineEventData | undefined {
  const ref: DomainRef = { uuid: dom.uuid, name: dom.name, id: dom.id };
  return event === undefined ? undefined : { type: 'domain', domain: ref, event, timeMs: Date.now() };
}

/** A reader of one message, by its procedure's number. */
function on<A>(procedure: Procedure<A>, make: (args: A) => EngineEventData | undefined): readonly [number, Reader] {
  return [procedure.number, (packet) => make(decodePayload(packet, procedure.args))];
}

const readers: ReadonlyMap<number, Reader> = new Map([
  on(remote.domainEventCallbackLifecycle, ({ msg }) => {
    const told = lifecycleFromNumbers(msg.event, msg.detail);
    return domain(msg.dom, told === undefined ? undefined : { kind: 'lifecycle', ...told });
  }),
  // The only one that servers without callback ids are asked for.
  on(remote.domainEventLifecycle, ({ dom, event, detail }) => {
    const told = lifecycleFromNumbers(event, detail);
    return domain(dom, told === undefined ? undefined : { kind: 'lifecycle', ...told });
  }),
  on(remote.domainEventCallbackReboot, ({ msg }) => domain(msg.dom, { kind: 'reboot' })),
  on(remote.domainEventCallbackRtcChange, ({ msg }) =>
    domain(msg.dom, { kind: 'rtc-change', offsetSeconds: Number(msg.offset) }),
  ),
  on(remote.domainEventCallbackWatchdog, ({ msg }) =>
    domain(msg.dom, { kind: 'watchdog', action: watchdogActions[msg.action] ?? 'none' }),
  ),
  on(remote.domainEventCallbackIoErrorReason, ({ msg }) =>
    domain(msg.dom, {
      kind: 'io-error',
      source: msg.srcPath,
      alias: msg.devAlias,
      action: ioErrorActions[msg.action] ?? 'none',
      reason: msg.reason,
    }),
  ),
  on(remote.domainEventCallbackGraphics, ({ msg }) =>
    domain(msg.dom, { kind: 'graphics', phase: graphicsPhases[msg.phase] ?? 'connect', scheme: msg.authScheme }),
  ),
  on(remote.domainEventCallbackDiskChange, ({ msg }) =>
    domain(msg.dom, { kind: 'disk-change', alias: msg.devAlias, reason: diskChanges[msg.reason] ?? 'changed' }),
  ),
  on(remote.domainEventCallbackTrayChange, ({ msg }) =>
    domain(msg.dom, { kind: 'tray-change', alias: msg.devAlias, reason: trayChanges[msg.reason] ?? 'opened' }),
  ),
  on(remote.domainEventCallbackBalloonChange, ({ msg }) =>
    domain(msg.dom, { kind: 'balloon-change', actualKiB: Number(msg.actual) }),
  ),
  on(remote.domainEventCallbackDeviceRemoved, ({ msg }) =>
    domain(msg.dom, { kind: 'device-removed', alias: msg.devAlias }),
  ),
  on(remote.domainEventBlockJob2, ({ dom, dst, type, status }) =>
    domain(dom, {
      kind: 'block-job',
      path: dst,
      type: blockJobTypes[type] ?? 'unknown',
      status: blockJobStatuses[status] ?? 'failed',
    }),
  ),
  on(remote.domainEventCallbackAgentLifecycle, ({ dom, state, reason }) =>
    domain(dom, {
      kind: 'agent-lifecycle',
      connected: state === 1,
      reason: reason === 1 ? 'domain-started' : 'channel',
    }),
  ),
  on(remote.domainEventCallbackDeviceAdded, ({ dom, devAlias }) =>
    domain(dom, { kind: 'device-added', alias: devAlias }),
  ),
  on(remote.domainEventCallbackMigrationIteration, ({ dom, iteration }) =>
    domain(dom, { kind: 'migration-iteration', iteration }),
  ),
  on(remote.domainEventCallbackJobCompleted, ({ dom, params }) => {
    const number = params.find(({ field }) => field === 'operation')?.value.value;
    const operation = (typeof number === 'number' ? jobOperations[number] : undefined) ?? 'unknown';
    return domain(dom, { kind: 'job-completed', operation });
  }),
  on(remote.domainEventCallbackDeviceRemovalFailed, ({ dom, devAlias }) =>
    domain(dom, { kind: 'device-removal-failed', alias: devAlias }),
  ),
  on(remote.domainEventCallbackMetadataChange, ({ dom, type, nsuri }) =>
    domain(dom, {
      kind: 'metadata-change',
      type: metadataTypes[type] ?? 'element',
      ...(nsuri === undefined ? {} : { uri: nsuri }),
    }),
  ),
  on(remote.domainEventMemoryFailure, ({ dom, recipient, action }) =>
    domain(dom, {
      kind: 'memory-failure',
      recipient: failureRecipients[recipient] ?? 'hypervisor',
      action: failureActions[action] ?? 'ignore',
    }),
  ),
  on(remote.storagePoolEventLifecycle, ({ pool, event }) => {
    const told = poolLifecycleEvents[event];
    return told === undefined ? undefined : { type: 'pool', uuid: pool.uuid, name: pool.name, event: told };
  }),
  on(remote.networkEventLifecycle, ({ net, event }) => {
    const told = networkLifecycleEvents[event];
    return told === undefined ? undefined : { type: 'network', uuid: net.uuid, name: net.name, event: told };
  }),
  on(remote.storagePoolEventRefresh, ({ pool }) => ({
    type: 'pool',
    uuid: pool.uuid,
    name: pool.name,
    event: 'refreshed',
  })),
]);

/** What a message of the server says; `undefined` for what the engine has no word for. @throws XdrError */
export function readEvent(packet: Packet): EngineEventData | undefined {
  if (packet.program !== remoteProgram.number) return undefined;
  return readers.get(packet.procedure)?.(packet);
}

/**
 * Asks the server to tell. What its driver has no events of is refused, and goes without. Resolves when it tells of what
 * lists show; the rest follows.
 */
export async function registerEvents(link: Link, onRefused: (error: unknown) => void): Promise<void> {
  const { call, eventCallbacks } = link;
  const [first = 0, ...others] = wanted;
  const register = async (eventID: number): Promise<unknown> =>
    await call('connectDomainEventCallbackRegisterAny', { eventID });
  const report = async (asked: readonly Promise<unknown>[]): Promise<void> => {
    for (const result of await Promise.allSettled(asked)) if (result.status === 'rejected') onRefused(result.reason);
  };
  await report([
    eventCallbacks ? register(first) : call('connectDomainEventRegister', {}),
    ...Object.values(poolEventIds).map(
      async (eventID) => await call('connectStoragePoolEventRegisterAny', { eventID }),
    ),
    call('connectNetworkEventRegisterAny', { eventID: networkEventIds.lifecycle }),
  ]);
  if (!eventCallbacks) return;
  // One after the other: what the user asks for meanwhile is not queued behind them.
  const rest = async (): Promise<void> => {
    for (const eventID of others) await report([register(eventID)]);
  };
  rest().catch(onRefused);
}
