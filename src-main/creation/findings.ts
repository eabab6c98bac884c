/** What a person should know before a machine is made as asked. Errors keep it from being made. */
import type { Creation, Finding } from '../../src-shared/contract/create.ts';
import { formatBytes } from '../storage/size-text.ts';
import { type CreationFacts, needsPool } from './facts.ts';

type Values = Readonly<Record<string, string>>;

/** The English sentence of each finding, for errors and the command line; the window has its own by `label`. */
const sentences = {
  'name-taken': ({ name }) => `There is a machine called '${name}' already.`,
  'memory-over-host': ({ memory, host }) => `${memory} of memory are more than the ${host} this host has.`,
  'memory-over-free': ({ memory, free }) => `${memory} of memory are more than the ${free} that are free now.`,
  'memory-below-minimum': ({ os, minimum }) => `${os} needs at least ${minimum} of memory.`,
  'cpus-over-host': ({ vcpus, cpus }) => `${vcpus} processors are more than the ${cpus} this host has.`,
  'no-space': ({ missing, pool }) => `The pool '${pool}' is ${missing} too small for the copy.`,
  'disk-over-free': ({ size, free, pool }) => `The disk may grow to ${size}, but the pool '${pool}' has ${free} free.`,
  'medium-unreadable': ({ path, cause }) => `'${path}' can't be read. ${cause}`,
  'medium-not-iso': ({ path, format }) => `'${path}' is no CD or DVD image, but ${format}.`,
  'medium-not-bootable': ({ path }) => `Nothing can be started from '${path}'.`,
  'image-unusable': ({ path, cause }) => `The image '${path}' can't be used. ${cause}`,
  'image-in-use': ({ path, machines }) => `'${path}' is in use by ${machines}; two at once would destroy it.`,
  'os-unknown': () => 'The operating system was not recognised; the hardware is what a recent Linux wants.',
  'os-end-of-life': ({ os, date }) => `${os} gets no updates since ${date}.`,
  'no-acceleration': ({ reason }) => `There is no hardware virtualisation: the machine will be slow. ${reason}`,
  'emulated-nic': ({ model }) => `The network adapter ${model} is emulated and slower than VirtIO.`,
  'emulated-disk': ({ bus }) => `A disk on ${bus} is emulated and slower than VirtIO.`,
  'needs-secure-boot': ({ os }) => `${os} refuses to install without UEFI secure boot.`,
  'needs-tpm': ({ os }) => `${os} refuses to install without a TPM.`,
  'needs-efi': ({ os }) => `${os} needs UEFI.`,
  'tpm-missing': () => 'A TPM can’t be emulated: the program swtpm is not installed.',
  'efi-missing': () => 'There is no UEFI firmware for machines; install ovmf (edk2).',
  'secure-boot-missing': () => 'There is no UEFI firmware with secure boot for machines.',
  'graphics-missing': ({ graphics }) => `This QEMU has no ${graphics} display.`,
  'video-missing': ({ video }) => `This QEMU has no ${video} video card.`,
  'port-twice': ({ port, protocol }) => `The host's port ${port}/${protocol} is forwarded twice.`,
  'port-privileged': ({ port, first }) => `Ports below ${first}, such as ${port}, need privileges.`,
  'nothing-to-start': () => 'The machine has nothing to start from.',
  'url-not-encrypted': ({ url }) => `${url} is fetched without encryption: what arrives may have been changed.`,
} satisfies Record<string, (values: Values) => string>;

export type FindingId = keyof typeof sentences;

const prefix = 'create.finding.';

/** The sentence of a finding in English. */
export function findingSentence(finding: Finding): string {
  const id = finding.label.slice(prefix.length);
  const sentence = (sentences as Record<string, (values: Values) => string>)[id];
  return (sentence === undefined ? finding.label : sentence(finding.values)).trim();
}

export function findings(spec: Creation, facts: CreationFacts): readonly Finding[] {
  const found: Finding[] = [];
  const add = (
    severity: Finding['severity'],
    id: FindingId,
    values: Values = {},
    field?: keyof Creation | 'disk.bus' | 'source.path',
  ): void => {
    found.push({ severity, label: `${prefix}${id}`, values, ...(field === undefined ? {} : { field }) });
  };
  if (facts.names.has(spec.name)) add('error', 'name-taken', { name: spec.name }, 'name');
  addSource(spec, facts, add);
  addAmounts(spec, facts, add);
  addSpace(spec, facts, add);
  addSystem(spec, facts, add);
  addHardware(spec, facts, add);
  addForwards(spec, facts, add);
  const order = { error: 0, warning: 1, info: 2 };
  return found.sort((a, b) => order[a.severity] - order[b.severity]);
}

type Add = (
  severity: Finding['severity'],
  id: FindingId,
  values?: Values,
  field?: keyof Creation | 'disk.bus' | 'source.path',
) => void;

function addSource({ source, disk }: Creation, { medium, mediumProblem, image }: CreationFacts, add: Add): void {
  if ('path' in source) {
    const { path } = source;
    if (mediumProblem !== undefined) add('error', 'medium-unreadable', { path, cause: mediumProblem }, 'source.path');
    else if (source.type === 'iso' && medium !== undefined) {
      if (medium.kind !== 'iso') add('error', 'medium-not-iso', { path, format: medium.format }, 'source.path');
      else if (medium.bootable === false) add('warning', 'medium-not-bootable', { path }, 'source.path');
    }
  }
  if (image !== undefined) {
    const { path, problem, usedBy } = image;
    if (problem !== undefined) add('error', 'image-unusable', { path, cause: problem }, 'source.path');
    if (usedBy.length > 0 && source.type === 'disk' && source.mode === 'reference') {
      add('warning', 'image-in-use', { path, machines: usedBy.join(', ') }, 'source.path');
    }
  }
  if (source.type === 'url' && /^http:/i.test(source.url))
    add('info', 'url-not-encrypted', { url: source.url }, 'source');
  if (source.type === 'empty' && disk === undefined) add('info', 'nothing-to-start', {}, 'source');
}

function addAmounts({ memoryKiB, vcpus }: Creation, { host, resources }: CreationFacts, add: Add): void {
  const memory = formatBytes(memoryKiB * 1024);
  if (memoryKiB > host.memoryKiB) {
    add('error', 'memory-over-host', { memory, host: formatBytes(host.memoryKiB * 1024) }, 'memoryKiB');
  } else if (memoryKiB > host.freeMemoryKiB) {
    add('warning', 'memory-over-free', { memory, free: formatBytes(host.freeMemoryKiB * 1024) }, 'memoryKiB');
  }
  const { minimumMemoryKiB, os } = resources;
  if (minimumMemoryKiB !== undefined && memoryKiB < minimumMemoryKiB) {
    add('warning', 'memory-below-minimum', { os: os.name, minimum: formatBytes(minimumMemoryKiB * 1024) }, 'memoryKiB');
  }
  if (vcpus > host.cpus) add('warning', 'cpus-over-host', { vcpus: String(vcpus), cpus: String(host.cpus) }, 'vcpus');
}

function addSpace(spec: Creation, { pool, image, isElsewhere }: CreationFacts, add: Add): void {
  if (pool === undefined || !needsPool(spec, isElsewhere)) return;
  const copied = copies(spec) || isElsewhere === true ? (image?.allocatedBytes ?? 0) : 0;
  const missing = copied - pool.availableBytes;
  if (missing > 0) add('error', 'no-space', { missing: formatBytes(missing), pool: pool.name }, 'source.path');
  const size = spec.disk?.sizeBytes ?? 0;
  if (missing <= 0 && size > pool.availableBytes - copied) {
    const free = formatBytes(Math.max(0, pool.availableBytes - copied));
    add('warning', 'disk-over-free', { size: formatBytes(size), free, pool: pool.name }, 'disk');
  }
}

/** Whether the source's image becomes a new volume. */
export const copies = ({ source }: Creation): boolean =>
  source.type === 'cloud' || source.type === 'small-linux' || (source.type === 'disk' && source.mode === 'copy');

function addSystem(spec: Creation, { os, resources, nowMs, medium }: CreationFacts, add: Add): void {
  if (os === undefined) {
    if (spec.source.type === 'iso' && medium?.kind === 'iso') add('info', 'os-unknown', {}, 'osId');
    return;
  }
  if (os.endOfLife !== undefined && Date.parse(os.endOfLife) < nowMs) {
    add('info', 'os-end-of-life', { os: os.name, date: os.endOfLife }, 'osId');
  }
  const wanted = resources.firmware;
  if (wanted === 'efi-secure' && spec.firmware !== 'efi-secure') {
    add('warning', 'needs-secure-boot', { os: os.name }, 'firmware');
  } else if (wanted === 'efi' && spec.firmware === 'bios') add('warning', 'needs-efi', { os: os.name }, 'firmware');
  if (resources.tpm && !spec.tpm) add('warning', 'needs-tpm', { os: os.name }, 'tpm');
}

function addHardware(spec: Creation, { abilities, resources }: CreationFacts, add: Add): void {
  const { virtType, noKvmReason, graphics, videos, tpm, efi, secureBoot } = abilities;
  if (virtType === 'qemu') add('info', 'no-acceleration', { reason: noKvmReason ?? '' });
  if (spec.network !== 'none' && resources.netModel === 'virtio' && spec.netModel !== 'virtio') {
    add('warning', 'emulated-nic', { model: spec.netModel }, 'netModel');
  }
  const bus = spec.disk?.bus;
  if (bus !== undefined && resources.diskBus === 'virtio' && (bus === 'sata' || bus === 'ide' || bus === 'usb')) {
    add('warning', 'emulated-disk', { bus: bus.toUpperCase() }, 'disk.bus');
  }
  if (spec.tpm && tpm === false) add('error', 'tpm-missing', {}, 'tpm');
  if (spec.firmware !== 'bios' && efi === false) add('error', 'efi-missing', {}, 'firmware');
  else if (spec.firmware === 'efi-secure' && secureBoot === false) add('error', 'secure-boot-missing', {}, 'firmware');
  if (spec.graphics !== 'none' && graphics?.includes(spec.graphics) === false) {
    add('error', 'graphics-missing', { graphics: spec.graphics }, 'graphics');
  }
  if (spec.video !== 'none' && videos?.includes(spec.video) === false) {
    add('error', 'video-missing', { video: spec.video }, 'video');
  }
}

function addForwards({ forwards, network }: Creation, { firstFreePort }: CreationFacts, add: Add): void {
  if (network !== 'user') return;
  const seen = new Set<string>();
  for (const { protocol, hostPort, hostAddress } of forwards) {
    const key = `${protocol} ${hostAddress ?? ''} ${hostPort}`;
    const port = String(hostPort);
    if (seen.has(key)) add('error', 'port-twice', { port, protocol }, 'forwards');
    seen.add(key);
    if (hostPort < firstFreePort) add('error', 'port-privileged', { port, first: String(firstFreePort) }, 'forwards');
  }
}
