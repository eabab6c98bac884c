/**
 * The images a guest will read and write, resolved before QEMU sees them: a missing medium that may be missing is left
 * out, and every chain of backing images is followed here, so that QEMU never has to.
 */
import { existsSync } from 'node:fs';
import { VirError } from '../../../../src-shared/errors.ts';
import type { BackingStore, Disk, Domain } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { type ImageLayer, resolveBackingChain } from '../../../storage/backing-chain.ts';
import { isEmptyDisk } from '../devices/block-names.ts';

export async function resolveDisks<T extends Domain>(domain: T, resolve = resolveBackingChain): Promise<T> {
  const { devices } = domain;
  if (devices === undefined || devices.disk.length === 0) return domain;
  const disk = await Promise.all(devices.disk.map((item) => resolveDisk(item, resolve)));
  return { ...domain, devices: { ...devices, disk } };
}

/** @throws VirError that names the disk whose image is missing or not what the definition says. */
export async function resolveDisk(disk: Disk, resolve = resolveBackingChain): Promise<Disk> {
  const path = localPath(disk);
  if (path === undefined || isEmptyDisk(disk)) return disk;
  if (!existsSync(path)) {
    const { startupPolicy } = disk.source ?? {};
    if (isRemovable(disk) && startupPolicy !== undefined && startupPolicy !== 'mandatory') return emptied(disk);
    throw new VirError({
      code: 'system-error',
      domain: 'qemu',
      message: say`Cannot access storage file '${path}' of disk '${disk.target.dev}'.`,
      cause: say`There is no such file.`,
      fix: isRemovable(disk)
        ? say`Eject the medium, or put the file back.`
        : say`Put the file back, or remove the disk.`,
    });
  }
  // A chain that the definition spells out is the administrator's word.
  if (disk.backingStore !== undefined) return disk;
  const layers = await resolve({ path, format: disk.driver?.type ?? 'raw' });
  return { ...disk, backingStore: backingStores(layers.slice(1)) };
}

/** The path of an image on this host. */
export function localPath({ source }: Disk): string | undefined {
  if (source === undefined) return undefined;
  if ('file' in source && typeof source.file === 'string') return source.file;
  return 'dev' in source && typeof source.dev === 'string' ? source.dev : undefined;
}

const isRemovable = ({ device }: Disk): boolean => device === 'cdrom' || device === 'floppy';

function emptied(disk: Disk): Disk {
  const { source: _source, ...rest } = disk;
  return rest;
}

/** The empty store at the end says that nothing is below. */
function backingStores([first, ...rest]: readonly ImageLayer[]): BackingStore {
  if (first === undefined) return {};
  const source = { file: first.path, host: [], seclabel: [] } as NonNullable<BackingStore['source']>;
  const format = { type: first.format } as NonNullable<BackingStore['format']>;
  return { type: 'file', format, source, backingStore: backingStores(rest) };
}
