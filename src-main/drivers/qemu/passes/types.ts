import type { Devices, Domain, HostPciAddress, Os, Vcpu } from '../../../../src-shared/model/domain/index.ts';
import type { QemuCapabilities } from '../capabilities/types.ts';

/** A definition whose sections every pass may rely on; the first pass makes one of what was read. */
export type CompleteDomain = Domain & {
  uuid: string;
  os: Os;
  devices: Devices;
  vcpu: Vcpu;
  memory: NonNullable<Domain['memory']>;
  currentMemory: NonNullable<Domain['currentMemory']>;
};

/** What a definition is completed with besides the capabilities of its QEMU: the only door to chance and the host. */
export interface DefinitionEnvironment {
  readonly hostArchitecture: string;
  readonly randomBytes: (count: number) => Uint8Array;
  /** The emulator for an architecture whose definition names none. */
  readonly emulatorFor: (architecture: string) => string | undefined;
  /** Where a domain's UEFI variables are kept when the definition does not say. */
  readonly nvramPath: (domainName: string) => string;
  /** A socket that this driver made for one run; in a definition that was copied from a running machine's. */
  readonly isGeneratedPath?: (path: string) => boolean;
  /** Whether a device of the host is PCI Express; most that can be assigned are. */
  readonly isPciExpress?: (address: HostPciAddress) => boolean;
  /** The backend of sound cards when the definition has no `<audio>`, for a domain without SPICE. */
  readonly hostAudio?: 'none' | 'pulseaudio' | 'alsa' | 'sdl';
}

export interface PassContext {
  readonly capabilities: QemuCapabilities;
  readonly environment: DefinitionEnvironment;
  /**
   * The definition is new: it may be given hardware it did not ask for. A definition that has run before keeps what
   * it has, since its guest knows that hardware.
   */
  readonly isNew: boolean;
}

/** One step of completing a definition. It edits the copy it is handed; the list of passes as a whole is pure. */
export type Pass = (domain: CompleteDomain, context: PassContext) => void;
