/** The chain of images behind a disk, each with what it takes from the disk, and the names of what QEMU makes of it. */
import type { BackingStore, Disk, DiskDriver } from '../../../../src-shared/model/domain/index.ts';
import type { AnySource } from '../../../../src-shared/model/domain/storage-source.ts';
import { cacheOf, isImage } from './block-names.ts';

export interface Image {
  /** What the names of its nodes begin with. */
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly source: AnySource;
  readonly readOnly: boolean;
  readonly driver: DiskDriver | undefined;
  readonly cache: DiskDriver['cache'];
  readonly isTop: boolean;
  readonly isFloppy: boolean;
  readonly cacheSize: number | undefined;
  /** The next image below it; `none` when nothing is, `unknown` when nobody has looked. */
  readonly below: Image | 'none' | 'unknown';
}

/** Where a volume of a pool is. */
interface VolumeSource {
  readonly type: 'file' | 'block' | 'dir' | 'network';
  readonly source: AnySource;
  readonly format?: string;
}

export type ResolveVolume = (source: {
  readonly pool: string;
  readonly volume: string;
  readonly mode?: string;
}) => VolumeSource;

/** The images of a disk from the top down. */
export function imagesOf(disk: Disk, resolveVolume?: ResolveVolume, topName?: string): Image[] {
  if (disk.source === undefined) return [];
  const volume = disk.type === 'volume' && disk.source !== undefined ? resolveVolume?.(disk.source) : undefined;
  const top = chain(disk, disk.backingStore, {
    name: topName ?? numbered(disk, disk.source.index),
    type: volume?.type ?? disk.type,
    format: disk.driver?.type ?? volume?.format ?? 'raw',
    source: { ...volume?.source, ...topSource(disk) },
    readOnly: disk.readonly === true,
    driver: disk.driver,
    cache: cacheOf(disk),
    isTop: true,
    isFloppy: disk.device === 'floppy',
    cacheSize: disk.driver?.metadata_cache?.max_size.bytes,
  });
  const images: Image[] = [];
  for (let image: Image | string = top; typeof image !== 'string'; image = image.below) images.push(image);
  return images;
}

/** Credentials and encryption may stand beside the source they belong to. */
function topSource({ source, auth, encryption }: Disk): AnySource {
  const own = source as AnySource;
  return {
    ...own,
    ...(auth === undefined || own.auth !== undefined ? {} : { auth }),
    ...(encryption === undefined || own.encryption !== undefined ? {} : { encryption }),
  };
}

function chain(disk: Disk, store: BackingStore | undefined, upper: Omit<Image, 'below'>): Image {
  if (store === undefined) return { ...upper, below: 'unknown' };
  if (!isImage(store)) return { ...upper, below: 'none' };
  const below = chain(disk, store.backingStore, {
    name: numbered(disk, store.index),
    type: store.type ?? 'file',
    format: store.format?.type ?? 'raw',
    source: store.source ?? { host: [], seclabel: [] },
    readOnly: true,
    driver: disk.driver,
    cache: cacheOf(disk),
    isTop: false,
    isFloppy: disk.device === 'floppy',
    cacheSize: store.format?.metadata_cache?.max_size.bytes,
  });
  return { ...upper, below };
}

function numbered(disk: Disk, index: number | undefined): string {
  if (index === undefined) throw new Error(`an image of disk '${disk.target.dev}' was not numbered`);
  return `libvirt-${index}`;
}

export const storageNodeOf = ({ name }: Pick<Image, 'name'>): string => `${name}-storage`;
export const formatNodeOf = ({ name }: Pick<Image, 'name'>): string => `${name}-format`;
export const sliceNodeOf = ({ name }: Pick<Image, 'name'>): string => `${name}-slice-sto`;

/** The objects an image's nodes refer to. */
export interface ImageObjects {
  readonly auth?: string;
  readonly encryption?: string;
  readonly cookie?: string;
  readonly tls?: string;
  readonly reservations?: string;
}

export function objectsOf(image: Pick<Image, 'name' | 'source'>): ImageObjects {
  const { source } = image;
  const storage = storageNodeOf(image);
  return {
    ...(source.auth === undefined ? {} : { auth: `${storage}-auth-secret0` }),
    ...(source.encryption?.secret[0] === undefined ? {} : { encryption: `${formatNodeOf(image)}-encryption-secret0` }),
    ...((source.cookies?.cookie ?? []).length === 0 ? {} : { cookie: `${storage}-httpcookie-secret0` }),
    ...(source.tls === true ? { tls: `obj${storage}_tls0` } : {}),
    ...(source.reservations === undefined
      ? {}
      : { reservations: source.reservations.managed === true ? managedReservations : `pr-helper-${storage}` }),
  };
}

/** The helper that this driver itself would run for all disks of a machine. */
export const managedReservations = 'pr-helper0';
