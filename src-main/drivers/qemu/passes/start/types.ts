import type { Tpm } from '../../../../../src-shared/model/domain/index.ts';
import type { MemoryHost } from '../../devices/memory-backend.ts';
import type { FirmwareDescriptor } from '../../firmware/descriptor.ts';
import type { PassContext, CompleteDomain } from '../types.ts';

/**
 * What whoever starts machines sees to, outside QEMU: control groups, CPU affinity and scheduling, addresses and
 * rules of the host's network cards, the host's ends of guests' cables, CPUs that are plugged in before the guest runs, overlays for transient disks, a helper
 * for SCSI reservations.
 */
export const provisions = [
  'limits',
  'affinity',
  'scheduling',
  'traffic',
  'cables',
  'cpu-hotplug',
  'transient-disks',
  'reservations',
] as const;
export type Provision = (typeof provisions)[number];

/** One run of a domain: its own folder, and what the host has given it. */
export interface RunContext {
  /** The folder of this run: monitor socket, key, displays' sockets. */
  readonly directory: string;
  /** The folder of the sockets that channels without a path of their own get. */
  readonly channelDirectory: string;
  /** A free TCP port for a display. */
  readonly allocatePort: (use: 'vnc' | 'vnc-websocket' | 'spice' | 'spice-tls') => number;
  /** Where displays listen when neither they nor their domain say. */
  readonly listenAddress: string;
  /** SPICE's certificates are there, so that its channels can be encrypted. */
  readonly spiceTlsDirectory?: string;
  /** The host's device for rendering, for displays that need one. */
  readonly renderNode?: string;
  /** The address a virtual network has on the host. */
  readonly networkAddress?: (network: string) => string | undefined;
  readonly firmwares: readonly FirmwareDescriptor[];
  /** Where this domain's UEFI variables are kept when the definition does not say. */
  readonly nvramPath: string;
  /** The socket on which the emulator of a TPM listens. */
  readonly tpmSocket: (tpm: Tpm) => string;
  readonly memory: MemoryHost;
  /** A machine that needs anything else is refused. */
  readonly provides?: ReadonlySet<Provision>;
  /** A free context id for a vsock; without it a definition must name one. */
  readonly allocateVsockCid?: () => number;
  /** What the host's processor says of its memory encryption. */
  readonly sev?: { readonly cbitpos: number; readonly reducedPhysBits: number };
}

export interface StartContext extends PassContext {
  readonly run: RunContext;
}

/** One step from the stored definition to the running machine's; edits the copy it is handed. */
export type StartPass = (domain: CompleteDomain, context: StartContext) => void;
