/**
 * The host's side of disks: a chain of images, each a node for its bytes and one for its format. QEMU is told every
 * format and where every chain ends; it never looks into an image to find out.
 */
import type { BackingStore, Disk, DiskDriver } from '../../../../src-shared/model/domain/index.ts';
import type { AnySource } from '../../../../src-shared/model/domain/storage-source.ts';
import { unsupported } from '../passes/errors.ts';
import { copyOnReadNode, formatNode, isEmptyDisk, isImage, storageNode } from './block-names.ts';
import { storageBackend } from './block-storage.ts';
import type { BlockdevProperties, JsonProperties, ObjectProperties } from './properties.ts';

/** One image with what it takes from its disk. */
interface Image {
  readonly index: number;
  readonly type: string;
  readonly format: string;
  readonly source: AnySource;
  readonly readOnly: boolean;
  readonly driver: DiskDriver | undefined;
  readonly isTop: boolean;
  readonly isFloppy: boolean;
  readonly cacheSize: number | undefined;
}

export interface BlockHost {
  /** A CD-ROM drive of the host, which QEMU can eject. */
  readonly isHostCdrom: (path: string) => boolean;
  /** The alias of the `secret` object a source needs, by what it is for. */
  readonly secretAlias?: (source: AnySource, use: 'auth' | 'encryption' | 'cookie') => string | undefined;
}

export const plainHost: BlockHost = { isHostCdrom: () => false };

/** Formats whose images can lie on others. */
const layered = new Set(['cow', 'qcow', 'qcow2', 'qed', 'vmdk']);

/** The nodes of a disk in the order QEMU needs them: the deepest image first. Empty for an empty drive. */
export function diskBlockdevs(disk: Disk, host: BlockHost): BlockdevProperties[] {
  if (isEmptyDisk(disk) || disk.type === 'vhostuser') return [];
  const images = imagesOf(disk);
  const nodes = images.flatMap((image, place) => imageBlockdevs(image, images[place + 1], host).reverse()).reverse();
  if (disk.driver?.copy_on_read === true && images[0] !== undefined) {
    nodes.push({
      driver: 'copy-on-read',
      'node-name': copyOnReadNode(disk.target),
      file: formatNode(images[0].index),
      discard: 'unmap',
    });
  }
  return nodes;
}

/** Helpers a disk's images need before their nodes. */
export function diskObjects(disk: Disk): ObjectProperties[] {
  const reservations = disk.source?.reservations;
  if (reservations === undefined || reservations.managed === true || reservations.source === undefined) return [];
  return [{ 'qom-type': 'pr-manager-helper', id: reservationsAlias(disk), path: reservations.source.path }];
}

const reservationsAlias = (disk: Disk): string =>
  disk.source?.reservations?.managed === true ? 'pr-helper0' : `pr-helper-${disk.alias?.name ?? ''}`;

function imagesOf(disk: Disk): Image[] {
  if (disk.source === undefined) return [];
  const images = [image(disk, disk.type, disk.driver?.type ?? 'raw', disk.source as AnySource, undefined)];
  for (let store = disk.backingStore; isImage(store); store = store.backingStore) {
    images.push(image(disk, store.type ?? 'file', store.format?.type ?? 'raw', store.source ?? emptySource, store));
  }
  return images;
}

const emptySource: AnySource = { host: [], seclabel: [] };

function image(disk: Disk, type: string, format: string, source: AnySource, store: BackingStore | undefined): Image {
  const index = store === undefined ? source.index : store.index;
  if (index === undefined) throw new Error(`an image of disk '${disk.target.dev}' was not numbered`);
  const cache = store === undefined ? disk.driver?.metadata_cache : store.format?.metadata_cache;
  return {
    index,
    type,
    format,
    source,
    readOnly: store !== undefined || disk.readonly === true,
    driver: disk.driver,
    isTop: store === undefined,
    isFloppy: disk.device === 'floppy',
    cacheSize: cache?.max_size.bytes,
  };
}

function imageBlockdevs(top: Image, below: Image | undefined, host: BlockHost): BlockdevProperties[] {
  const cache = cacheProperties(top.driver);
  const slice = top.source.slices?.slice[0];
  const storage: BlockdevProperties = {
    ...storageBackend(top, host),
    'node-name': storageNode(top.index),
    cache,
    'auto-read-only': true,
    discard: 'unmap',
  };
  // A slice of a raw image is the raw format's own; other formats lie on a raw node that cuts it out.
  const isRaw = top.format === 'raw' && top.source.encryption === undefined;
  const sliceNode = `libvirt-${top.index}-slice-sto`;
  const sliceProperties = slice === undefined ? {} : { offset: slice.offset, size: slice.size };
  const needsSliceNode = slice !== undefined && !isRaw;
  const cut: BlockdevProperties[] = needsSliceNode
    ? [
        {
          driver: 'raw',
          'node-name': sliceNode,
          ...sliceProperties,
          file: storageNode(top.index),
          'auto-read-only': true,
          discard: 'unmap',
          cache,
        },
      ]
    : [];
  const format: BlockdevProperties = {
    'node-name': formatNode(top.index),
    'read-only': top.readOnly,
    ...discardProperties(top),
    cache,
    ...formatProperties(top, host),
    ...(isRaw ? sliceProperties : {}),
    file: needsSliceNode ? sliceNode : storageNode(top.index),
    ...backing(top, below),
  };
  return [storage, ...cut, format];
}

function backing(top: Image, below: Image | undefined): JsonProperties {
  if (layered.has(top.format)) return { backing: below === undefined ? null : formatNode(below.index) };
  if (below !== undefined) throw unsupported(`An image of format '${top.format}' can't lie on another image.`);
  return {};
}

const drivers: Partial<Record<string, string>> = { ploop: 'parallels', vhd: 'vhdx', fat: 'raw' };
const known = new Set(['raw', 'bochs', 'cloop', 'dmg', 'vpc', 'vdi', 'qcow', 'qcow2', 'qed', 'vmdk']);

function formatProperties(top: Image, host: BlockHost): { driver: string } & JsonProperties {
  const driver = drivers[top.format] ?? top.format;
  if (drivers[top.format] === undefined && !known.has(top.format)) {
    throw unsupported(`The image format '${top.format}' is not supported.`);
  }
  const { encryption } = top.source;
  if (encryption !== undefined && encryption.engine !== 'librbd') {
    const secret = host.secretAlias?.(top.source, 'encryption');
    if (driver === 'raw' && encryption.format === 'luks') return { driver: 'luks', 'key-secret': secret };
    const format = encryption.format === 'luks' ? 'luks' : 'aes';
    return { driver, encrypt: { format, 'key-secret': secret }, 'cache-size': top.cacheSize };
  }
  return { driver, 'cache-size': driver === 'qcow2' ? top.cacheSize : undefined };
}

/** Detected zeroes are punched out only where discards are let through. */
function discardProperties({ driver, isTop }: Image): JsonProperties {
  const zeroes = isTop ? driver?.detect_zeroes : undefined;
  return {
    discard: driver?.discard,
    'detect-zeroes': zeroes === 'unmap' && driver?.discard !== 'unmap' ? 'on' : zeroes,
  };
}

function cacheProperties(driver: DiskDriver | undefined): JsonProperties | undefined {
  switch (driver?.cache) {
    case undefined:
    case 'default':
      return undefined;
    case 'none':
    case 'directsync':
      return { direct: true, 'no-flush': false };
    case 'writethrough':
    case 'writeback':
      return { direct: false, 'no-flush': false };
    case 'unsafe':
      return { direct: false, 'no-flush': true };
  }
}
