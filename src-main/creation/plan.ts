/** From what was asked to what will be made: the definition, the images beforehand, and what is worth knowing. Pure. */
import { basename, join } from 'node:path';
import type { Creation, CreationPlan, Finding } from '../../src-shared/contract/create.ts';
import { type Domain, formatDomain } from '../../src-shared/model/domain/index.ts';
import { creationCommand } from './command.ts';
import type { PlannedDisk } from './devices.ts';
import { newDomain } from './domain.ts';
import type { CreationFacts } from './facts.ts';
import { findings } from './findings.ts';

/** An image that must be there before the machine is defined. */
export type PlannedImage =
  | {
      readonly kind: 'new';
      readonly pool: string;
      readonly name: string;
      readonly format: 'qcow2' | 'raw';
      readonly capacityBytes: number;
    }
  | {
      readonly kind: 'copy';
      readonly pool: string;
      readonly name: string;
      readonly from: { readonly path: string; readonly format: string };
      readonly format: string;
      readonly growToBytes?: number;
    }
  | { readonly kind: 'download'; readonly pool: string; readonly name: string; readonly url: string };

export interface Plan extends CreationPlan {
  readonly domain: Domain;
  readonly images: readonly PlannedImage[];
  readonly findings: readonly Finding[];
}

/** Formats QEMU runs well; others are converted when they are copied anyway. */
const keptFormats = new Set(['qcow2', 'raw']);

export function planCreation(spec: Creation, facts: CreationFacts): Plan {
  const taken = new Set(facts.volumes);
  const images: PlannedImage[] = [];
  const disks: PlannedDisk[] = [];
  const cds: PlannedDisk[] = [];
  const source = sourceDisk(spec, facts, taken);
  if (source?.image !== undefined) images.push(source.image);
  if (source !== undefined) (source.disk.device === 'cdrom' ? cds : disks).push(source.disk);
  if (spec.disk !== undefined && facts.pool !== undefined) {
    const { format, bus, sizeBytes } = spec.disk;
    const name = freeName(spec.name, format, taken);
    images.push({ kind: 'new', pool: facts.pool.uuid, name, format, capacityBytes: sizeBytes });
    disks.push({ path: join(facts.pool.path, name), format, device: 'disk', bus });
  }
  // The disk first: it is empty until the system is installed, and then the CD is no longer what should start.
  const domain = newDomain(spec, facts, [...disks, ...cds]);
  return {
    domain,
    images,
    xml: formatDomain(domain),
    findings: findings(spec, facts),
    command: creationCommand(spec, facts.resources),
  };
}

/** What the machine starts from: an image of its own, or a CD. */
function sourceDisk(
  { name, source, machine }: Creation,
  { medium, image, pool, resources, isElsewhere }: CreationFacts,
  taken: Set<string>,
): { readonly disk: PlannedDisk; readonly image?: PlannedImage } | undefined {
  const cdrom = (path: string): PlannedDisk => ({
    ...{ path, format: 'raw', device: 'cdrom' },
    bus: machine === 'q35' ? 'sata' : 'ide',
  });
  const own = (path: string, format: string): PlannedDisk => ({
    ...{ path, format: format === 'iso' ? 'raw' : format, device: 'disk' },
    bus: resources.diskBus,
  });
  switch (source.type) {
    case 'empty':
      return undefined;
    case 'iso': {
      if (isElsewhere !== true) return { disk: cdrom(source.path) };
      if (pool === undefined) return undefined;
      const file = freeName(...nameParts(basename(source.path)), taken);
      return {
        disk: cdrom(join(pool.path, file)),
        image: {
          ...{ kind: 'copy', pool: pool.uuid, name: file, format: 'iso' },
          from: { path: source.path, format: 'iso' },
        },
      };
    }
    case 'url': {
      if (pool === undefined) return undefined;
      const file = freeName(...urlFileName(source.url), taken);
      const path = join(pool.path, file);
      // What it really is shows when it has arrived; then it is planned again.
      const disk = /\.iso$/i.test(file) ? cdrom(path) : own(path, formatByName(file));
      return { disk, image: { kind: 'download', pool: pool.uuid, name: file, url: source.url } };
    }
    case 'disk':
    case 'cloud':
    case 'small-linux': {
      const from = image ?? (source.type === 'small-linux' ? undefined : { path: source.path, format: source.format });
      if (from === undefined) return undefined;
      if (source.type === 'disk' && source.mode === 'reference' && isElsewhere !== true)
        return { disk: own(from.path, from.format) };
      if (pool === undefined) return undefined;
      const format = keptFormats.has(from.format) ? from.format : from.format === 'iso' ? 'raw' : 'qcow2';
      const file = freeName(name, format, taken);
      const virtual = image?.virtualSizeBytes ?? medium?.virtualSizeBytes ?? 0;
      // Cloud images are as small as can be and grow into what they find at their first start.
      const grow = source.type === 'cloud' && virtual < resources.diskBytes ? { growToBytes: resources.diskBytes } : {};
      return {
        disk: own(join(pool.path, file), format),
        image: {
          ...{ kind: 'copy', pool: pool.uuid, name: file, format, ...grow },
          from: { path: from.path, format: from.format },
        },
      };
    }
  }
}

/** `web.qcow2`, or `web-1.qcow2` when that is taken; the name then counts as taken. */
function freeName(stem: string, extension: string, taken: Set<string>): string {
  const ending = extension === '' ? '' : `.${extension}`;
  let name = `${stem}${ending}`;
  for (let number = 1; taken.has(name); number += 1) name = `${stem}-${number}${ending}`;
  taken.add(name);
  return name;
}

/** Stem and extension of the file an address names. */
function urlFileName(url: string): [string, string] {
  return nameParts(decode(URL.canParse(url) ? (new URL(url).pathname.split('/').pop() ?? '') : ''));
}

/** Stem and extension of a file's name, as pools take it. */
function nameParts(name: string): [string, string] {
  const clean = name
    .replaceAll(/[^\p{L}\p{N}._+-]+/gu, '_')
    .replace(/^\.+/, '')
    .slice(-120);
  const [, stem = 'download', extension = ''] = /^(.+?)(?:\.([A-Za-z0-9]{1,8}))?$/.exec(clean) ?? [];
  return [stem, extension];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: the name is only for people.
    return text;
  }
}

const formatByName = (name: string): string =>
  /\.(qcow2|vmdk|vdi)$/i.exec(name)?.[1]?.toLowerCase() ?? (/\.vhd$/i.test(name) ? 'vpc' : 'raw');
