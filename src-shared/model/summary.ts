/** What lists show of a domain: small, serialisable, announced whenever it changes. */

/** libvirt's eight states (`virDomainState`). */
export type DomainState =
  | 'nostate'
  | 'running'
  | 'blocked'
  | 'paused'
  | 'shutdown'
  | 'shutoff'
  | 'crashed'
  | 'pmsuspended';

/** Their numbers on the wire and in `virsh`. */
export const domainStateNumbers: Readonly<Record<DomainState, number>> = {
  nostate: 0,
  running: 1,
  blocked: 2,
  paused: 3,
  shutdown: 4,
  shutoff: 5,
  crashed: 6,
  pmsuspended: 7,
};

/** The reasons of each state in the order of libvirt's enumerations; the index is the number on the wire. */
export const domainStateReasons = {
  nostate: ['unknown'],
  running: [
    'unknown',
    'booted',
    'migrated',
    'restored',
    'from snapshot',
    'unpaused',
    'migration canceled',
    'save canceled',
    'event wakeup',
    'crashed',
    'post-copy',
    'post-copy failed',
  ],
  blocked: ['unknown'],
  paused: [
    'unknown',
    'user',
    'migrating',
    'saving',
    'dumping',
    'I/O error',
    'watchdog',
    'from snapshot',
    'shutting down',
    'creating snapshot',
    'crashed',
    'starting up',
    'post-copy',
    'post-copy failed',
  ],
  shutdown: ['unknown', 'user'],
  shutoff: ['unknown', 'shutdown', 'destroyed', 'crashed', 'migrated', 'saved', 'failed', 'from snapshot', 'daemon'],
  crashed: ['unknown', 'panicked'],
  pmsuspended: ['unknown'],
} as const satisfies Record<DomainState, readonly string[]>;

/** A state with one of its own reasons. */
export type StateAndReason = {
  [S in DomainState]: { readonly state: S; readonly reason: (typeof domainStateReasons)[S][number] };
}[DomainState];

export interface DomainSummary {
  readonly uuid: string;
  readonly name: string;
  /** The running instance's number; absent when it is not running. */
  readonly id?: number;
  readonly state: DomainState;
  readonly reason: string;
  readonly persistent: boolean;
  readonly autostart: boolean;
  readonly hasManagedSave: boolean;
  /** The next boot's configuration differs from the running one. */
  readonly pendingChanges: boolean;
  readonly title?: string;
  readonly osType: string;
  /** `kvm`, `qemu`, `test` …: the domain's virtualisation type. */
  readonly type: string;
  readonly architecture?: string;
  readonly machine?: string;
  readonly memoryKiB: number;
  readonly maxMemoryKiB: number;
  readonly vcpus: number;
  readonly maxVcpus: number;
  /** When the running instance was started, ms since the epoch. */
  readonly startedMs?: number;
  /** Addresses the guest was seen with (agent, lease, or user networking's own). */
  readonly addresses: readonly string[];
  /** osinfo id, as written in the domain's metadata by libosinfo's users. */
  readonly osId?: string;
  /** Folder path (`lab/web`) and tags, kept in the domain's metadata under Vivarium's namespace. */
  readonly folder?: string;
  readonly tags: readonly string[];
  readonly hasGraphics: boolean;
  /** Why hardware virtualisation is not used, when the definition would have liked it. */
  readonly note?: string;
}
