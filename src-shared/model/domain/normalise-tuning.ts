import type { Domain } from './domain.ts';
import type { Cputune } from './tuning.ts';

/** CPU tuning speaks of virtual CPUs the domain has, one element each; the rest is dropped. */
export function normaliseTuning(domain: Domain): Domain {
  const { cputune } = domain;
  if (cputune === undefined) return domain;
  const count = domain.vcpu?.value ?? 1;
  const threads = (domain.iothreads ?? 0) + (domain.iothreadids?.iothread.length ?? 0) > 0;
  return {
    ...domain,
    cputune: {
      ...cputune,
      vcpupin: cputune.vcpupin.filter(({ vcpu }) => vcpu < count).sort((left, right) => left.vcpu - right.vcpu),
      vcpusched: eachAlone(cputune.vcpusched, 'vcpus').filter(({ vcpus: [id = 0] }) => id < count),
      ...(threads ? { iothreadsched: eachAlone(cputune.iothreadsched, 'iothreads') } : {}),
      cachetune: within(cputune.cachetune, count),
      memorytune: within(cputune.memorytune, count),
    },
  };
}

/** `<vcpusched vcpus='0-1' …/>` as one element for CPU 0 and one for CPU 1, in order. */
function eachAlone<K extends 'vcpus' | 'iothreads', T extends { [P in K]: number[] }>(list: readonly T[], key: K): T[] {
  return list
    .flatMap((item) => item[key].map((id) => ({ ...item, [key]: [id] })))
    .sort((left, right) => (left[key][0] ?? 0) - (right[key][0] ?? 0));
}

/** Cache and bandwidth groups without the CPUs beyond the last; a group left without any is dropped. */
function within<T extends Cputune['cachetune'][number] | Cputune['memorytune'][number]>(
  groups: T[],
  count: number,
): T[] {
  return groups
    .map((group) => ({ ...group, vcpus: group.vcpus.filter((id) => id < count) }))
    .filter((group) => group.vcpus.length > 0);
}
