/**
 * What a hypervisor driver is to everything above it.
 *
 * A driver implements as much as its hypervisor can do. **A method that is absent is what the driver cannot do**: doors
 * look for the method, never for the driver's name, and `need()` turns an absent one into libvirt's "not supported".
 * Objects are addressed by UUID, as on the wire. Methods reject with `VirError`.
 */
import type { Readable, Writable } from 'node:stream';
import { VirError } from '../../src-shared/errors.ts';
import type { CardConditions, LinkConditions } from '../../src-shared/model/link-conditions.ts';
import type { DomainSummary, StateAndReason } from '../../src-shared/model/summary.ts';
import type { ConnectUri } from '../../src-shared/uri.ts';
import { say } from '../../src-shared/words.ts';
import type { Affects, Author } from './author.ts';
import type { EngineEvent, EventSource } from './events.ts';
import type { CaptureApi } from './capture-api.ts';
import type { Job } from './jobs.ts';
import type { EngineContext } from './context.ts';
import type { HostBridgeApi, InterfaceApi } from './interface-api.ts';
import type { NetworkApi, NetworkHostApi } from './network-api.ts';
import type { NodeDeviceApi } from './node-device-api.ts';
import type { NwfilterApi } from './nwfilter-api.ts';
import type { DomainStats, StatsGroup } from './stats.ts';
import type { SecretApi } from './secret-api.ts';
import type { SnapshotApi } from './snapshot-api.ts';
import type { StorageApi } from './storage-api.ts';

export type { Affects, Author } from './author.ts';

/** One hypervisor: how its URIs look and how a connection is opened. */
export interface Driver {
  /** libvirt's name of it (`virConnectGetType` in lower case): `qemu`, `test`, `remote` … */
  readonly name: string;
  /** What people call this connection: `QEMU/KVM, this user`. The URI when absent. */
  label?(uri: ConnectUri): string;
  /** Whether this driver serves the URI; the first one registered that does is asked. */
  accepts(uri: ConnectUri): boolean;
  /** What was seen there when it was open last; a driver that has it is one whose hosts may be away for a while. */
  remembered?(uri: ConnectUri, context: EngineContext): Remembered | undefined;
  /** @throws VirError `no-connect` naming the URI and the cause. */
  open(uri: ConnectUri, context: EngineContext): Promise<Connection>;
}

export interface Remembered {
  /** When it was current. */
  readonly seenMs: number;
  readonly domains: readonly DomainSummary[];
}

/** An open connection. `close` leaves every guest running. */
export interface Connection {
  readonly uri: ConnectUri;
  /** `virConnectGetType`: `QEMU`, `Test` … */
  readonly type: string;
  readonly events: EventSource<EngineEvent>;
  readonly hostname: string;
  /** Its files are another host's: what lies here is not there. */
  readonly isElsewhere?: boolean;
  /** When its host was heard of last; undefined while it answers. */
  readonly seenMs?: number | undefined;
  /** Tries to reach a host that does not answer now, instead of when the time has come. */
  wake?(): void;
  /** The hypervisor's version as libvirt encodes it: major × 1,000,000 + minor × 1,000 + release. */
  hypervisorVersion?(): Promise<number>;
  /** Capabilities XML of the host and of the guests it can run. */
  capabilities?(): Promise<string>;
  /** Domain capabilities XML. */
  domainCapabilities?(selection: DomainCapabilitiesSelection): Promise<string>;
  nodeInfo?(): Promise<NodeInfo>;
  freeMemoryBytes?(): Promise<number>;
  /** Time since boot of one processor, or of all together. @throws VirError `invalid-arg` for one there is not. */
  nodeCpuStats?(cpu?: number): Promise<NodeCpuStats>;
  nodeMemoryStats?(): Promise<NodeMemoryStats>;
  /** Explanations the user should see about this connection: why TCG is used, what is missing. */
  notices?(): Promise<readonly Notice[]>;
  /** Tells that `notices` answers something else now: the way to another host is lost, or stands again. */
  readonly noticeChanges?: EventSource<undefined>;
  /** Converts between the hypervisor's own configuration and domain XML (`qemu-argv` …). */
  domainXmlToNative?(format: string, xml: string): Promise<string>;
  readonly domains: DomainApi;
  readonly snapshots?: SnapshotApi;
  readonly storage?: StorageApi;
  readonly secrets?: SecretApi;
  readonly networks?: NetworkApi & NetworkHostApi;
  readonly nwfilters?: NwfilterApi;
  readonly nodeDevices?: NodeDeviceApi;
  readonly captures?: CaptureApi;
  readonly interfaces?: InterfaceApi & HostBridgeApi;
  close(): Promise<void>;
}

/** Something the user should know, with what can be done about it. */
export interface Notice {
  /** i18n key. */
  readonly id: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly fix?: string;
}

export interface DomainCapabilitiesSelection {
  readonly emulator?: string;
  readonly architecture?: string;
  readonly machine?: string;
  readonly virtType?: string;
}

/** `virNodeInfo`. */
export interface NodeInfo {
  readonly model: string;
  readonly memoryKiB: number;
  readonly cpus: number;
  readonly mhz: number;
  readonly nodes: number;
  readonly sockets: number;
  readonly cores: number;
  readonly threads: number;
}

/** `virNodeGetCPUStats`. */
export interface NodeCpuStats {
  readonly kernelNs: number;
  readonly userNs: number;
  readonly idleNs: number;
  readonly ioWaitNs: number;
}

/** `virNodeGetMemoryStats`. */
export interface NodeMemoryStats {
  readonly totalKiB: number;
  readonly freeKiB: number;
  readonly buffersKiB: number;
  readonly cachedKiB: number;
}

/** `virDomainBlockInfo`: what the guest sees, the highest byte it may have written, what the image takes on the host. */
export interface BlockInfo {
  readonly capacityBytes: number;
  readonly allocationBytes: number;
  readonly physicalBytes: number;
}

/** Of throughput and requests of a disk; `group_name` is a word, all others are numbers. */
export type BlockLimits = Readonly<Record<string, number | string>>;

export type GuestEnd = 'poweroff' | 'reboot' | 'crash';

/** Every configuration a domain has: for changes of what it is called and where it is kept, now and for good. */
export function everyConfiguration({ id, persistent }: DomainSummary): Affects {
  return { live: id !== undefined, config: persistent };
}

export interface XmlOptions {
  /** Passwords and secrets included. */
  readonly secure?: boolean;
  /** The next boot's configuration even while the domain runs. */
  readonly inactive?: boolean;
  readonly migratable?: boolean;
  readonly updateCpu?: boolean;
}

export interface StartOptions {
  readonly paused?: boolean;
  /** Destroy the domain when the connection closes. */
  readonly autodestroy?: boolean;
  readonly bypassCache?: boolean;
  /** Discard a managed save and boot afresh. */
  readonly forceBoot?: boolean;
}

export type ShutdownMode = 'acpi' | 'agent' | 'initctl' | 'signal' | 'paravirt';

export interface UndefineOptions {
  readonly managedSave?: boolean;
  readonly snapshotsMetadata?: boolean;
  readonly checkpointsMetadata?: boolean;
  readonly nvram?: 'remove' | 'keep';
  readonly tpm?: 'remove' | 'keep';
}

/** Domains. The first block every driver has; the rest as its hypervisor allows. */
export interface DomainApi {
  list(): Promise<readonly DomainSummary[]>;
  /** The same as far as events have told, without asking; undefined before the first list. */
  known?(): readonly DomainSummary[] | undefined;
  /** @throws VirError `no-domain` */
  lookupByUuid(uuid: string): Promise<DomainSummary>;
  lookupByName(name: string): Promise<DomainSummary>;
  lookupById(id: number): Promise<DomainSummary>;
  xml(uuid: string, options?: XmlOptions): Promise<string>;
  state(uuid: string): Promise<StateAndReason>;

  define?(xml: string, options?: Author & { readonly validate?: boolean }): Promise<DomainSummary>;
  undefine?(uuid: string, options?: UndefineOptions): Promise<void>;
  /** Starts a transient domain, or runs the XML once over an inactive persistent one. */
  createXml?(xml: string, options?: StartOptions): Promise<DomainSummary>;
  start?(uuid: string, options?: StartOptions): Promise<DomainSummary>;
  /** Asks the guest to stop; resolves once it has been asked. */
  shutdown?(uuid: string, modes?: readonly ShutdownMode[]): Promise<void>;
  reboot?(uuid: string, modes?: readonly ShutdownMode[]): Promise<void>;
  reset?(uuid: string): Promise<void>;
  destroy?(uuid: string, options?: { readonly graceful?: boolean }): Promise<void>;
  suspend?(uuid: string): Promise<void>;
  resume?(uuid: string): Promise<void>;
  rename?(uuid: string, name: string): Promise<DomainSummary>;
  setAutostart?(uuid: string, autostart: boolean): Promise<void>;

  /** Saves to a file and stops. */
  save?(uuid: string, path: string, options?: { readonly running?: boolean }): Job<void>;
  restore?(path: string, options?: { readonly xml?: string; readonly running?: boolean }): Job<DomainSummary>;
  managedSave?(uuid: string, options?: { readonly running?: boolean }): Job<void>;
  managedSaveRemove?(uuid: string): Promise<void>;
  /** The definition in a saved image. @throws VirError `operation-failed` for what is not one. */
  saveImageXml?(path: string, options?: { readonly secure?: boolean }): Promise<string>;
  managedSaveXml?(uuid: string, options?: { readonly secure?: boolean }): Promise<string>;

  attachDevice?(uuid: string, deviceXml: string, affects: Affects): Promise<void>;
  detachDevice?(uuid: string, deviceXml: string, affects: Affects): Promise<void>;
  updateDevice?(uuid: string, deviceXml: string, affects: Affects): Promise<void>;
  /** `maximum` sets the limit instead of the amount. */
  setMemory?(uuid: string, kiB: number, affects: Affects & { readonly maximum?: boolean }): Promise<void>;
  setVcpus?(
    uuid: string,
    count: number,
    affects: Affects & { readonly maximum?: boolean; readonly guest?: boolean },
  ): Promise<void>;

  /** Title, description, or the metadata element of a namespace; `undefined` removes it. */
  setMetadata?(uuid: string, what: MetadataSelector, value: string | undefined, affects: Affects): Promise<void>;
  /** @throws VirError `no-domain-metadata` */
  metadata?(uuid: string, what: MetadataSelector, affects: Affects): Promise<string>;

  /** A PNG of the guest's screen. */
  screenshot?(uuid: string, screen?: number): Promise<Uint8Array>;
  /** Key codes of a code set, pressed together and held. */
  sendKey?(uuid: string, codeset: string, codes: readonly number[], holdMs?: number): Promise<void>;
  /** Where consoles can be reached; the sockets live as long as the guest. */
  consoles?(uuid: string): Promise<readonly ConsoleEndpoint[]>;
  /** Whether a SPICE display (`alias` as `consoles` has it) has its one viewer already, whom the next would end. */
  spiceInUse?(uuid: string, alias: string): Promise<boolean>;
  /** A bidirectional stream to a character device (serial, console). `force` drops another holder. */
  openConsole?(uuid: string, alias: string | undefined, options?: { readonly force?: boolean }): Promise<ConsoleStream>;

  /** Of the domains named, or of all; of the groups named, or of all: what nobody wants costs nothing. */
  stats?(uuids?: readonly string[], groups?: readonly StatsGroup[]): Promise<readonly DomainStats[]>;
  /** Of a disk by its target or its source path. @throws VirError `invalid-arg` when it has no such disk. */
  blockInfo?(uuid: string, disk: string): Promise<BlockInfo>;
  /** Makes a running guest's disk that large. */
  blockResize?(uuid: string, disk: string, capacityBytes: number): Promise<void>;
  /** Limits by the names they have in `<iotune>`; zero takes one away, those left out stay. */
  setBlockLimits?(uuid: string, disk: string, limits: BlockLimits, affects: Affects): Promise<void>;
  /** What each card's cable is made to be like, and what can be asked of it. */
  linkConditions?(uuid: string): Promise<readonly CardConditions[]>;
  /** Of a card by its MAC address, alias or number from 0; `undefined` makes its cable as good as it is. */
  setLinkConditions?(
    uuid: string,
    card: string,
    conditions: LinkConditions | undefined,
    affects: Affects,
  ): Promise<void>;
  /** What happens when the guest powers off, reboots or crashes. */
  setLifecycleAction?(uuid: string, event: GuestEnd, action: string, affects: Affects): Promise<void>;
  injectNmi?(uuid: string): Promise<void>;
  addresses?(uuid: string, source: 'agent' | 'lease' | 'arp'): Promise<readonly InterfaceAddresses[]>;
  /** The hypervisor's log of the domain's runs, newest last. */
  log?(uuid: string, options?: { readonly tailBytes?: number }): Promise<string>;
  /** Earlier definitions, newest first. */
  history?(uuid: string): Promise<readonly HistoryEntry[]>;
  historyXml?(uuid: string, entry: string): Promise<string>;
  /** A guest-agent command and its reply, both JSON. */
  agentCommand?(uuid: string, command: string, timeoutMs?: number): Promise<string>;
  /** A monitor command and its reply (`virsh qemu-monitor-command`). */
  monitorCommand?(uuid: string, command: string, human?: boolean): Promise<string>;
}

export type MetadataSelector =
  | { readonly type: 'description' }
  | { readonly type: 'title' }
  | { readonly type: 'element'; readonly uri: string; readonly prefix?: string };

/** One way to see or talk to a guest. */
export interface ConsoleEndpoint {
  readonly kind: 'vnc' | 'spice' | 'serial' | 'console';
  /** Device alias (`serial0`) for character devices; the index for graphics. */
  readonly alias: string;
  /** What to connect to: a unix socket or a PTY of this host; absent when only `openConsole` reaches it. */
  readonly socketPath?: string;
  readonly ptyPath?: string;
  /** A display on a TCP port that this host reaches. */
  readonly host?: string;
  readonly port?: number;
  readonly password?: string;
}

export interface ConsoleStream {
  readonly input: Writable;
  readonly output: Readable;
  close(): void;
}

export interface InterfaceAddresses {
  readonly name: string;
  readonly mac: string;
  readonly addresses: readonly {
    readonly family: 'ipv4' | 'ipv6';
    readonly address: string;
    readonly prefix: number;
  }[];
}

export interface HistoryEntry {
  readonly id: string;
  readonly timeMs: number;
  readonly author: string;
}

/** A method, bound to its object, or libvirt's "this function is not supported by the connection driver". */
export function need<A extends object, K extends keyof A & string>(api: A | undefined, method: K): NonNullable<A[K]> {
  const found = api?.[method];
  if (typeof found === 'function') return found.bind(api) as NonNullable<A[K]>;
  throw new VirError({
    code: 'no-support',
    domain: 'none',
    message: say`this function is not supported by the connection driver: ${method}`,
  });
}
