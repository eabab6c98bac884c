/** Storage pools and volumes of a connection. Objects are addressed by pool UUID and volume name. */
import type { PoolSummary, VolumeSummary } from '../../src-shared/model/storage-summary.ts';
import type { Readable } from 'node:stream';
import type { Job } from './jobs.ts';

export type { PoolSummary, VolumeSummary };

export interface VolumeCreation {
  readonly name: string;
  readonly format: 'raw' | 'qcow2' | 'vmdk' | 'vdi';
  readonly capacityBytes: number;
  /** Allocate everything now instead of when it is written. */
  readonly preallocate?: boolean;
  readonly backing?: { readonly path: string; readonly format: string };
}

export interface ImageImport {
  readonly name: string;
  /** What the image is; its header must agree. */
  readonly format: string;
  readonly convertTo?: 'qcow2' | 'raw';
  /** Make it at least this large. */
  readonly growToBytes?: number;
  /** The caller gives the file away and removes it afterwards: where possible its bytes are shared, not copied. */
  readonly giveAway?: boolean;
}

export interface StorageApi {
  pools(): Promise<readonly PoolSummary[]>;
  poolByName(name: string): Promise<PoolSummary>;
  poolByUuid(uuid: string): Promise<PoolSummary>;
  poolXml(uuid: string, options?: { readonly inactive?: boolean }): Promise<string>;
  /** The pool new machines use; made (a folder) when it does not exist. */
  defaultPool(): Promise<PoolSummary>;
  volumes(pool: string): Promise<readonly VolumeSummary[]>;
  volume(pool: string, name: string): Promise<VolumeSummary>;
  volumeByPath(path: string): Promise<VolumeSummary>;
  volumeXml(pool: string, name: string): Promise<string>;

  poolDefine?(xml: string): Promise<PoolSummary>;
  /** A pool that is gone when it stops; with `build` its folder is made first. */
  poolCreate?(xml: string, options?: { readonly build?: boolean }): Promise<PoolSummary>;
  poolBuild?(uuid: string): Promise<void>;
  poolStart?(uuid: string): Promise<void>;
  poolDestroy?(uuid: string): Promise<void>;
  poolUndefine?(uuid: string): Promise<void>;
  poolDelete?(uuid: string): Promise<void>;
  poolRefresh?(uuid: string): Promise<void>;
  poolSetAutostart?(uuid: string, autostart: boolean): Promise<void>;

  volumeCreate?(pool: string, creation: VolumeCreation): Job<VolumeSummary>;
  volumeCreateXml?(pool: string, xml: string, cloneFrom?: string): Job<VolumeSummary>;
  volumeResize?(
    pool: string,
    name: string,
    capacityBytes: number,
    options?: { readonly shrink?: boolean; readonly allocate?: boolean },
  ): Promise<void>;
  volumeDelete?(pool: string, name: string): Promise<void>;
  volumeWipe?(pool: string, name: string): Job<void>;
  /** Writes the stream's bytes into the volume; progress in bytes. */
  volumeUpload?(
    pool: string,
    name: string,
    source: Readable,
    options?: { readonly offset?: number; readonly length?: number },
  ): Job<void>;
  volumeDownload?(
    pool: string,
    name: string,
    options?: { readonly offset?: number; readonly length?: number },
  ): Promise<Readable>;
  /** Takes an existing image into the pool, by copy, or converts it. */
  importImage?(pool: string, path: string, options: ImageImport): Job<VolumeSummary>;
}
