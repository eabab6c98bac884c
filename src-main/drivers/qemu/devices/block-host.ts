/** What disks need to know of the host and of the run. */
import type { ResolveVolume } from './block-image.ts';
import type { SecretHost } from './secrets.ts';

export interface BlockHost {
  /** A CD-ROM drive of the host, which QEMU can eject. */
  readonly isHostCdrom: (path: string) => boolean;
  /** Without it no disk can need a secret. */
  readonly secrets?: SecretHost;
  /** The certificates with which NBD servers are asked, and the secret that unlocks their key. */
  readonly nbdTls?: { readonly folder: string; readonly secret?: { readonly uuid: string } };
  /**
   * Chains were not followed, so where they end is not known; only for command lines that are shown and never run.
   * QEMU would look into the images.
   */
  readonly leavesChainsOpen?: boolean;
  /** Where the volumes of pools are; without it disks can't be volumes. */
  readonly volume?: ResolveVolume;
}
