import type { QemuCapabilities } from '../../capabilities/types.ts';
import { invalidDefinition, unsupported } from '../errors.ts';
import { isX86 } from '../machine-kind.ts';
import type { CompleteDomain, Pass } from '../types.ts';

/** The CPU model the machine would take by itself is written down, so that a newer QEMU does not change it. */
export const chooseCpu: Pass = (domain, { capabilities }) => {
  const { cpu } = domain;
  if (cpu !== undefined) {
    cpu.mode ??= 'custom';
    if (cpu.mode === 'custom' && cpu.model?.value === undefined && cpu.check !== undefined) {
      throw unsupported("<cpu check='…'> means nothing without a model.");
    }
  }
  if (cpu !== undefined && (cpu.mode !== 'custom' || cpu.model?.value !== undefined)) return;
  const model = defaultCpuModel(domain, capabilities);
  if (model === undefined) return;
  const chosen = (domain.cpu ??= { feature: [] });
  if (model === 'host') {
    chosen.mode = 'host-passthrough';
    return;
  }
  chosen.mode = 'custom';
  chosen.match = 'exact';
  chosen.check = 'none';
  chosen.model = { fallback: 'forbid', value: model };
};

function defaultCpuModel(domain: CompleteDomain, capabilities: QemuCapabilities): string | undefined {
  const machine = capabilities.machines.find((item) => item.name === domain.os.type.machine);
  const typename = machine?.defaultCpuType;
  if (typename === undefined) return undefined;
  const accelerator = domain.type === 'kvm' ? 'kvm' : 'tcg';
  const model = capabilities.cpuModels(accelerator).find((item) => item.typename === typename);
  return model?.name ?? typename.replace(/-(x86_64|i386)-cpu$/, '');
}

export const completeCpu: Pass = (domain, { capabilities }) => {
  const { cpu } = domain;
  if (cpu === undefined) return;
  for (const feature of cpu.feature) feature.policy ??= 'require';
  if (cpu.mode === 'host-passthrough' && cpu.migratable === undefined) {
    if (capabilities.hasProperty('max-x86_64-cpu', 'migratable')) cpu.migratable = true;
    else if (isX86(domain)) cpu.migratable = false;
  }
  if (cpu.topology !== undefined) cpu.topology.dies ??= 1;
  if (cpu.mode === 'custom' && cpu.model?.value === undefined) return;
  if (cpu.mode === 'custom') cpu.match ??= 'exact';
  if (cpu.model?.value !== undefined) cpu.model.fallback ??= 'allow';
  cpu.check ??=
    cpu.mode === 'host-passthrough' || cpu.mode === 'maximum' || (cpu.mode === 'custom' && domain.type === 'qemu')
      ? 'none'
      : 'partial';
};

/** Every virtual CPU has a state, and CPUs no NUMA cell names belong to the first. */
export const completeVcpus: Pass = (domain) => {
  const { vcpu, vcpus } = domain;
  const online = vcpu.current ?? vcpu.value;
  if (online > vcpu.value) throw invalidDefinition('<vcpu current> is more than the number of virtual CPUs.');
  for (const item of vcpus?.vcpu ?? []) item.hotpluggable ??= !item.enabled;
  const first = vcpus?.vcpu.find((item) => item.id === 0);
  if (first !== undefined && !first.enabled) throw unsupported("Virtual CPU 0 can't be switched off.");
  if (first?.hotpluggable === true) throw unsupported("Virtual CPU 0 can't be hot-pluggable.");
  const cells = domain.cpu?.numa?.cell ?? [];
  const [firstCell] = cells;
  cells.forEach((cell, index) => {
    cell.id ??= index;
  });
  if (firstCell === undefined) return;
  const named = new Set(cells.flatMap((cell) => cell.cpus ?? []));
  if (named.size >= vcpu.value) return;
  const rest = Array.from({ length: vcpu.value }, (_, id) => id).filter((id) => !named.has(id));
  firstCell.cpus = [...(firstCell.cpus ?? []), ...rest].sort((left, right) => left - right);
};
