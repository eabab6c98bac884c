/** What the engine announces: plain data, the same for every door. */
import type { DomainState, DomainSummary } from '../model/summary.ts';
import type { CaptureInfo } from '../model/capture.ts';
import type { JobInfo } from '../model/job.ts';
import type { SecretSummary } from '../model/secret-summary.ts';

/** A reference to a domain as events carry it. `id` is -1 when it is not running. */
export interface DomainRef {
  readonly uuid: string;
  readonly name: string;
  readonly id: number;
}

/** libvirt's lifecycle events with their details (`virDomainEventType`, `virDomainEvent*DetailType`). */
export type LifecycleEvent =
  | { readonly event: 'defined'; readonly detail: 'added' | 'updated' | 'renamed' | 'from-snapshot' }
  | { readonly event: 'undefined'; readonly detail: 'removed' | 'renamed' }
  | { readonly event: 'started'; readonly detail: 'booted' | 'migrated' | 'restored' | 'from-snapshot' | 'wakeup' }
  | {
      readonly event: 'suspended';
      readonly detail:
        | 'paused'
        | 'migrated'
        | 'ioerror'
        | 'watchdog'
        | 'restored'
        | 'from-snapshot'
        | 'api-error'
        | 'postcopy'
        | 'postcopy-failed';
    }
  | {
      readonly event: 'resumed';
      readonly detail: 'unpaused' | 'migrated' | 'from-snapshot' | 'postcopy' | 'postcopy-failed';
    }
  | {
      readonly event: 'stopped';
      readonly detail: 'shutdown' | 'destroyed' | 'crashed' | 'migrated' | 'saved' | 'failed' | 'from-snapshot';
    }
  | { readonly event: 'shutdown'; readonly detail: 'finished' | 'guest' | 'host' }
  | { readonly event: 'pmsuspended'; readonly detail: 'memory' | 'disk' }
  | { readonly event: 'crashed'; readonly detail: 'panicked' | 'crashloaded' };

/** Domain events besides the lifecycle, named as `virsh event` names them. */
export type DomainEvent =
  | ({ readonly kind: 'lifecycle' } & LifecycleEvent)
  | { readonly kind: 'reboot' }
  | { readonly kind: 'rtc-change'; readonly offsetSeconds: number }
  | { readonly kind: 'watchdog'; readonly action: string }
  | {
      readonly kind: 'io-error';
      readonly source: string;
      readonly alias: string;
      readonly action: string;
      readonly reason: string;
    }
  | { readonly kind: 'graphics'; readonly phase: 'connect' | 'initialize' | 'disconnect'; readonly scheme: string }
  | { readonly kind: 'disk-change'; readonly alias: string; readonly reason: 'changed' | 'dropped' }
  | { readonly kind: 'tray-change'; readonly alias: string; readonly reason: 'opened' | 'closed' }
  | { readonly kind: 'balloon-change'; readonly actualKiB: number }
  | { readonly kind: 'device-added'; readonly alias: string }
  | { readonly kind: 'device-removed'; readonly alias: string }
  | { readonly kind: 'device-removal-failed'; readonly alias: string }
  | { readonly kind: 'agent-lifecycle'; readonly connected: boolean; readonly reason: 'domain-started' | 'channel' }
  | { readonly kind: 'metadata-change'; readonly type: 'description' | 'title' | 'element'; readonly uri?: string }
  | { readonly kind: 'job-completed'; readonly operation: string }
  | { readonly kind: 'migration-iteration'; readonly iteration: number }
  | { readonly kind: 'block-job'; readonly path: string; readonly type: string; readonly status: string }
  | { readonly kind: 'memory-failure'; readonly recipient: string; readonly action: string };

/** Everything a connection can announce. */
export type EngineEventData =
  | { readonly type: 'domain'; readonly domain: DomainRef; readonly event: DomainEvent; readonly timeMs: number }
  /** The summary as it is now, after any change of it; sent after the `domain` event that caused it. */
  | { readonly type: 'domain-summary'; readonly summary: DomainSummary }
  | { readonly type: 'domain-gone'; readonly uuid: string }
  /** Snapshots of a domain were taken, dropped or gone back to. */
  | { readonly type: 'snapshots'; readonly uuid: string }
  | { readonly type: 'network'; readonly uuid: string; readonly name: string; readonly event: NetworkEvent }
  | { readonly type: 'nwfilter'; readonly uuid: string; readonly name: string; readonly event: NwfilterEvent }
  | { readonly type: 'pool'; readonly uuid: string; readonly name: string; readonly event: PoolEvent }
  | { readonly type: 'secret'; readonly secret: SecretSummary; readonly event: SecretEvent }
  /** A capture began, grew or ended; those that go on tell it a few times a second. */
  | { readonly type: 'capture'; readonly capture: CaptureInfo }
  | { readonly type: 'capture-gone'; readonly uuid: string; readonly id: string }
  /** Host interfaces were changed, or a change of them was kept or taken back. */
  | { readonly type: 'interfaces' }
  | { readonly type: 'job'; readonly job: JobInfo }
  | { readonly type: 'stats'; readonly sample: StatsSample };

export type NetworkEvent = 'defined' | 'undefined' | 'started' | 'stopped' | 'updated';

/** libvirt has no events of network filters: these are for the window. */
export type NwfilterEvent = 'defined' | 'undefined';

export type SecretEvent = 'defined' | 'undefined' | 'value-changed';

export type PoolEvent = 'defined' | 'undefined' | 'started' | 'stopped' | 'created' | 'deleted' | 'refreshed';

/** One second's figures; what could not be measured is absent, with the reason in `DomainStatsSample.blanks`. */
export interface StatsSample {
  readonly timeMs: number;
  readonly host: HostStatsSample;
  readonly domains: readonly DomainStatsSample[];
}

export interface HostStatsSample {
  /** 0…1 of all cores. */
  readonly cpu: number;
  readonly memoryTotalKiB: number;
  readonly memoryUsedKiB: number;
  /** These four are absent for another host, whose libvirtd does not count them. */
  readonly networkRxBytesPerSecond?: number;
  readonly networkTxBytesPerSecond?: number;
  readonly diskReadBytesPerSecond?: number;
  readonly diskWriteBytesPerSecond?: number;
}

export interface DomainStatsSample {
  readonly uuid: string;
  readonly state: DomainState;
  /** 0…1 of the guest's vCPUs. */
  readonly cpu?: number;
  readonly memoryUsedKiB?: number;
  readonly memoryTotalKiB?: number;
  readonly diskReadBytesPerSecond?: number;
  readonly diskWriteBytesPerSecond?: number;
  readonly networkRxBytesPerSecond?: number;
  readonly networkTxBytesPerSecond?: number;
  /** Why a figure is absent: `{ memory: 'no balloon driver' }`. Words are i18n keys of the window. */
  readonly blanks?: Readonly<Record<string, string>>;
}
