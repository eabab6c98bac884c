import type { QemuCapabilities } from '../../capabilities/types.ts';
import { invalidDefinition, unsupported } from '../errors.ts';
import { isX86 } from '../machine-kind.ts';
import type { CompleteDomain, Pass } from '../types.ts';
import { say } from '../../../../../src-shared/words.ts';

/** The CPU model the machine would take by itself is written down, so that a newer QEMU does not change it. */
export const chooseCpu: Pass = (domain, { capabilities }) => {
  const { cpu } = domain;
  if (cpu?.model?.value !== undefined) cpu.mode ??= 'custom';
  const isCustom = (cpu?.mode ?? 'custom') === 'custom';
  if (cpu !== undefined && isCustom && cpu.model?.value === undefined) {
    if (cpu.check !== undefined) throw unsupported(say`<cpu check='…'> means nothing without a model.`);
    delete cpu.mode;
    delete cpu.model;
    const { feature, ...rest } = cpu;
    if (feature.length === 0 && Object.keys(rest).length === 0) delete domain.cpu;
  }
  const isAnyModel = cpu?.model?.value === undefined && cpu?.model?.vendor_id === undefined;
  if (cpu?.mode === 'host-model' && isAnyModel) delete cpu.model;
  if (cpu !== undefined && (!isCustom || cpu.model?.value !== undefined)) return;
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
  if (cpu.mode === undefined) return;
  if (cpu.mode === 'custom') cpu.match ??= 'exact';
  if (cpu.model?.value !== undefined) cpu.model.fallback ??= 'allow';
  cpu.check ??=
    cpu.mode === 'host-passthrough' || cpu.mode === 'maximum' || (cpu.mode === 'custom' && domain.type === 'qemu')
      ? 'none'
      : 'partial';
};

/** Every virtual CPU that is listed has a state. */
export const completeVcpus: Pass = (domain) => {
  const { vcpu, vcpus } = domain;
  const online = vcpu.current ?? vcpu.value;
  if (online > vcpu.value) throw invalidDefinition(say`<vcpu current> is more than the number of virtual CPUs.`);
  for (const item of vcpus?.vcpu ?? []) item.hotpluggable ??= !item.enabled;
  const first = vcpus?.vcpu.find((item) => item.id === 0);
  if (first !== undefined && !first.enabled) throw unsupported(say`Virtual CPU 0 can't be switched off.`);
  if (first?.hotpluggable === true) throw unsupported(say`Virtual CPU 0 can't be hot-pluggable.`);
};
