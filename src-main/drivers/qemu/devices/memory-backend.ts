/** Where the guest's memory comes from: anonymous, a file, huge pages, a memfd; and on which NUMA nodes of the host. */
import type { MemoryDevice } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import type { QemuCapabilities } from '../capabilities/types.ts';
import { unsupported } from '../passes/errors.ts';
import type { CompleteDomain } from '../passes/types.ts';
import { aliasOf, type Json, type ObjectProperties, positive } from './properties.ts';

export interface HugepageMount {
  readonly sizeKiB: number;
  readonly path: string;
  readonly isDefault: boolean;
}

/** What of the host memory depends on. */
export interface MemoryHost {
  readonly pageSizeKiB: number;
  readonly hugepages: readonly HugepageMount[];
  /** The folder of a domain for memory that is a file. */
  readonly backingFolder: string;
  /** The last part of the folder for huge pages: `libvirt/qemu/ID-NAME`. */
  readonly hugepageFolder: string;
  /** QEMU was told to allocate all memory at once (`-mem-prealloc`). */
  readonly isPreallocated: boolean;
  /** The nodes chosen for a domain with automatic placement. */
  readonly autoNodes?: readonly number[];
}

/** One piece of memory, whatever it belongs to. */
export interface MemoryPiece {
  readonly id: string;
  /** Names the file when memory is one. */
  readonly fileName: string;
  readonly KiB: number;
  readonly node?: number;
  readonly device?: MemoryDevice;
  readonly isSystemMemory?: boolean;
}

interface MemoryBackend {
  readonly properties: ObjectProperties;
  /** Plain memory, which QEMU would make in the same way without being told. */
  readonly isPlain: boolean;
}

interface Pages {
  /** 0: ordinary pages. */
  readonly sizeKiB: number;
  readonly isHuge: boolean;
  /** Asked for this piece in particular, not only for the domain. */
  readonly isOwn: boolean;
}

export function memoryBackend(
  piece: MemoryPiece,
  domain: CompleteDomain,
  capabilities: QemuCapabilities,
  host: MemoryHost,
): MemoryBackend {
  const { device } = piece;
  const backing = domain.memoryBacking;
  const pages = pagesOf(piece, domain, host);
  const access = accessOf(piece, domain);
  const discard = discardOf(piece, domain);
  const share = access === undefined ? undefined : access === 'shared';
  const path = device?.source?.path;
  const common: Record<string, Json | undefined> = {};
  let type = 'memory-backend-ram';
  let isNamed = false;
  const isAsked = access !== undefined || backing?.source?.type === 'file' || backing?.source?.type === 'memfd';
  if (device?.model === 'sgx-epc') type = 'memory-backend-epc';
  else if (path === undefined && backing?.source?.type === 'memfd') {
    type = 'memory-backend-memfd';
    if (pages.isHuge) Object.assign(common, { hugetlb: true, hugetlbsize: pages.sizeKiB * 1024 });
    common['share'] = share;
    isNamed = true;
  } else if (pages.isHuge || path !== undefined || access !== undefined || backing?.source?.type === 'file') {
    type = 'memory-backend-file';
    common['mem-path'] =
      path ?? (pages.isHuge ? hugepagePath(pages.sizeKiB, host) : `${host.backingFolder}/${piece.fileName}`);
    if (path === undefined) common['discard-data'] = discard;
    common['share'] = share;
    isNamed = true;
  }
  // System memory keeps the name it had before QEMU gave memory a path, so that saved states still fit.
  if (isNamed && piece.isSystemMemory === true && capabilities.hasProperty('memory-backend-file', namingProperty)) {
    common[namingProperty] = false;
  }
  Object.assign(common, preallocation(piece, domain, capabilities, pages, host));
  common['size'] = piece.KiB * 1024;
  common['align'] = positive((device?.source?.alignsize?.KiB ?? 0) * 1024);
  if (device?.source?.pmem === true) common['pmem'] = true;
  const nodes = hostNodes(piece, domain, host);
  Object.assign(common, nodes.properties);
  return {
    properties: { 'qom-type': type, id: piece.id, ...common },
    isPlain: !isAsked && !nodes.isOwn && !pages.isOwn && device === undefined,
  };
}

const namingProperty = 'x-use-canonical-path-for-ramblock-id';

function pagesOf({ device, node }: MemoryPiece, domain: CompleteDomain, host: MemoryHost): Pages {
  let sizeKiB = device?.source?.pagesize?.KiB ?? 0;
  let isHuge = sizeKiB > 0;
  let isOwn = isHuge;
  const hugepages = domain.memoryBacking?.hugepages;
  if (!isHuge && hugepages !== undefined) {
    const own = node === undefined ? undefined : hugepages.page.find((page) => page.nodeset?.includes(node) === true);
    const general = hugepages.page.find((page) => page.nodeset === undefined);
    isOwn = own !== undefined;
    // `<hugepages/>` without a size means the host's usual one.
    isHuge = own !== undefined || general !== undefined || hugepages.page.length === 0;
    sizeKiB = (own ?? general)?.size ?? 0;
  }
  if (sizeKiB === host.pageSizeKiB) return { sizeKiB: 0, isHuge: false, isOwn: false };
  if (isHuge && sizeKiB === 0) sizeKiB = defaultHugepage(host).sizeKiB;
  return { sizeKiB, isHuge, isOwn };
}

function defaultHugepage(host: MemoryHost): HugepageMount {
  const mount = host.hugepages.find((item) => item.isDefault) ?? host.hugepages[0];
  if (mount === undefined) throw unsupported(say`Huge pages (<hugepages>) are not available: no hugetlbfs is mounted.`);
  return mount;
}

export function hugepagePath(sizeKiB: number, host: MemoryHost): string {
  const mount = host.hugepages.find((item) => item.sizeKiB === sizeKiB);
  if (mount === undefined) throw unsupported(say`No hugetlbfs with pages of ${sizeKiB} KiB is mounted (<hugepages>).`);
  return `${mount.path}/${host.hugepageFolder}`;
}

export const defaultHugepagePath = (host: MemoryHost): string => hugepagePath(defaultHugepage(host).sizeKiB, host);

function accessOf({ device, node }: MemoryPiece, domain: CompleteDomain): 'shared' | 'private' | undefined {
  const cell = node === undefined ? undefined : domain.cpu?.numa?.cell[node];
  return device?.access ?? cell?.memAccess ?? domain.memoryBacking?.access?.mode;
}

function discardOf({ device, node }: MemoryPiece, domain: CompleteDomain): boolean | undefined {
  const cell = node === undefined ? undefined : domain.cpu?.numa?.cell[node];
  return device?.discard ?? cell?.discard ?? domain.memoryBacking?.discard;
}

function wantsPreallocation({ device }: MemoryPiece, domain: CompleteDomain, pages: Pages): boolean {
  if (domain.memoryBacking?.allocation?.mode === 'immediate') return true;
  if (device?.source?.path !== undefined) return device.source.pmem !== true && device.model !== 'virtio-pmem';
  return pages.isHuge;
}

function preallocation(
  piece: MemoryPiece,
  domain: CompleteDomain,
  capabilities: QemuCapabilities,
  pages: Pages,
  host: MemoryHost,
): Record<string, Json | undefined> {
  const wanted =
    wantsPreallocation(piece, domain, pages) || (piece.device?.model === 'sgx-epc' && !host.isPreallocated);
  if (piece.device?.model === 'virtio-mem') {
    const device = capabilities.hasProperty('virtio-mem-pci', 'prealloc');
    return {
      prealloc: !device && host.isPreallocated ? false : undefined,
      reserve: capabilities.hasProperty('memory-backend-file', 'reserve') ? false : undefined,
    };
  }
  if (host.isPreallocated) return {};
  return {
    prealloc: wanted ? true : undefined,
    'prealloc-threads': positive(domain.memoryBacking?.allocation?.threads),
  };
}

/** Whether a virtio-mem device itself allocates what it is asked for. */
export function virtioMemPreallocates(
  piece: MemoryPiece,
  domain: CompleteDomain,
  capabilities: QemuCapabilities,
  host: MemoryHost,
): boolean {
  return (
    capabilities.hasProperty('virtio-mem-pci', 'prealloc') &&
    wantsPreallocation(piece, domain, pagesOf(piece, domain, host))
  );
}

const policies = { strict: 'bind', preferred: 'preferred', interleave: 'interleave' } as const;

function hostNodes(
  { device, node }: MemoryPiece,
  domain: CompleteDomain,
  host: MemoryHost,
): { readonly properties: Record<string, Json | undefined>; readonly isOwn: boolean } {
  const tuning = domain.numatune;
  const own = node === undefined ? undefined : tuning?.memnode.find((item) => item.cellid === node);
  const mode = own?.mode ?? tuning?.memory?.mode ?? 'strict';
  const isAuto = tuning?.memory?.placement === 'auto';
  const nodes = device?.source?.nodemask ?? own?.nodeset ?? (isAuto ? host.autoNodes : tuning?.memory?.nodeset);
  const isOwn = own !== undefined || device?.source?.nodemask !== undefined;
  if (nodes === undefined || mode === 'restrictive') return { properties: {}, isOwn };
  return { properties: { 'host-nodes': [...nodes], policy: policies[mode] }, isOwn };
}

/** Threads that allocate memory run on the nodes it is to be on. */
export function threadContext(backend: ObjectProperties, capabilities: QemuCapabilities): ObjectProperties | undefined {
  if (!capabilities.hasType('thread-context')) return undefined;
  const nodes = backend['host-nodes'];
  if (nodes === undefined || backend['prealloc'] !== true) return undefined;
  return { 'qom-type': 'thread-context', id: `tc-${backend.id}`, 'node-affinity': nodes };
}

export const memoryBackendAlias = (device: MemoryDevice): string => `mem${aliasOf(device)}`;
