/**
 * The host's side of disks: a chain of images, each a node for its bytes and one for its format. QEMU is told every
 * format and where every chain ends; it never looks into an image to find out.
 */
import type { Disk, DiskDriver } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { unsupported } from '../passes/errors.ts';
import {
  type Image,
  imagesOf,
  type ImageObjects,
  formatNodeOf,
  objectsOf,
  sliceNodeOf,
  storageNodeOf,
} from './block-image.ts';
import { copyOnReadNode, isEmptyDisk } from './block-names.ts';
import { imageObjects } from './block-objects.ts';
import type { BlockHost } from './block-host.ts';
import { storageBackend } from './block-storage.ts';
import type { BlockdevProperties, JsonProperties, ObjectProperties } from './properties.ts';

/** One thing QEMU is told, in this order; taken back in the opposite order. */
export type BlockStep = { readonly object: ObjectProperties } | { readonly blockdev: BlockdevProperties };

/** What a disk needs in QEMU before its device, the deepest image first. Empty for an empty drive. */
export function diskSteps(disk: Disk, host: BlockHost, topName?: string): BlockStep[] {
  if (isEmptyDisk(disk) || disk.type === 'vhostuser') return [];
  const images = imagesOf(disk, host.volume, topName);
  const steps = images.toReversed().flatMap((image) => imageSteps(image, host));
  const [top] = images;
  if (disk.driver?.copy_on_read === true && top !== undefined) {
    const blockdev = {
      driver: 'copy-on-read',
      'node-name': copyOnReadNode(disk.target),
      file: formatNodeOf(top),
      discard: 'unmap',
    };
    steps.push({ blockdev });
  }
  return steps;
}

function imageSteps(image: Image, host: BlockHost): BlockStep[] {
  const objects = objectsOf(image);
  return [
    ...imageObjects(image, objects, host).map((object) => ({ object })),
    ...imageBlockdevs(image, objects, host).map((blockdev) => ({ blockdev })),
  ];
}

function imageBlockdevs(image: Image, objects: ImageObjects, host: BlockHost): BlockdevProperties[] {
  const cache = cacheProperties(image.cache);
  const slice = image.source.slices?.slice[0];
  const storage: BlockdevProperties = {
    ...storageBackend({ ...image, objects }, host),
    'node-name': storageNodeOf(image),
    cache,
    'auto-read-only': true,
    discard: 'unmap',
  };
  // A slice of a raw image is the raw format's own; other formats lie on a raw node that cuts it out.
  const isRaw = image.format === 'raw' && !isEncryptedByQemu(image);
  const sliceProperties = slice === undefined ? {} : { offset: slice.offset, size: slice.size };
  const needsSliceNode = slice !== undefined && !isRaw;
  const cut: BlockdevProperties = {
    driver: 'raw',
    'node-name': sliceNodeOf(image),
    ...sliceProperties,
    file: storageNodeOf(image),
    'auto-read-only': true,
    discard: 'unmap',
    cache,
  };
  const format: BlockdevProperties = {
    'node-name': formatNodeOf(image),
    'read-only': image.readOnly,
    ...discardProperties(image),
    cache,
    ...formatProperties(image, objects),
    ...(isRaw ? sliceProperties : {}),
    file: needsSliceNode ? sliceNodeOf(image) : storageNodeOf(image),
    ...backing(image, host),
  };
  return needsSliceNode ? [storage, cut, format] : [storage, format];
}

/** Formats whose images can lie on others. */
const layered = new Set(['cow', 'qcow', 'qcow2', 'qed', 'vmdk']);

function backing({ format, below }: Image, host: BlockHost): JsonProperties {
  if (typeof below === 'object') {
    if (!layered.has(format)) throw unsupported(say`An image of format '${format}' can't lie on another image.`);
    return { backing: formatNodeOf(below) };
  }
  const isKnown = below === 'none' || host.leavesChainsOpen !== true;
  return layered.has(format) && isKnown ? { backing: null } : {};
}

const drivers: Partial<Record<string, string>> = { ploop: 'parallels', vhd: 'vhdx', fat: 'raw' };
const known = new Set(['raw', 'bochs', 'cloop', 'dmg', 'vpc', 'vdi', 'qcow', 'qcow2', 'qed', 'vmdk']);

const isEncryptedByQemu = ({ source: { encryption } }: Image): boolean =>
  encryption !== undefined && encryption.engine !== 'librbd';

function formatProperties(image: Image, objects: ImageObjects): { driver: string } & JsonProperties {
  const driver = drivers[image.format] ?? image.format;
  if (drivers[image.format] === undefined && !known.has(image.format)) {
    throw unsupported(say`The image format '${image.format}' is not supported.`);
  }
  const cacheSize = driver === 'qcow2' ? image.cacheSize : undefined;
  const { encryption } = image.source;
  const keepsReferences = driver === 'qcow2' ? image.driver?.discard_no_unref : undefined;
  if (encryption === undefined || !isEncryptedByQemu(image)) {
    return { driver, 'cache-size': cacheSize, 'discard-no-unref': keepsReferences };
  }
  if (driver === 'raw') {
    if (encryption.format !== 'luks') {
      throw unsupported(say`A raw image can't be encrypted in the format '${encryption.format}'; QEMU knows 'luks'.`);
    }
    return { driver: 'luks', 'key-secret': objects.encryption };
  }
  if (encryption.format !== 'luks' && encryption.format !== 'qcow') {
    throw unsupported(say`QEMU can't open a disk encrypted in the format '${encryption.format}'.`);
  }
  const format = encryption.format === 'luks' ? 'luks' : 'aes';
  return {
    driver,
    encrypt: { format, 'key-secret': objects.encryption },
    'cache-size': cacheSize,
    'discard-no-unref': keepsReferences,
  };
}

/** Detected zeroes are punched out only where discards are let through. */
function discardProperties({ driver, isTop }: Image): JsonProperties {
  const zeroes = isTop ? driver?.detect_zeroes : undefined;
  return {
    discard: driver?.discard,
    'detect-zeroes': zeroes === 'unmap' && driver?.discard !== 'unmap' ? 'on' : zeroes,
  };
}

function cacheProperties(cache: DiskDriver['cache']): JsonProperties | undefined {
  switch (cache) {
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
