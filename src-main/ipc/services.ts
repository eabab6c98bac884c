/** What the handlers of the contract work with; the composition root provides it. */
import type { StatsPace } from '../engine/figures/recorder.ts';
import type { HostCheck, StatsSeries } from '../../src-shared/contract/app.ts';
import type { Creation, CreationPlan, MediumInfo, OsInfo, OsResources } from '../../src-shared/contract/create.ts';
import type {
  CertificateState,
  LibvirtClient,
  LibvirtDoors,
  LibvirtUser,
} from '../../src-shared/contract/libvirt-clients.ts';
import type { Bin } from '../engine/bin.ts';
import type { Engine } from '../engine/engine.ts';
import type { EventSource } from '../engine/events.ts';
import type { DiskUsage } from '../engine/usage.ts';
import type { Prompts } from '../engine/prompts.ts';
import type { ConsoleSockets } from './console-sockets.ts';
import type { SettingsStore } from './settings.ts';

export interface StatsQuery {
  readonly uri: string;
  /** The host's figures when absent. */
  readonly uuid?: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly points: number;
}

export interface Recorder {
  /** Samples each second until the returned function is called. */
  watch(uri: string, pace: StatsPace): Promise<() => void>;
  history(query: StatsQuery): Promise<StatsSeries> | StatsSeries;
}

/** Operating systems, media and the machines made for them. */
export interface CreationService {
  inspectMedium(path: string): Promise<MediumInfo>;
  operatingSystems(): Promise<readonly OsInfo[]>;
  resources(uri: string, osId: string | undefined): Promise<OsResources>;
  suggestName(uri: string, base: string): Promise<string>;
  plan(spec: Creation): Promise<CreationPlan>;
  run(spec: Creation): Promise<{ readonly jobId: string; readonly uuid: string }>;
  smallLinux(): Promise<{ readonly available: boolean; readonly reason?: string; readonly sizeBytes?: number }>;
}

/** Libvirt's clients: by which doors they come, who may, and who is there. */
export interface LibvirtClientService {
  readonly changed: EventSource<void>;
  doors(): LibvirtDoors;
  certificates(): Promise<CertificateState>;
  makeCertificates(names: readonly string[]): Promise<CertificateState>;
  users(): readonly LibvirtUser[];
  setUser(name: string, password: string, options: { readonly readOnly: boolean }): Promise<void>;
  removeUser(name: string): Promise<void>;
  clients(): readonly LibvirtClient[];
  disconnect(id: string): void;
}

export interface Services {
  readonly libvirtClients: LibvirtClientService;
  /** URIs of the daemons that run on this host. */
  readonly findDaemons: () => Promise<readonly string[]>;
  readonly engine: Engine;
  readonly settings: SettingsStore;
  readonly recorder: Recorder;
  readonly consoles: ConsoleSockets;
  readonly usage: DiskUsage;
  readonly bin: Bin;
  readonly prompts: Prompts;
  readonly creation: CreationService;
  checks(): Promise<readonly HostCheck[]>;
}
