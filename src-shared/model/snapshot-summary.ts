/** A snapshot of a machine as lists show it. */
import type { Snapshot } from './snapshot.ts';

/** What state a machine is in after going back; `disk-snapshot` is only what a running machine had on its disks. */
export type SnapshotState = NonNullable<Snapshot['state']>;

export interface SnapshotSummary {
  readonly name: string;
  /** The snapshot it was taken after; absent for a root. */
  readonly parent?: string;
  readonly description?: string;
  readonly state: SnapshotState;
  /** Seconds since 1970. */
  readonly createdSeconds: number;
  /** Where the machine is: the next snapshot will be its child. */
  readonly isCurrent: boolean;
  /** `internal`: inside the disks' images. `external`: the images were left, and the machine writes to new ones. */
  readonly location: 'internal' | 'external';
  /** The machine's memory is part of it. */
  readonly hasMemory: boolean;
  /** What its memory takes in an image, where that is known. */
  readonly memoryBytes?: number;
}

/** Whether a snapshot or a part of it lies in files of its own. */
export function isExternal({ memory, disks }: Pick<Snapshot, 'memory' | 'disks'>): boolean {
  return memory?.snapshot === 'external' || (disks?.disk ?? []).some(({ snapshot }) => snapshot === 'external');
}

export function snapshotSummary(snapshot: Snapshot, isCurrent: boolean): SnapshotSummary {
  const { name = '', parent, description, state = 'nostate', creationTime = 0 } = snapshot;
  const memory = snapshot.memory?.snapshot;
  return {
    name,
    ...(parent === undefined ? {} : { parent: parent.name }),
    ...(description === undefined ? {} : { description }),
    state,
    createdSeconds: creationTime,
    isCurrent,
    location: isExternal(snapshot) ? 'external' : 'internal',
    hasMemory: memory === 'internal' || memory === 'external',
  };
}

/** A snapshot with those that were taken after it. */
export interface SnapshotNode<T extends { readonly name: string; readonly parent?: string }> {
  readonly snapshot: T;
  readonly children: readonly SnapshotNode<T>[];
}

/** The trees that snapshots form; one whose parent is not among them is a root. The order of siblings is the list's. */
export function snapshotForest<T extends { readonly name: string; readonly parent?: string }>(
  snapshots: readonly T[],
): readonly SnapshotNode<T>[] {
  const names = new Set(snapshots.map(({ name }) => name));
  const childrenOf = new Map<string | undefined, T[]>();
  for (const snapshot of snapshots) {
    const parent = snapshot.parent !== undefined && names.has(snapshot.parent) ? snapshot.parent : undefined;
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), snapshot]);
  }
  const under = (name: string | undefined): readonly SnapshotNode<T>[] =>
    (childrenOf.get(name) ?? []).map((snapshot) => ({ snapshot, children: under(snapshot.name) }));
  return under(undefined);
}
