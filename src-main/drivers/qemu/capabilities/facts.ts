/** What a probe found out about one QEMU binary: plain data, as the cache keeps it. */
import type { JsonObject } from '../qmp/message.ts';
import type { QemuCpuModel, QemuMachine } from './types.ts';

export type AcceleratorName = 'kvm' | 'tcg';

/** A CPU as `query-cpu-model-expansion` describes it. */
export interface ExpandedCpu {
  readonly model: string;
  readonly properties: Readonly<Record<string, boolean | number | string>>;
  /** Properties that are on only because the guest may not be migrated. */
  readonly unmigratable: readonly string[];
}

/** What depends on the accelerator QEMU runs with. */
export interface AcceleratorFacts {
  readonly cpuModels: readonly QemuCpuModel[];
  /** The most a guest can get: `host` under KVM, `max` under TCG. Absent when QEMU does not expand models. */
  readonly largestCpu?: ExpandedCpu;
}

export interface CommonFacts {
  readonly version: { readonly major: number; readonly minor: number; readonly micro: number };
  readonly package: string;
  readonly architecture: string;
  readonly machines: readonly QemuMachine[];
  readonly types: readonly string[];
  /** By device or object type; only types that were asked about. */
  readonly properties: Readonly<Record<string, readonly string[]>>;
  readonly commands: readonly string[];
  /** Parameters by command-line option. */
  readonly options: Readonly<Record<string, readonly string[]>>;
  /** `query-qmp-schema` as QEMU sent it. */
  readonly schema: readonly JsonObject[];
  readonly tpmModels: readonly string[];
  readonly tpmTypes: readonly string[];
  readonly migrationCapabilities: readonly string[];
  /** What `query-kvm` says: built in, and in use by the QEMU that was asked. */
  readonly kvm: { readonly present: boolean; readonly enabled: boolean };
}
