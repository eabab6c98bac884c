/** Edits of processor and memory. Pure. */
import type { Cpu, Domain } from '../../../../src-shared/model/domain/index.ts';
import { edited, having } from './domain-edit.ts';

export interface CpuShape {
  readonly sockets: number;
  readonly cores: number;
  readonly threads: number;
}

/** Cores first: what guests license and schedule by is the socket. */
export const shapeOf = (vcpus: number): CpuShape => ({ sockets: 1, cores: vcpus, threads: 1 });

export function vcpusOf(domain: Domain): { readonly maximum: number; readonly current: number } {
  const maximum = domain.vcpu?.value ?? 1;
  return { maximum, current: domain.vcpu?.current ?? maximum };
}

/** How many vCPUs there can be and how many are switched on; a topology that no longer fits becomes one that does. */
export function setVcpus(domain: Domain, maximum: number, current: number): Domain {
  return edited(domain, (draft) => {
    draft.vcpu = having(draft.vcpu ?? { value: maximum }, {
      value: maximum,
      current: current < maximum ? current : undefined,
    });
    // Which ones are on, one by one, is said anew by their number.
    if (maximum !== domain.vcpu?.value) delete draft.vcpus;
    const topology = draft.cpu?.topology;
    if (draft.cpu === undefined || topology === undefined) return;
    const { sockets, cores, threads, dies = 1, clusters = 1 } = topology;
    if (sockets * dies * clusters * cores * threads === maximum) return;
    draft.cpu.topology = {
      ...topology,
      ...shapeOf(maximum),
      ...(topology.dies === undefined ? {} : { dies: 1 }),
      ...(topology.clusters === undefined ? {} : { clusters: 1 }),
    };
  });
}

/** Sets the topology, and the number of vCPUs to what it makes. */
export function setTopology(domain: Domain, shape: CpuShape): Domain {
  const { dies, clusters } = domain.cpu?.topology ?? {};
  const count = shape.sockets * (dies ?? 1) * (clusters ?? 1) * shape.cores * shape.threads;
  const before = vcpusOf(domain);
  // All on stays all on; fewer stay as many, as far as there are.
  const current = before.current === before.maximum ? count : Math.min(before.current, count);
  const shaped = edited(domain, (draft) => {
    draft.cpu = { ...(draft.cpu ?? { feature: [] }), topology: { ...draft.cpu?.topology, ...shape } };
  });
  return setVcpus(shaped, count, current);
}

/** `host-passthrough`, `host-model`, `maximum`, a model by name; empty: what the hypervisor gives by itself. */
export function cpuChoiceOf({ cpu }: Domain): string {
  if (cpu?.mode === undefined || cpu.mode === 'custom') return cpu?.model?.value ?? '';
  return cpu.mode;
}

/** The model's own details go with it; topology, NUMA nodes and cache stay. */
export function setCpuModel(domain: Domain, choice: string): Domain {
  return edited(domain, (draft) => {
    const { topology, numa, cache, maxphysaddr } = draft.cpu ?? {};
    const kept: Cpu = having<Cpu>({ feature: [] }, { topology, numa, cache, maxphysaddr });
    switch (choice) {
      case 'host-passthrough':
      case 'maximum':
        draft.cpu = { ...kept, mode: choice, check: 'none', migratable: true };
        return;
      case 'host-model':
        draft.cpu = { ...kept, mode: choice, check: 'partial' };
        return;
      case '':
        if (Object.keys(kept).length > 1) draft.cpu = kept;
        else delete draft.cpu;
        return;
      default:
        draft.cpu = {
          ...kept,
          mode: 'custom',
          match: 'exact',
          check: 'none',
          model: { fallback: 'forbid', value: choice },
        };
    }
  });
}

export function memoryOf(domain: Domain): { readonly maximumKiB: number; readonly currentKiB: number } {
  const maximumKiB = domain.memory?.KiB ?? 0;
  return { maximumKiB, currentKiB: domain.currentMemory?.KiB ?? maximumKiB };
}

export function setMemory(domain: Domain, maximumKiB: number, currentKiB: number): Domain {
  return edited(domain, (draft) => {
    draft.memory = { ...draft.memory, KiB: maximumKiB };
    draft.currentMemory = { ...draft.currentMemory, KiB: Math.min(currentKiB, maximumKiB) };
  });
}
