/** What everything that works on guests shares. */
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import type { DomainRecord, DomainTable } from '../../../engine/domain-table.ts';
import type { EngineContext } from '../../../engine/context.ts';
import type { Logger } from '../../../engine/logger.ts';
import type { LocalNetworks } from '../../../network/local-networks.ts';
import type { AcceleratorName } from '../capabilities/facts.ts';
import type { ProbedQemu } from '../capabilities/qemu-capabilities.ts';
import type { CapabilitiesRegistry } from '../capabilities/registry.ts';
import type { Cables, PlannedCables } from '../network/cables.ts';
import type { CompleteDomain } from '../passes/index.ts';
import type { QemuFolders, RunPaths } from '../process/run-paths.ts';
import type { StatusFolder } from '../process/status-file.ts';
import type { Instance } from './instance.ts';

export type GuestRecord = DomainRecord<Instance>;

/** A program that serves one guest beside its QEMU (a TPM, a network) and ends with it. */
export interface HelperPlan {
  readonly argv: readonly string[];
  /** A socket that it makes; QEMU is started when it is there. */
  readonly readyPath?: string;
}

/** How one run of a guest is started. */
export interface LaunchPlan {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The definition as it runs: aliases, chosen ports, socket paths. */
  readonly live: Domain;
  readonly helpers: readonly HelperPlan[];
  /** What its network cards are plugged into; made before QEMU is started. */
  readonly cables: PlannedCables;
  /** Called when QEMU has taken what was reserved for it, or will not. */
  readonly release: () => void;
}

export interface RunRequest {
  readonly id: number;
  readonly paths: RunPaths;
  readonly capabilities: ProbedQemu;
  readonly accelerator: AcceleratorName;
  /** It will be told over the monitor where its memory comes from. */
  readonly incoming: boolean;
}

/** Makes the command line of a guest, and what has to exist before it runs. */
export type PrepareRun = (domain: Domain, request: RunRequest) => Promise<LaunchPlan>;

export interface GuestContext {
  readonly table: DomainTable<Instance, CompleteDomain>;
  readonly registry: CapabilitiesRegistry;
  readonly folders: QemuFolders;
  readonly status: StatusFolder;
  readonly engine: EngineContext;
  readonly logger: Logger;
  readonly prepareRun: PrepareRun;
  readonly cables: Cables;
  readonly networks: Pick<LocalNetworks, 'list' | 'leases' | 'leaseChanges'>;
}
