import {
  defaultHugepagePath,
  hugepagePath,
  memoryBackend,
  type MemoryHost,
  type MemoryPiece,
  threadContext,
} from '../devices/memory-backend.ts';
import { memoryDeviceProperties, memoryPiece } from '../devices/memory-device.ts';
import type { ObjectProperties } from '../devices/properties.ts';
import { unsupported } from '../passes/errors.ts';
import { hasMemoryHotplug, initialMemoryKiB } from '../passes/memory-size.ts';
import { rangesOf } from './json.ts';
import { defaultRam, hasMemoryAttributes } from './machine.ts';
import type { OptionList } from './option-list.ts';
import type { BuildContext, Section } from './types.ts';
import { say } from '../../../../src-shared/words.ts';

const hostOf = (context: BuildContext): MemoryHost => ({
  ...context.launch.run.memory,
  isPreallocated: context.isPreallocated,
});

/** How much memory there is, and where the guest's own comes from. */
export const memory: Section = (options, context) => {
  const { domain } = context;
  const KiB = initialMemoryKiB(domain);
  const hotplug = hasMemoryHotplug(domain)
    ? `size=${KiB}k,slots=${domain.maxMemory?.slots ?? 0},maxmem=${domain.maxMemory?.KiB ?? 0}k`
    : String(Math.floor(KiB / 1024));
  options.add('-m', hotplug);
  if (cellsOf(context).length === 0) {
    const id = defaultRam(context);
    if (id === undefined) memoryPath(options, context);
    else addBackend(options, context, backendOf({ id, fileName: id, KiB, isSystemMemory: true }, context).properties);
  }
  options.add('-overcommit', `mem-lock=${domain.memoryBacking?.locked === true ? 'on' : 'off'}`);
};

const cellsOf = ({ domain }: BuildContext) => domain.cpu?.numa?.cell ?? [];

const backendOf = (piece: MemoryPiece, context: BuildContext) =>
  memoryBackend(piece, context.domain, context.capabilities, hostOf(context));

function addBackend(options: OptionList, { capabilities }: BuildContext, backend: ObjectProperties): void {
  const threads = threadContext(backend, capabilities);
  options.object(threads);
  options.object(threads === undefined ? backend : { ...backend, 'prealloc-context': threads.id });
}

/** The way older QEMUs are told what memory is made of. */
function memoryPath(options: OptionList, context: BuildContext): void {
  const backing = context.domain.memoryBacking;
  const host = hostOf(context);
  const pages = backing?.hugepages;
  const size = pages?.page[0]?.size ?? 0;
  let path: string | undefined;
  let isPreallocated = backing?.allocation?.mode === 'immediate';
  if (pages !== undefined && size !== host.pageSizeKiB) {
    path = size === 0 ? defaultHugepagePath(host) : hugepagePath(size, host);
    isPreallocated = true;
  } else if (backing?.source?.type === 'file') path = `${host.backingFolder}/ram`;
  if (isPreallocated && !context.isPreallocated) {
    options.add('-mem-prealloc');
    context.isPreallocated = true;
  }
  if (path !== undefined) options.add('-mem-path', path);
}

/** The guest's NUMA nodes. */
export const numa: Section = (options, context) => {
  const { domain, capabilities } = context;
  const cells = cellsOf(context);
  if (cells.length === 0) return;
  const isMemorySupported =
    capabilities.machines.find((item) => item.name === domain.os.type.machine)?.numaMemorySupported ?? false;
  const hasAttributes = hasMemoryAttributes(context);
  const backends = cells.map((cell, node) =>
    backendOf({ id: `ram-node${node}`, fileName: `ram-node${node}`, KiB: cell.memory, node }, context),
  );
  const needsBackends = !isMemorySupported || hasAttributes || backends.some((backend) => !backend.isPlain);
  if (!needsBackends) memoryPath(options, context);
  const master = cells.findIndex((cell) => cell.cpus !== undefined && cell.cpus.length > 0);
  if (master < 0) throw unsupported(say`At least one NUMA cell has to have CPUs.`);
  cells.forEach((cell, node) => {
    const backend = backends[node];
    if (needsBackends && backend !== undefined) addBackend(options, context, backend.properties);
    const parts = ['node', `nodeid=${node}`, ...rangesOf(cell.cpus ?? []).map((range) => `cpus=${range}`)];
    if (hasAttributes) parts.push(`initiator=${initiatorOf(context, node) ?? master}`);
    parts.push(needsBackends ? `memdev=ram-node${node}` : `mem=${Math.floor(cell.memory / 1024)}`);
    options.add('-numa', parts.join(','));
  });
  addDistances(options, context);
  if (hasAttributes) addAttributes(options, context);
};

/** The node from which memory is reached best: itself when it has CPUs, else the first that an interconnect names. */
function initiatorOf(context: BuildContext, node: number): number | undefined {
  const cells = cellsOf(context);
  if ((cells[node]?.cpus ?? []).length > 0) return node;
  const { interconnects } = context.domain.cpu?.numa ?? {};
  const all = [...(interconnects?.bandwidth ?? []), ...(interconnects?.latency ?? [])];
  let best: { readonly initiator: number; readonly value: number } | undefined;
  for (const item of interconnects?.bandwidth ?? []) {
    if (item.target === node && (best === undefined || item.value > best.value)) best = item;
  }
  return best?.initiator ?? all.find((item) => item.target === node)?.initiator;
}

const localDistance = 10;
const remoteDistance = 20;

function addDistances(options: OptionList, context: BuildContext): void {
  const cells = cellsOf(context);
  if (cells.every((cell) => cell.distances === undefined)) return;
  const given = (from: number, to: number): number | undefined =>
    cells[from]?.distances?.sibling.find((sibling) => sibling.id === to)?.value;
  cells.forEach((_, from) => {
    cells.forEach((__, to) => {
      const distance = given(from, to) ?? given(to, from) ?? (from === to ? localDistance : remoteDistance);
      options.add('-numa', `dist,src=${from},dst=${to},val=${distance}`);
    });
  });
}

const levels = ['memory', 'first-level', 'second-level', 'third-level'] as const;
const associativities = { none: 'none', direct: 'direct', full: 'complex' } as const;
const policies = { none: 'none', writeback: 'write-back', writethrough: 'write-through' } as const;

function addAttributes(options: OptionList, context: BuildContext): void {
  const { interconnects } = context.domain.cpu?.numa ?? {};
  const link = (item: { initiator: number; target: number; cache?: number; type: string }): string =>
    `hmat-lb,initiator=${item.initiator},target=${item.target},hierarchy=${levels[item.cache ?? 0] ?? 'memory'},data-type=${item.type}`;
  for (const item of interconnects?.latency ?? []) {
    options.add('-numa', `${link(item)}-latency,latency=${item.value}`);
  }
  for (const item of interconnects?.bandwidth ?? []) {
    options.add('-numa', `${link(item)}-bandwidth,bandwidth=${item.value}K`);
  }
  cellsOf(context).forEach((cell, node) => {
    for (const cache of cell.cache) {
      const parts = [`hmat-cache,node-id=${node}`, `size=${cache.size.value}K`, `level=${cache.level}`];
      if (cache.associativity !== undefined) parts.push(`associativity=${associativities[cache.associativity]}`);
      if (cache.policy !== undefined) parts.push(`policy=${policies[cache.policy]}`);
      if (cache.line !== undefined) parts.push(`line=${cache.line.value}`);
      options.add('-numa', parts.join(','));
    }
  });
}

/** Memory modules. */
export const memoryModules: Section = (options, context) => {
  for (const device of context.domain.devices.memory) {
    addBackend(options, context, backendOf(memoryPiece(device), context).properties);
    options.device(memoryDeviceProperties(device, context, hostOf(context)));
  }
};
