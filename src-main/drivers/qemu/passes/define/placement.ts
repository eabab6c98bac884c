import { normaliseTuning } from '../../../../../src-shared/model/domain/normalise-tuning.ts';
import type { CompleteDomain, Pass } from '../types.ts';

/** More than this many KiB is no limit. */
const unlimitedKiB = Number.MAX_SAFE_INTEGER;

/** Where CPUs and memory are on the host: what was left out follows from the rest. */
export const completePlacement: Pass = (domain) => {
  const { cputune } = normaliseTuning(domain);
  if (cputune !== undefined) {
    cputune.iothreadpin.sort((left, right) => left.iothread - right.iothread);
    domain.cputune = cputune;
  }
  completeNumatune(domain);
  listIoThreads(domain);
  dropUnlimited(domain);
};

function completeNumatune(domain: CompleteDomain): void {
  const { vcpu, cputune } = domain;
  const isAuto = vcpu.placement === 'auto';
  const memory = domain.numatune?.memory;
  if (memory !== undefined) {
    memory.mode ??= 'strict';
    if (memory.placement === undefined && memory.nodeset === undefined && isAuto) memory.placement = 'auto';
  } else if (isAuto)
    domain.numatune = { memnode: [], ...domain.numatune, memory: { mode: 'strict', placement: 'auto' } };
  const isPinned =
    vcpu.cpuset !== undefined ||
    (cputune?.vcpupin.length ?? 0) + (cputune?.iothreadpin.length ?? 0) > 0 ||
    cputune?.emulatorpin !== undefined;
  if (domain.numatune?.memory?.placement === 'auto' && !isPinned) vcpu.placement = 'auto';
}

/** A list of I/O threads has as many as `<iothreads>` says. */
function listIoThreads({ iothreads = 0, iothreadids }: CompleteDomain): void {
  if (iothreadids === undefined) return;
  const listed = new Set(iothreadids.iothread.map((item) => item.id));
  for (let id = 1; iothreadids.iothread.length < iothreads; id += 1)
    if (!listed.has(id)) iothreadids.iothread.push({ id });
}

function dropUnlimited(domain: CompleteDomain): void {
  const { memtune } = domain;
  if (memtune === undefined) return;
  for (const name of ['hard_limit', 'soft_limit', 'min_guarantee', 'swap_hard_limit'] as const) {
    if ((memtune[name]?.KiB ?? 0) >= unlimitedKiB) delete memtune[name];
  }
  if (Object.keys(memtune).length === 0) delete domain.memtune;
}
