import type { AcceleratorFacts, AcceleratorName, CommonFacts, ExpandedCpu } from './facts.ts';
import { schemaQuery } from './schema.ts';
import type { QemuAccelerator, QemuCapabilities } from './types.ts';

export interface QemuCapabilitiesInput {
  readonly binary: string;
  readonly common: CommonFacts;
  readonly byAccelerator: Readonly<Partial<Record<AcceleratorName, AcceleratorFacts>>>;
  readonly accelerators: readonly QemuAccelerator[];
}

/** Capabilities with what only the capabilities XML and the choice of a CPU need. */
export interface ProbedQemu extends QemuCapabilities {
  readonly tpmModels: readonly string[];
  readonly tpmTypes: readonly string[];
  readonly migrationCapabilities: readonly string[];
  largestCpu(accelerator: string): ExpandedCpu | undefined;
}

/** Makes capabilities that answer questions out of what a probe, or the cache, found. */
export function makeQemuCapabilities({
  binary,
  common,
  byAccelerator,
  accelerators,
}: QemuCapabilitiesInput): ProbedQemu {
  const types = new Set(common.types);
  const commands = new Set(common.commands);
  const properties = new Map(Object.entries(common.properties).map(([type, names]) => [type, new Set(names)]));
  const options = new Map(Object.entries(common.options));
  let query: ((path: string) => boolean) | undefined;
  let events: Set<unknown> | undefined;
  const facts = (accelerator: string): AcceleratorFacts | undefined =>
    accelerator === 'kvm' || accelerator === 'tcg' ? byAccelerator[accelerator] : undefined;
  return {
    binary,
    version: common.version,
    package: common.package,
    architecture: common.architecture,
    machines: common.machines,
    accelerators,
    tpmModels: common.tpmModels,
    tpmTypes: common.tpmTypes,
    migrationCapabilities: common.migrationCapabilities,
    cpuModels: (accelerator) => facts(accelerator)?.cpuModels ?? [],
    largestCpu: (accelerator) => facts(accelerator)?.largestCpu,
    hasType: (name) => types.has(name),
    hasProperty: (type, property) => properties.get(type)?.has(property) ?? false,
    hasCommand: (name) => commands.has(name),
    hasEvent: (name) => {
      events ??= new Set(common.schema.filter((entry) => entry['meta-type'] === 'event').map((entry) => entry['name']));
      return events.has(name);
    },
    hasOption: (option, parameter) => {
      const parameters = options.get(option);
      return parameters !== undefined && (parameter === undefined || parameters.includes(parameter));
    },
    schemaHas: (path) => {
      query ??= schemaQuery(common.schema);
      return query(path);
    },
  };
}
