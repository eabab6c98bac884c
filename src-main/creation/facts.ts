/** What a machine is planned with: all that must be known beforehand, so that planning itself is pure. */
import type { Creation, MediumInfo, OsInfo, OsResources } from '../../src-shared/contract/create.ts';
import type { PoolSummary } from '../engine/storage-api.ts';

/** What the hypervisor can give a machine; an absent list means that it does not say. */
export interface MachineAbilities {
  /** The domain's type: `kvm` only where it works. */
  readonly virtType: 'kvm' | 'qemu' | 'test';
  /** Why it is not `kvm`. */
  readonly noKvmReason?: string;
  readonly architecture: string;
  readonly graphics?: readonly string[];
  readonly videos?: readonly string[];
  /** Whether a TPM can be emulated, and whether there is UEFI firmware, with secure boot. */
  readonly tpm?: boolean;
  readonly efi?: boolean;
  readonly secureBoot?: boolean;
}

export interface HostFigures {
  readonly cpus: number;
  readonly memoryKiB: number;
  readonly freeMemoryKiB: number;
}

/** An image the machine gets as its first disk. */
export interface SourceImage {
  readonly path: string;
  readonly format: string;
  readonly virtualSizeBytes: number;
  /** What a copy of it takes on disk, at least. */
  readonly allocatedBytes: number;
  /** Machines that use the same file already. */
  readonly usedBy: readonly string[];
  /** Why it can't be used: a whole sentence. */
  readonly problem?: string;
}

export interface CreationFacts {
  /** Another host's: files of this one must be copied there. */
  readonly isElsewhere?: boolean;
  readonly abilities: MachineAbilities;
  readonly host: HostFigures;
  /** Names of machines there are. */
  readonly names: ReadonlySet<string>;
  readonly os: OsInfo | undefined;
  /** Of that system, or of an unknown one. */
  readonly resources: OsResources;
  /** What was found at the source's path; absent when it has none. */
  readonly medium?: MediumInfo;
  /** Why there is no `medium` although the source has a path. */
  readonly mediumProblem?: string;
  readonly image?: SourceImage;
  /** Where new disks go; absent when none is needed. */
  readonly pool?: PoolSummary & { readonly path: string };
  /** Names that are taken in the pool. */
  readonly volumes: ReadonlySet<string>;
  readonly uuid: string;
  readonly nowMs: number;
  /** Ports below it need a privilege we do not have; 0 when we have it. */
  readonly firstFreePort: number;
}

/** Whether something is written to a pool. */
export function needsPool(spec: Creation, isElsewhere = false): boolean {
  const { source, disk } = spec;
  if (disk !== undefined || (isElsewhere && 'path' in source)) return true;
  return (
    source.type === 'cloud' ||
    source.type === 'small-linux' ||
    source.type === 'url' ||
    (source.type === 'disk' && source.mode === 'copy')
  );
}
