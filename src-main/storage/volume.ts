/** A volume as it was found, and its two faces: the summary of lists and libvirt's XML. */
import type { Stats } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { formatStorageVolume, type StorageVolume } from '../../src-shared/model/storage-volume.ts';
import type { VolumeSummary } from '../engine/storage-api.ts';
import { localImage } from './backing-chain.ts';
import type { ImageHeader } from './image-header.ts';

/** A file or folder of a pool. */
export interface Volume {
  readonly name: string;
  readonly path: string;
  readonly type: 'file' | 'dir' | 'block';
  readonly header: ImageHeader;
  readonly stats: Stats;
}

/** libvirt's name of the volume's format: what it cannot name is raw to it, and LUKS is raw with an encryption. */
function formatName({ type, header }: Volume): string {
  if (type === 'dir') return 'dir';
  return header.format === 'luks' || header.format === 'vhdx' || header.format === 'parallels' ? 'raw' : header.format;
}

/** Where the backing image is; a place that is no local file stays as it is written. */
function backingPath({ path, header }: Volume): string | undefined {
  if (header.backing === undefined) return undefined;
  const local = localImage(header.backing.reference)?.path;
  if (local === undefined) return header.backing.reference;
  return isAbsolute(local) ? local : join(dirname(path), local);
}

const allocatedBytes = ({ stats }: Volume): number => stats.blocks * 512;

export function summarise(pool: string, volume: Volume): VolumeSummary {
  const backing = backingPath(volume);
  return {
    pool,
    name: volume.name,
    path: volume.path,
    type: volume.type,
    // The window can name what libvirt's XML can't.
    format: volume.type === 'dir' ? 'dir' : volume.header.format,
    capacityBytes: volume.header.virtualSizeBytes,
    allocationBytes: allocatedBytes(volume),
    ...(backing === undefined ? {} : { backingPath: backing }),
    modifiedMs: volume.stats.mtimeMs,
  };
}

export function volumeXml(volume: Volume): string {
  const { name, path, type, header, stats } = volume;
  const backing = backingPath(volume);
  const features = header.features ?? [];
  const model: StorageVolume = {
    type,
    name,
    key: path,
    source: { device: [] },
    capacity: { bytes: header.virtualSizeBytes },
    allocation: { bytes: allocatedBytes(volume) },
    physical: { bytes: stats.size },
    target: {
      path,
      format: { type: formatName(volume) },
      permissions: { mode: stats.mode & 0o7777, owner: stats.uid, group: stats.gid },
      timestamps: {
        atime: timestamp(stats.atimeMs),
        mtime: timestamp(stats.mtimeMs),
        ctime: timestamp(stats.ctimeMs),
        ...(stats.birthtimeMs > 0 ? { btime: timestamp(stats.birthtimeMs) } : {}),
      },
      ...(header.encryption === undefined
        ? {}
        : { encryption: { format: header.encryption === 'luks' ? 'luks' : 'qcow', secret: [] } }),
      ...(header.compat === undefined ? {} : { compat: header.compat }),
      ...(header.clusterBytes === undefined ? {} : { clusterSize: { bytes: header.clusterBytes } }),
      ...(header.format === 'qcow2' && header.compat === '1.1'
        ? {
            features: {
              ...(features.includes('lazy_refcounts') ? { lazy_refcounts: true as const } : {}),
              ...(features.includes('extended_l2') ? { extended_l2: true as const } : {}),
            },
          }
        : {}),
    },
    ...(backing === undefined
      ? {}
      : {
          backingStore: {
            path: backing,
            ...(header.backing?.format === undefined ? {} : { format: { type: header.backing.format } }),
          },
        }),
  };
  return formatStorageVolume(model);
}

/** Seconds and nanoseconds; what `stat` gives in ms keeps microseconds. */
function timestamp(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const nanoseconds = Math.round((ms - seconds * 1000) * 1e6);
  return `${seconds}.${String(nanoseconds).padStart(9, '0')}`;
}
