import type { Disk, DiskDriver } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { unsupported } from '../passes/errors.ts';
import { backendNode, cacheOf } from './block-names.ts';
import { addressProperties, driveProperties } from './address.ts';
import {
  aliasOf,
  type DeviceContext,
  type DeviceProperties,
  type JsonProperties,
  onOffWord,
  positive,
  vhostUserAlias,
} from './properties.ts';
import { virtioProperties } from './virtio.ts';

/** The guest's side of a disk, CD-ROM or floppy. */
export function diskProperties(disk: Disk, context: DeviceContext): DeviceProperties {
  const { domain } = context;
  const isVhostUser = disk.type === 'vhostuser';
  const { driver } = disk;
  return {
    ...frontend(disk, context),
    ...(disk.address?.type === 'drive'
      ? driveProperties(domain, disk.address, disk.target.bus)
      : addressProperties(domain, disk)),
    device_id: scsiDeviceId(disk),
    'share-rw': disk.shareable === true ? true : undefined,
    drive: isVhostUser ? undefined : backendNode(disk),
    chardev: isVhostUser ? vhostUserAlias(disk) : undefined,
    id: aliasOf(disk),
    // The floppy controller is what boots, not the drive.
    bootindex: disk.device === 'floppy' ? undefined : positive(context.bootIndex(disk)),
    logical_block_size: positive(disk.blockio?.logical_block_size),
    physical_block_size: positive(disk.blockio?.physical_block_size),
    discard_granularity: positive(disk.blockio?.discard_granularity),
    wwn: disk.wwn === undefined ? undefined : BigInt(`0x${disk.wwn.replace(/^0x/i, '')}`),
    rotation_rate: positive(disk.target.rotation_rate),
    vendor: disk.vendor,
    product: disk.product,
    removable: disk.target.bus === 'usb' ? usbRemovable(disk, context) : undefined,
    'write-cache': onOffWord(writeCache(disk)),
    cyls: positive(disk.geometry?.cyls),
    heads: positive(disk.geometry?.heads),
    secs: positive(disk.geometry?.secs),
    'bios-chs-trans': disk.geometry?.trans,
    serial: disk.serial?.replaceAll(' ', '\\ '),
    ...errorPolicy(driver),
  };
}

function frontend(disk: Disk, { capabilities }: DeviceContext): DeviceProperties {
  const { driver, device } = disk;
  switch (disk.target.bus) {
    case 'ide':
    case 'sata':
      return { driver: device === 'cdrom' ? 'ide-cd' : 'ide-hd' };
    case 'scsi':
      if (device === 'lun') return { driver: 'scsi-block' };
      return { driver: device === 'cdrom' ? 'scsi-cd' : 'scsi-hd' };
    case 'virtio':
      return {
        ...virtioProperties(
          disk.type === 'vhostuser' ? 'vhost-user-blk' : 'virtio-blk',
          disk,
          disk.model,
          capabilities,
        ),
        iothread: positive(driver?.iothread) === undefined ? undefined : `iothread${driver?.iothread}`,
        ioeventfd: driver?.ioeventfd,
        event_idx: driver?.event_idx,
        // SCSI commands through virtio-blk are off unless asked for.
        scsi: device === 'lun' && capabilities.hasProperty('virtio-blk-pci', 'scsi') ? true : undefined,
        'num-queues': positive(driver?.queues),
        'queue-size': positive(driver?.queue_size),
      };
    case 'usb':
      return { driver: 'usb-storage' };
    case 'fdc':
      return { driver: 'floppy' };
    default:
      throw unsupported(say`The bus '${disk.target.bus}' of disk '${disk.target.dev}' is not supported.`);
  }
}

/** Older QEMUs put the drive's name where a guest looks for an identity; it stays there for the guest's sake. */
function scsiDeviceId(disk: Disk): string | undefined {
  if (disk.target.bus !== 'scsi' || disk.device === 'lun') return undefined;
  return disk.serial ?? `drive-${aliasOf(disk)}`;
}

function usbRemovable(disk: Disk, { capabilities }: DeviceContext): boolean | undefined {
  return capabilities.hasProperty('usb-storage', 'removable') ? (disk.target.removable ?? false) : undefined;
}

/** Whether the guest sees a write cache; what passes commands through has the device's own. */
function writeCache(disk: Disk): boolean | undefined {
  const cache = cacheOf(disk);
  if (cache === undefined || disk.device === 'lun') return undefined;
  return cache !== 'writethrough' && cache !== 'directsync';
}

function errorPolicy(driver: DiskDriver | undefined): JsonProperties {
  const write = driver?.error_policy === 'default' ? undefined : driver?.error_policy;
  const read = driver?.rerror_policy === 'default' ? undefined : driver?.rerror_policy;
  if (write === 'enospace') return { werror: 'enospc', rerror: read };
  return { werror: write, rerror: read ?? write };
}
