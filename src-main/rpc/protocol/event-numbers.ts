/** The numbers of events on the wire, in the order of libvirt's enumerations. */
import type { LifecycleEvent, NetworkEvent, PoolEvent } from '../../../src-shared/contract/events.ts';

/** `virDomainEventID`. */
export const domainEventIds = {
  lifecycle: 0,
  reboot: 1,
  rtcChange: 2,
  watchdog: 3,
  ioError: 4,
  graphics: 5,
  ioErrorReason: 6,
  controlError: 7,
  blockJob: 8,
  diskChange: 9,
  trayChange: 10,
  pmwakeup: 11,
  pmsuspend: 12,
  balloonChange: 13,
  pmsuspendDisk: 14,
  deviceRemoved: 15,
  blockJob2: 16,
  tunable: 17,
  agentLifecycle: 18,
  deviceAdded: 19,
  migrationIteration: 20,
  jobCompleted: 21,
  deviceRemovalFailed: 22,
  metadataChange: 23,
  blockThreshold: 24,
  memoryFailure: 25,
  memoryDeviceSizeChange: 26,
} as const;

/** How many event ids there are. */
export const domainEventCount = 27;

/** `virDomainEventType` and the details of each: their places are their numbers. */
const lifecycle: readonly (readonly [event: LifecycleEvent['event'], details: readonly string[]])[] = [
  ['defined', ['added', 'updated', 'renamed', 'from-snapshot']],
  ['undefined', ['removed', 'renamed']],
  ['started', ['booted', 'migrated', 'restored', 'from-snapshot', 'wakeup']],
  [
    'suspended',
    [
      'paused',
      'migrated',
      'ioerror',
      'watchdog',
      'restored',
      'from-snapshot',
      'api-error',
      'postcopy',
      'postcopy-failed',
    ],
  ],
  ['resumed', ['unpaused', 'migrated', 'from-snapshot', 'postcopy', 'postcopy-failed']],
  ['stopped', ['shutdown', 'destroyed', 'crashed', 'migrated', 'saved', 'failed', 'from-snapshot']],
  ['shutdown', ['finished', 'guest', 'host']],
  ['pmsuspended', ['memory', 'disk']],
  ['crashed', ['panicked', 'crashloaded']],
];

export function lifecycleNumbers({ event, detail }: LifecycleEvent): {
  readonly event: number;
  readonly detail: number;
} {
  const number = lifecycle.findIndex(([name]) => name === event);
  return { event: number, detail: Math.max(0, lifecycle[number]?.[1].indexOf(detail) ?? 0) };
}

/** `undefined` for an event this version does not know; a detail it does not know becomes the first. */
export function lifecycleFromNumbers(event: number, detail: number): LifecycleEvent | undefined {
  const known = lifecycle[event];
  if (known === undefined) return undefined;
  const [name, details] = known;
  return { event: name, detail: details[detail] ?? details[0] } as LifecycleEvent;
}

/** `virStoragePoolEventLifecycleType`; a refresh is an event of its own. */
export const poolLifecycleEvents: readonly Exclude<PoolEvent, 'refreshed'>[] = [
  'defined',
  'undefined',
  'started',
  'stopped',
  'created',
  'deleted',
];

/** `virStoragePoolEventID`. */
export const poolEventIds = { lifecycle: 0, refresh: 1 } as const;

/** `virNetworkEventLifecycleType`; that a network was updated is told to nobody. */
export const networkLifecycleEvents: readonly NetworkEvent[] = ['defined', 'undefined', 'started', 'stopped'];

/** `virNetworkEventID`. */
export const networkEventIds = { lifecycle: 0 } as const;

/** `virSecretEventID`, and the one of its lifecycle events. */
export const secretEventIds = { lifecycle: 0, valueChanged: 1 } as const;
export const secretLifecycleEvents = { defined: 0, undefined: 1 } as const;

/** `virDomainEventWatchdogAction`. */
export const watchdogActions = ['none', 'pause', 'reset', 'poweroff', 'shutdown', 'debug', 'inject-nmi'] as const;
/** `virDomainEventIOErrorAction`. */
export const ioErrorActions = ['none', 'pause', 'report'] as const;
/** `virDomainEventGraphicsPhase`. */
export const graphicsPhases = ['connect', 'initialize', 'disconnect'] as const;
/** `virConnectDomainEventDiskChangeReason`. */
export const diskChanges = ['changed', 'dropped'] as const;
/** `virDomainEventTrayChangeReason`. */
export const trayChanges = ['opened', 'closed'] as const;
/** `virConnectDomainEventAgentLifecycleReason`. */
export const agentReasons = ['unknown', 'domain-started', 'channel'] as const;
/** `virDomainMetadataType`. */
export const metadataTypes = ['description', 'title', 'element'] as const;
/** `virDomainBlockJobType` and `virConnectDomainEventBlockJobStatus`. */
export const blockJobTypes = ['unknown', 'pull', 'copy', 'commit', 'active-commit', 'backup'] as const;
export const blockJobStatuses = ['completed', 'failed', 'canceled', 'ready'] as const;
/** `virDomainEventMemoryFailureRecipientType` and `…ActionType`. */
export const failureRecipients = ['hypervisor', 'guest'] as const;
export const failureActions = ['ignore', 'inject', 'fatal', 'reset'] as const;
/** `virDomainJobOperation`. */
export const jobOperations = [
  'unknown',
  'start',
  'save',
  'restore',
  'migration-in',
  'migration-out',
  'snapshot',
  'dump',
] as const;
