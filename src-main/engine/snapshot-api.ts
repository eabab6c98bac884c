/**
 * Snapshots of domains, addressed by the domain's UUID and their names. A method that is absent is what the driver
 * cannot do. What takes long returns a job; refusals come with its result.
 */
import type { SnapshotSummary } from '../../src-shared/model/snapshot-summary.ts';
import type { Job } from './jobs.ts';

export type { SnapshotSummary };

/** `virDomainSnapshotCreateFlags`. */
export interface SnapshotCreateOptions {
  /** What is on the disks of a running machine, without its memory. */
  readonly diskOnly?: boolean;
  /** Nothing is kept about it; the images have it. */
  readonly noMetadata?: boolean;
  /** The machine is stopped once it is taken. */
  readonly halt?: boolean;
  /** All disks or none: this is always so here. */
  readonly atomic?: boolean;
  /** Images that exist are used as they are. */
  readonly reuseExternal?: boolean;
  /** The guest's agent brings its file systems to rest meanwhile. */
  readonly quiesce?: boolean;
  /** The machine runs on while its memory is written. */
  readonly live?: boolean;
  /** Only writes down what is said of it, anew or again; nothing is taken. */
  readonly redefine?: boolean;
  /** With `redefine`: the machine counts as being at it. */
  readonly current?: boolean;
  readonly validate?: boolean;
}

/** `virDomainSnapshotRevertFlags`. */
export interface SnapshotRevertOptions {
  /** Whether the machine runs (or stands still) afterwards; as it was in the snapshot unless told. */
  readonly running?: boolean;
  readonly paused?: boolean;
  /** Also when that is risky. */
  readonly force?: boolean;
  readonly resetNvram?: boolean;
}

/** `virDomainSnapshotDeleteFlags`. */
export interface SnapshotDeleteOptions {
  readonly children?: boolean;
  readonly childrenOnly?: boolean;
  /** What is kept about it goes; the images stay as they are. */
  readonly metadataOnly?: boolean;
}

export interface SnapshotApi {
  /** All of a domain, parents before their children, else by age; with `sizes` the images are asked what they take. @throws VirError `no-domain` */
  list(uuid: string, options?: { readonly sizes?: boolean }): Promise<readonly SnapshotSummary[]>;
  /** @throws VirError `no-domain-snapshot` */
  xml(uuid: string, name: string, options?: { readonly secure?: boolean }): Promise<string>;

  create?(uuid: string, xml: string, options?: SnapshotCreateOptions): Job<SnapshotSummary>;
  revert?(uuid: string, name: string, options?: SnapshotRevertOptions): Job<void>;
  delete?(uuid: string, name: string, options?: SnapshotDeleteOptions): Job<void>;
  /** Says where the machine is, without changing anything else: the next snapshot will be a child of this one. */
  setCurrent?(uuid: string, name: string): Promise<void>;
}
