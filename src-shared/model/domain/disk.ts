import {
  attr,
  child,
  childText,
  element,
  type ElementSchema,
  flag,
  type ModelOf,
  tag,
  union,
} from '../../xml/schema.ts';
import { oneOf, onOff, string, unsigned, yesNo } from '../../xml/values.ts';
import type { Extra } from '../../xml/tree.ts';
import { encryptionSchema, storageAuthSchema } from '../storage-secret.ts';
import { deviceInfo, virtioModels, virtioOptions } from './device-info.ts';
import {
  type AnySource,
  anySourceSchema,
  blockSourceSchema,
  dirSourceSchema,
  fileSourceSchema,
  formatSchema,
  imageFormats,
  metadataCacheSchema,
  networkSourceSchema,
  nvmeSourceSchema,
  storageTypes,
  vhostuserSourceSchema,
  vhostvdpaSourceSchema,
  volumeSourceSchema,
} from './storage-source.ts';

const driver = element('driver', {
  name: attr(string).optional(),
  type: attr(oneOf(...imageFormats, 'aio', 'phy', 'tap2')).optional(),
  cache: attr(oneOf('default', 'none', 'writethrough', 'writeback', 'directsync', 'unsafe')).optional(),
  error_policy: attr(oneOf('default', 'stop', 'report', 'ignore', 'enospace')).optional(),
  rerror_policy: attr(oneOf('default', 'stop', 'report', 'ignore')).optional(),
  io: attr(oneOf('native', 'threads', 'io_uring')).optional(),
  ioeventfd: attr(onOff).optional(),
  event_idx: attr(onOff).optional(),
  copy_on_read: attr(onOff).optional(),
  discard: attr(oneOf('unmap', 'ignore')).optional(),
  iothread: attr(unsigned).optional(),
  detect_zeroes: attr(oneOf('off', 'on', 'unmap')).optional(),
  discard_no_unref: attr(onOff).optional(),
  queues: attr(unsigned).optional(),
  queue_size: attr(unsigned).optional(),
  ...virtioOptions,
  metadata_cache: child(metadataCacheSchema).optional(),
});
export type DiskDriver = ModelOf<typeof driver>;

/** One image below another. An empty element ends the chain: there is nothing further below. */
export interface BackingStore {
  type?: (typeof storageTypes)[number];
  index?: number;
  format?: ModelOf<typeof formatSchema>;
  source?: AnySource;
  backingStore?: BackingStore;
  _extra?: Extra;
}

export const backingStoreSchema: ElementSchema<BackingStore> = element('backingStore', {
  type: attr(oneOf(...storageTypes)).optional(),
  index: attr(unsigned).optional(),
  format: child(formatSchema).optional(),
  source: child(anySourceSchema).optional(),
  backingStore: child((): ElementSchema<BackingStore> => backingStoreSchema).optional(),
});

/** The copy a running block job makes; only in the XML of running machines. */
const mirror = element('mirror', {
  type: attr(oneOf(...storageTypes)).optional(),
  file: attr(string).optional(),
  format: attr(string).optional(),
  job: attr(oneOf('copy', 'active-commit')).optional(),
  ready: attr(oneOf('yes', 'abort', 'pivot')).optional(),
  formatElement: child(formatSchema).optional(),
  source: child(anySourceSchema).optional(),
  backingStore: child(backingStoreSchema).optional(),
});

const target = element('target', {
  dev: attr(string),
  bus: attr(oneOf('ide', 'fdc', 'scsi', 'virtio', 'xen', 'usb', 'uml', 'sata', 'sd')).optional(),
  tray: attr(oneOf('closed', 'open')).optional(),
  removable: attr(onOff).optional(),
  rotation_rate: attr(unsigned).optional(),
});
export type DiskTarget = ModelOf<typeof target>;

const limit = (name: string) => childText(name, unsigned).optional();

const iotune = element('iotune', {
  total_bytes_sec: limit('total_bytes_sec'),
  read_bytes_sec: limit('read_bytes_sec'),
  write_bytes_sec: limit('write_bytes_sec'),
  total_iops_sec: limit('total_iops_sec'),
  read_iops_sec: limit('read_iops_sec'),
  write_iops_sec: limit('write_iops_sec'),
  total_bytes_sec_max: limit('total_bytes_sec_max'),
  read_bytes_sec_max: limit('read_bytes_sec_max'),
  write_bytes_sec_max: limit('write_bytes_sec_max'),
  total_iops_sec_max: limit('total_iops_sec_max'),
  read_iops_sec_max: limit('read_iops_sec_max'),
  write_iops_sec_max: limit('write_iops_sec_max'),
  size_iops_sec: limit('size_iops_sec'),
  group_name: childText('group_name', string).optional(),
  total_bytes_sec_max_length: limit('total_bytes_sec_max_length'),
  read_bytes_sec_max_length: limit('read_bytes_sec_max_length'),
  write_bytes_sec_max_length: limit('write_bytes_sec_max_length'),
  total_iops_sec_max_length: limit('total_iops_sec_max_length'),
  read_iops_sec_max_length: limit('read_iops_sec_max_length'),
  write_iops_sec_max_length: limit('write_iops_sec_max_length'),
});
export type DiskIoTune = ModelOf<typeof iotune>;

const attributes = {
  type: tag(),
  device: attr(oneOf('disk', 'cdrom', 'floppy', 'lun')).default('disk'),
  model: attr(oneOf(...virtioModels)).optional(),
  rawio: attr(yesNo).optional(),
  sgio: attr(oneOf('filtered', 'unfiltered')).optional(),
  snapshot: attr(oneOf('no', 'internal', 'external', 'manual')).optional(),
};

const beforeSource = {
  driver: child(driver).optional(),
  auth: child(storageAuthSchema).optional(),
};

const afterSource = {
  backingStore: child(backingStoreSchema).optional(),
  backenddomain: child(element('backenddomain', { name: attr(string) })).optional(),
  geometry: child(
    element('geometry', {
      cyls: attr(unsigned),
      heads: attr(unsigned),
      secs: attr(unsigned),
      trans: attr(oneOf('none', 'auto', 'lba')).optional(),
    }),
  ).optional(),
  blockio: child(
    element('blockio', {
      logical_block_size: attr(unsigned).optional(),
      physical_block_size: attr(unsigned).optional(),
      discard_granularity: attr(unsigned).optional(),
    }),
  ).optional(),
  mirror: child(mirror).optional(),
  target: child(target),
  iotune: child(iotune).optional(),
  readonly: flag('readonly'),
  shareable: flag('shareable'),
  transient: child(element('transient', { shareBacking: attr(yesNo).optional() })).optional(),
  serial: childText('serial', string).optional(),
  wwn: childText('wwn', string).optional(),
  vendor: childText('vendor', string).optional(),
  product: childText('product', string).optional(),
  encryption: child(encryptionSchema).optional(),
  ...deviceInfo,
};

/** A disk, CD-ROM or floppy drive. Without `<source>` the drive is empty. */
export const diskSchema = union(
  'disk',
  'type',
  {
    file: { ...attributes, ...beforeSource, source: child(fileSourceSchema).optional(), ...afterSource },
    block: { ...attributes, ...beforeSource, source: child(blockSourceSchema).optional(), ...afterSource },
    dir: { ...attributes, ...beforeSource, source: child(dirSourceSchema).optional(), ...afterSource },
    network: { ...attributes, ...beforeSource, source: child(networkSourceSchema).optional(), ...afterSource },
    volume: { ...attributes, ...beforeSource, source: child(volumeSourceSchema).optional(), ...afterSource },
    nvme: { ...attributes, ...beforeSource, source: child(nvmeSourceSchema).optional(), ...afterSource },
    vhostuser: { ...attributes, ...beforeSource, source: child(vhostuserSourceSchema).optional(), ...afterSource },
    vhostvdpa: { ...attributes, ...beforeSource, source: child(vhostvdpaSourceSchema).optional(), ...afterSource },
  },
  'file',
);
export type Disk = ModelOf<typeof diskSchema>;
