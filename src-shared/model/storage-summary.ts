/** What lists show of storage pools and volumes. */

export interface PoolSummary {
  readonly uuid: string;
  readonly name: string;
  readonly type: string;
  readonly active: boolean;
  readonly persistent: boolean;
  readonly autostart: boolean;
  readonly capacityBytes: number;
  readonly allocationBytes: number;
  readonly availableBytes: number;
  /** For pools that are a folder. */
  readonly path?: string;
  readonly volumes: number;
}

export interface VolumeSummary {
  readonly pool: string;
  readonly name: string;
  /** The path, also its key. */
  readonly path: string;
  readonly type: 'file' | 'block' | 'dir' | 'network' | 'netdir' | 'ploop';
  readonly format: string;
  readonly capacityBytes: number;
  readonly allocationBytes: number;
  readonly backingPath?: string;
  readonly modifiedMs: number;
}
