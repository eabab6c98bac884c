import type { Filesystem, Hostdev, Interface, Tpm, Video } from '../../../../src-shared/model/domain/index.ts';
import type { BlockHost } from '../devices/block-host.ts';
import type { ChardevHost } from '../devices/chardev.ts';
import type { NetworkHost } from '../devices/netdev.ts';
import type { DeviceContext } from '../devices/properties.ts';
import type { RunContext } from '../passes/start/types.ts';
import type { OptionList } from './option-list.ts';

/** What the starter of a machine has decided and opened before QEMU is told. */
export interface Launch {
  readonly run: RunContext;
  /** The key that QEMU decrypts secrets with; without it none can be used. */
  readonly masterKeyFile?: string;
  readonly monitorSocket: string;
  /** Where the machine's state comes from, when it is not started afresh. */
  readonly incoming?: string;
  readonly sandbox: boolean;
  readonly now: Date;
  readonly block: BlockHost;
  readonly network: NetworkHost;
  readonly chardev: ChardevHost;
  /** Descriptors of vhost devices and of vhost-user graphics, by device. */
  readonly vhostDescriptor?: (device: Hostdev | Video | 'vsock') => string;
  /** Paths of a TPM of the host and of its way to cancel, as QEMU may open them. */
  readonly tpmDevice?: (tpm: Tpm) => { readonly path: string; readonly cancelPath: string };
  /** The generic SCSI device of a host's SCSI device. */
  readonly scsiGenericPath?: (hostdev: Extract<Hostdev, { type: 'scsi' }>) => string;
  /** The socket on which virtiofsd serves a folder. */
  readonly virtiofsSocket?: (folder: Filesystem) => string;
  /** The host's own SMBIOS texts, for `<smbios mode='host'>`. */
  readonly hostSysinfo?: readonly string[];
  /** QEMU may be told to hide its own memory from core dumps; that is the default. */
  readonly dumpGuestCore?: boolean;
}

export interface BuildContext extends DeviceContext {
  readonly launch: Launch;
  /** Memory is allocated at once (`-mem-prealloc` was given). */
  isPreallocated: boolean;
}

/** Writes one part of the command line. */
export type Section = (options: OptionList, context: BuildContext) => void;

/** What must exist before QEMU runs. */
export interface Preparations {
  /** Folders that sockets are made in. */
  readonly folders: readonly string[];
  readonly nvram?: { readonly path: string; readonly template?: string };
  readonly tpms: readonly { readonly tpm: Tpm; readonly socket: string }[];
  readonly passt: readonly { readonly card: Interface; readonly socket: string }[];
  readonly virtiofs: readonly { readonly folder: Filesystem; readonly socket: string }[];
}

export interface CommandLine {
  readonly emulator: string;
  readonly arguments: readonly string[];
  /** Variables the definition sets; the starter adds its own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly preparations: Preparations;
}
