/** Edits of disks and drives. Pure. */
import { type Disk, type DiskDriver, type Domain } from '../../../../src-shared/model/domain/index.ts';
import { having, replaceDevice } from './domain-edit.ts';
import { isQ35 } from './firmware.ts';

export const diskBuses = ['virtio', 'sata', 'scsi', 'ide', 'usb'] as const;
export type DiskBus = (typeof diskBuses)[number];
export const caches = ['default', 'none', 'writeback', 'writethrough', 'directsync', 'unsafe'] as const;
export const discards = ['default', 'unmap', 'ignore'] as const;
export const ioModes = ['default', 'native', 'threads', 'io_uring'] as const;
export type ImageFormat = NonNullable<DiskDriver['type']>;

const formats: readonly ImageFormat[] = ['raw', 'qcow2', 'vmdk', 'vdi', 'vpc', 'qcow', 'qed', 'dmg', 'bochs', 'cloop'];

/** The format by the name that inspecting a file gives it; an install image is read as it is. */
export const formatNamed = (name: string): ImageFormat => formats.find((format) => format === name) ?? 'raw';

const prefixes: Readonly<Record<string, string>> = { virtio: 'vd', ide: 'hd', fdc: 'fd' };

/** The first free name on a bus: `vda`, `sdb` … */
export function freeTarget(domain: Domain, bus: string): string {
  const prefix = prefixes[bus] ?? 'sd';
  const taken = new Set((domain.devices?.disk ?? []).map((disk) => disk.target.dev));
  for (let index = 0; ; index += 1) {
    const name = prefix + letters(index);
    if (!taken.has(name)) return name;
  }
}

/** a … z, aa, ab … */
function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}

export const busesFor = (device: Disk['device'], domain: Domain): readonly DiskBus[] => {
  if (device === 'floppy') return [];
  const buses = isQ35(domain) ? diskBuses.filter((bus) => bus !== 'ide') : diskBuses;
  return device === 'cdrom' ? buses.filter((bus) => bus !== 'virtio') : buses;
};

/** Moves a disk to another bus: it gets a name and, from the engine, a place there. */
export function setDiskBus(domain: Domain, index: number, bus: DiskBus): Domain {
  const dev = freeTarget(domain, bus);
  return replaceDevice(domain, 'disk', index, (disk) => {
    if (disk.target.bus === bus) return disk;
    const { address: _address, alias: _alias, model: _model, ...rest } = disk;
    return { ...rest, target: { ...disk.target, bus, dev } };
  });
}

/** `default` says nothing of it. */
export function setDriver(
  domain: Domain,
  index: number,
  change: { readonly [K in 'cache' | 'discard' | 'io']?: DiskDriver[K] | 'default' },
): Domain {
  const said = Object.fromEntries(
    Object.entries(change).map(([key, value]) => [key, value === 'default' ? undefined : value]),
  ) as Partial<DiskDriver>;
  return replaceDevice(domain, 'disk', index, (disk) => ({ ...disk, driver: having(disk.driver ?? {}, said) }));
}

export function setDiskFlag(domain: Domain, index: number, flag: 'readonly' | 'shareable', on: boolean): Domain {
  return replaceDevice(domain, 'disk', index, (disk) => having(disk, { [flag]: on ? true : undefined }));
}

export function setDiskSerial(domain: Domain, index: number, serial: string): Domain {
  return replaceDevice(domain, 'disk', index, (disk) => having(disk, { serial: serial === '' ? undefined : serial }));
}

/** Puts a medium in, or (undefined) takes it out. */
export function setMedium(domain: Domain, index: number, path: string | undefined): Domain {
  return replaceDevice(domain, 'disk', index, (disk): Disk => {
    const { source: _source, backingStore: _backing, type: _type, ...rest } = disk;
    const empty = { ...rest, type: 'file' } as Extract<Disk, { type: 'file' }>;
    return path === undefined ? empty : { ...empty, source: { file: path, seclabel: [] } };
  });
}

export function newDisk(
  domain: Domain,
  options: { readonly path: string; readonly format: ImageFormat; readonly bus: DiskBus },
): Disk {
  return {
    type: 'file',
    device: 'disk',
    driver: { name: 'qemu', type: options.format, discard: 'unmap' },
    source: { file: options.path, seclabel: [] },
    target: { dev: freeTarget(domain, options.bus), bus: options.bus },
  };
}

export function newCdrom(domain: Domain, path: string | undefined): Disk {
  const bus = isQ35(domain) ? 'sata' : 'ide';
  return {
    type: 'file',
    device: 'cdrom',
    driver: { name: 'qemu', type: 'raw' },
    ...(path === undefined ? {} : { source: { file: path, seclabel: [] } }),
    target: { dev: freeTarget(domain, bus), bus },
    readonly: true,
  };
}

/** Where the bytes are, in a word; undefined for an empty drive. */
export function diskPlace(disk: Disk): string | undefined {
  switch (disk.type) {
    case 'file':
      return disk.source?.file;
    case 'block':
    case 'vhostvdpa':
      return disk.source?.dev;
    case 'dir':
      return disk.source?.dir;
    case 'network':
      return disk.source === undefined ? undefined : `${disk.source.protocol}:${disk.source.name ?? ''}`;
    case 'volume':
      return disk.source === undefined ? undefined : `${disk.source.pool}/${disk.source.volume}`;
    case 'nvme':
      return disk.source === undefined ? undefined : 'NVMe';
    case 'vhostuser':
      return disk.source?.path;
  }
}
