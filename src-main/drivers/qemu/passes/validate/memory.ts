import type { MemoryDevice } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import { invalidDefinition, unsupported } from '../errors.ts';
import type { CompleteDomain, Pass } from '../types.ts';

export const validateMemory: Pass = (domain) => {
  if (domain.memtune?.min_guarantee !== undefined)
    throw unsupported(say`<memtune><min_guarantee> is not known to QEMU.`);
  checkHugepages(domain);
  checkNodes(domain);
  for (const device of domain.devices.memory) checkDevice(domain, device);
};

function checkHugepages({ memoryBacking, cpu }: CompleteDomain): void {
  const pages = memoryBacking?.hugepages?.page ?? [];
  if (memoryBacking?.hugepages !== undefined) {
    if (memoryBacking.source?.type === 'anonymous')
      throw unsupported(say`<hugepages> can't be <source type='anonymous'/>.`);
    if (memoryBacking.allocation?.mode === 'ondemand') {
      throw unsupported(say`<hugepages> are allocated at once; <allocation mode='ondemand'/> contradicts that.`);
    }
  }
  const cells = cpu?.numa?.cell.length ?? 0;
  if (pages.filter((page) => page.nodeset === undefined).length > 1) {
    throw invalidDefinition(say`Two <page> sizes of <hugepages> are for all nodes.`);
  }
  const seen = new Set<number>();
  for (const { nodeset, size } of pages) {
    for (const node of nodeset ?? []) {
      // Without NUMA cells all memory is node 0.
      if (node >= Math.max(cells, 1))
        throw invalidDefinition(say`<hugepages> speak of node ${node}, which the guest has not.`);
      if (seen.has(node))
        throw invalidDefinition(say`<hugepages> give node ${node} two sizes, one of them ${size} KiB.`);
      seen.add(node);
    }
  }
}

function checkNodes({ cpu, numatune, vcpu }: CompleteDomain): void {
  const cells = cpu?.numa?.cell ?? [];
  for (const { cellid } of numatune?.memnode ?? []) {
    if (cells.length === 0) throw unsupported(say`<memnode> needs NUMA cells (<cpu><numa>).`);
    if (cellid >= cells.length) throw unsupported(say`<memnode cellid='${cellid}'> is not a NUMA cell of the guest.`);
  }
  if (numatune?.memory?.mode === 'restrictive' || numatune === undefined) return;
  const restrictive = numatune.memnode.filter((node) => node.mode === 'restrictive');
  if (restrictive.length > 0) {
    throw unsupported(say`<memnode mode='restrictive'> needs <memory mode='restrictive'> beside it.`);
  }
  if (vcpu.value < 1) throw unsupported(say`A machine has at least one virtual CPU (<vcpu>).`);
}

function checkDevice(domain: CompleteDomain, device: MemoryDevice): void {
  const { model, target, source } = device;
  const cells = domain.cpu?.numa?.cell.length ?? 0;
  const named = `<memory model='${model}'>`;
  if (model !== 'sgx-epc' && model !== 'virtio-pmem' && target.node !== undefined) {
    if (cells === 0) throw unsupported(say`${named} names a NUMA node, and the guest has none (<cpu><numa>).`);
    if (target.node >= cells) throw unsupported(say`${named} names node ${target.node}; the guest has ${cells}.`);
  }
  if (model === 'nvdimm' || model === 'virtio-pmem') {
    if (source?.path === undefined) throw unsupported(say`${named} needs the <path> of a file.`);
    if (device.discard === true) throw unsupported(say`${named} does not support discard='yes'.`);
  }
  if (model === 'virtio-pmem') {
    if (device.access === 'private') throw unsupported(say`${named} is always shared.`);
    if (target.node !== undefined) throw unsupported(say`${named} belongs to no NUMA node.`);
  }
  if (model !== 'virtio-mem') return;
  const { requested, block, size } = target;
  if (requested !== undefined && requested.KiB > size.KiB) {
    throw unsupported(say`${named}: <requested> is more than <size>.`);
  }
  if (block === undefined) return;
  if (block.KiB === 0 || (block.KiB & (block.KiB - 1)) !== 0)
    throw unsupported(say`${named}: <block> is not a power of two.`);
  if (requested !== undefined && requested.KiB % block.KiB !== 0) {
    throw unsupported(say`${named}: <requested> is not a multiple of <block>.`);
  }
}
