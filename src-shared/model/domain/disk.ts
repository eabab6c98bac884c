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
  name: attr(string).optional().describe('The driver of the hypervisor: qemu.'),
  type: attr(oneOf(...imageFormats, 'aio', 'phy', 'tap2'))
    .optional()
    .describe('The format of the image; never guessed.'),
  cache: attr(oneOf('default', 'none', 'writethrough', 'writeback', 'directsync', 'unsafe'))
    .optional()
    .describe('How the host caches: none bypasses it, writeback is quickest.'),
  error_policy: attr(oneOf('default', 'stop', 'report', 'ignore', 'enospace'))
    .optional()
    .describe('What happens when a write fails.'),
  rerror_policy: attr(oneOf('default', 'stop', 'report', 'ignore'))
    .optional()
    .describe('What happens when a read fails.'),
  io: attr(oneOf('native', 'threads', 'io_uring'))
    .optional()
    .describe('How I/O is submitted on the host.'),
  ioeventfd: attr(onOff).optional(),
  event_idx: attr(onOff).optional(),
  copy_on_read: attr(onOff).optional().describe('Whether what is read from the image below is kept in this one.'),
  discard: attr(oneOf('unmap', 'ignore')).optional().describe('Whether blocks the guest frees are freed on the host.'),
  iothread: attr(unsigned).optional().describe('The I/O thread that serves this disk.'),
  detect_zeroes: attr(oneOf('off', 'on', 'unmap'))
    .optional()
    .describe('Whether writes of zeros become holes.'),
  discard_no_unref: attr(onOff).optional(),
  queues: attr(unsigned).optional().describe('The number of request queues.'),
  queue_size: attr(unsigned).optional().describe('The length of a request queue.'),
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
  dev: attr(string).describe('The name that orders disks; the guest may use another.'),
  bus: attr(oneOf('ide', 'fdc', 'scsi', 'virtio', 'xen', 'usb', 'uml', 'sata', 'sd'))
    .optional()
    .describe('The kind of controller the disk sits on.'),
  tray: attr(oneOf('closed', 'open')).optional().describe('Whether the tray of the drive is open.'),
  removable: attr(onOff).optional().describe('Whether a USB disk says it is removable.'),
  rotation_rate: attr(unsigned).optional().describe('Turns a minute the disk reports; 1 is a solid-state disk.'),
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
  type: tag().describe('Where the bytes of the disk are.'),
  device: attr(oneOf('disk', 'cdrom', 'floppy', 'lun'))
    .default('disk')
    .describe('What the guest sees.'),
  model: attr(oneOf(...virtioModels))
    .optional()
    .describe('The virtio variant.'),
  rawio: attr(yesNo).optional().describe('Whether the guest may send any SCSI command.'),
  sgio: attr(oneOf('filtered', 'unfiltered')).optional().describe('Whether SCSI commands of the guest are filtered.'),
  snapshot: attr(oneOf('no', 'internal', 'external', 'manual'))
    .optional()
    .describe('Whether and how snapshots include this disk.'),
};

const beforeSource = {
  driver: child(driver).optional().describe('The format and how the disk is cached and served.'),
  auth: child(storageAuthSchema).optional().describe('The credentials of the storage.'),
};

const afterSource = {
  backingStore: child(backingStoreSchema).optional().describe('The image below this one.'),
  backenddomain: child(element('backenddomain', { name: attr(string) })).optional(),
  geometry: child(
    element('geometry', {
      cyls: attr(unsigned),
      heads: attr(unsigned),
      secs: attr(unsigned),
      trans: attr(oneOf('none', 'auto', 'lba')).optional(),
    }),
  )
    .optional()
    .describe('Cylinders, heads and sectors for guests that ask.'),
  blockio: child(
    element('blockio', {
      logical_block_size: attr(unsigned).optional(),
      physical_block_size: attr(unsigned).optional(),
      discard_granularity: attr(unsigned).optional(),
    }),
  )
    .optional()
    .describe('The block sizes the disk reports.'),
  mirror: child(mirror).optional().describe('The copy a running block job makes.'),
  target: child(target).describe('Where the disk is in the guest.'),
  iotune: child(iotune).optional().describe('Limits of throughput and requests.'),
  readonly: flag('readonly').describe('The guest can only read.'),
  shareable: flag('shareable').describe('Several machines may write at once.'),
  transient: child(element('transient', { shareBacking: attr(yesNo).optional() }))
    .optional()
    .describe('What is written is dropped when the machine stops.'),
  serial: childText('serial', string).optional().describe('The serial number the guest sees.'),
  wwn: childText('wwn', string).optional().describe('The world wide name the guest sees.'),
  vendor: childText('vendor', string).optional().describe('The vendor the guest sees.'),
  product: childText('product', string).optional().describe('The product name the guest sees.'),
  encryption: child(encryptionSchema).optional().describe('How the image is encrypted.'),
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
