/**
 * What one type of pool is to the rest: a folder, a mounted file system, a volume group … One file a type in
 * `backends/`. What a type cannot do is absent.
 */
import type { Readable } from 'node:stream';
import type { StoragePool } from '../../src-shared/model/storage-pool.ts';
import type { ImageReference } from './backing-chain.ts';
import type { Volume } from './volume.ts';

/** A pool's definition after it was checked. */
export interface PoolDefinition extends StoragePool {
  readonly name: string;
  readonly uuid: string;
}

export interface PoolUsage {
  readonly capacityBytes: number;
  readonly allocationBytes: number;
  readonly availableBytes: number;
}

/** A volume to be made. */
export interface NewVolume {
  readonly name: string;
  readonly format: string;
  readonly capacityBytes: number;
  /** How much is to be allocated now; everything when it is not less than the capacity. */
  readonly allocationBytes: number;
  readonly backing?: ImageReference;
  readonly compat?: string;
  readonly clusterBytes?: number;
  readonly features?: readonly string[];
  readonly nocow?: boolean;
  readonly mode?: number;
}

/** A volume with the content of an image. */
export interface ImageCopy {
  readonly name: string;
  readonly from: ImageReference;
  /** The format of the result. */
  readonly format: string;
  /** Grow the result to this, when it is more. */
  readonly capacityBytes?: number;
  /** Keep referring to the backing images of `from`, which the new volume can reach by the same names. */
  readonly keepBacking?: boolean;
  readonly compat?: string;
  readonly mode?: number;
  /** The caller removes `from` afterwards, so that its bytes may be shared. */
  readonly giveAway?: boolean;
}

export interface Work {
  readonly signal: AbortSignal;
  readonly progress: (done: number, total?: number) => void;
}

export interface Range {
  readonly offset?: number;
  readonly length?: number;
}

export interface Backend {
  readonly type: StoragePool['type'];
  /** @throws VirError `xml-error` for a definition this type of pool can't have. */
  validate(pool: PoolDefinition): void;
  /** What two pools must not both have; undefined when nothing is exclusive. */
  place(pool: PoolDefinition): string | undefined;
  /** The folder its volumes are in, when they are. */
  folder?(pool: PoolDefinition): string;

  /** Makes what the pool needs on the host, once. */
  build?(pool: PoolDefinition): Promise<void>;
  start(pool: PoolDefinition): Promise<void>;
  stop(pool: PoolDefinition): Promise<void>;
  /** Undoes `build`. */
  delete?(pool: PoolDefinition): Promise<void>;
  /** The definition with what was found, such as the folder's permissions. */
  describe(pool: PoolDefinition): Promise<PoolDefinition>;

  usage(pool: PoolDefinition): Promise<PoolUsage>;
  /** All volumes. Those in `known` that have not changed since need not be looked into again. */
  list(pool: PoolDefinition, known: ReadonlyMap<string, Volume>): Promise<Map<string, Volume>>;
  /** One volume as it is now; undefined when it is not there. */
  look(pool: PoolDefinition, name: string): Promise<Volume | undefined>;

  create?(pool: PoolDefinition, volume: NewVolume, work: Work): Promise<void>;
  copy?(pool: PoolDefinition, copy: ImageCopy, work: Work): Promise<void>;
  remove?(pool: PoolDefinition, volume: Volume): Promise<void>;
  resize?(
    pool: PoolDefinition,
    volume: Volume,
    capacityBytes: number,
    options: { readonly shrink?: boolean; readonly allocate?: boolean },
  ): Promise<void>;
  wipe?(pool: PoolDefinition, volume: Volume, work: Work): Promise<void>;
  read?(pool: PoolDefinition, volume: Volume, range: Range): Promise<Readable>;
  write?(pool: PoolDefinition, volume: Volume, source: Readable, range: Range, work: Work): Promise<void>;
}
