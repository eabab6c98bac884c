/** What figures can be asked for separately; the state always comes. */
export type StatsGroup = 'cpu' | 'balloon' | 'vcpu' | 'net' | 'block';

/** Statistics of one domain, in the groups of `virDomainListGetStats`; a group is absent when it has no answer. */
export interface DomainStats {
  readonly uuid: string;
  readonly name: string;
  readonly state: { readonly state: number; readonly reason: number };
  readonly cpu?: { readonly timeNs: number; readonly userNs: number; readonly systemNs: number };
  readonly balloon?: {
    readonly currentKiB: number;
    readonly maximumKiB: number;
    /** The host memory the hypervisor process holds. */
    readonly rssKiB?: number;
    readonly availableKiB?: number;
    readonly unusedKiB?: number;
    readonly usableKiB?: number;
    readonly swapInKiB?: number;
    readonly swapOutKiB?: number;
    readonly majorFaults?: number;
    readonly minorFaults?: number;
    readonly diskCachesKiB?: number;
    readonly hugetlbAllocations?: number;
    readonly hugetlbFailures?: number;
    readonly lastUpdateS?: number;
  };
  readonly vcpu?: {
    readonly current: number;
    readonly maximum: number;
    readonly each: readonly {
      readonly id: number;
      readonly state: number;
      readonly timeNs: number;
      readonly waitNs?: number;
      /** How long it was ready to run but did not (`/proc/…/schedstat`). */
      readonly delayNs?: number;
      /** The host's processor it last ran on. */
      readonly cpu?: number;
    }[];
  };
  readonly net?: readonly {
    readonly name: string;
    readonly rxBytes: number;
    readonly rxPackets: number;
    readonly rxErrors: number;
    readonly rxDropped: number;
    readonly txBytes: number;
    readonly txPackets: number;
    readonly txErrors: number;
    readonly txDropped: number;
  }[];
  readonly block?: readonly {
    readonly name: string;
    readonly path?: string;
    /** libvirt's number of the image in the backing chain. */
    readonly backingIndex?: number;
    readonly readRequests: number;
    readonly readBytes: number;
    readonly readTimeNs: number;
    readonly writeRequests: number;
    readonly writeBytes: number;
    readonly writeTimeNs: number;
    readonly flushRequests: number;
    readonly flushTimeNs: number;
    readonly allocationBytes?: number;
    readonly capacityBytes?: number;
    readonly physicalBytes?: number;
  }[];
}
