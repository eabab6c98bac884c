import type { Disk } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import { isEmptyDisk } from '../../devices/block-names.ts';
import { invalidDefinition, unsupported } from '../errors.ts';
import type { CompleteDomain, Pass, PassContext } from '../types.ts';

export const validateDisks: Pass = (domain, context) => {
  for (const disk of domain.devices.disk) validateDisk(disk, domain, context);
  const names = new Set<string>();
  for (const { target } of domain.devices.disk) {
    if (names.has(target.dev)) throw invalidDefinition(say`Two disks have <target dev='${target.dev}'>.`);
    names.add(target.dev);
  }
};

/** The checks of one disk. */
function validateDisk(disk: Disk, domain: CompleteDomain, { capabilities }: Pick<PassContext, 'capabilities'>): void {
  const { target, driver, device } = disk;
  const named = `Disk '${target.dev}'`;
  if (driver?.name !== undefined && driver.name !== 'qemu') {
    throw unsupported(say`${named}: <driver name='${driver.name}'> is not QEMU's.`);
  }
  if (!/^(fd|hd|sd|vd|xvd|ubd|nvme)[a-z0-9]+$/.test(target.dev)) {
    throw unsupported(say`<target dev='${target.dev}'> is not a disk's name such as 'vda' or 'sdb'.`);
  }
  if (/^(?!nvme)[a-z]+\d/.test(target.dev))
    throw unsupported(say`${named} is a partition; a <target> is a whole disk.`);
  if (device === 'floppy' && target.bus !== 'fdc') throw unsupported(say`${named}: a floppy sits on the bus 'fdc'.`);
  if (device !== 'floppy' && target.bus === 'fdc') throw unsupported(say`${named}: the bus 'fdc' is for floppies.`);
  if (target.tray !== undefined && device !== 'cdrom' && device !== 'floppy') {
    throw unsupported(say`${named}: only CD-ROMs and floppies have a tray.`);
  }
  if (target.removable !== undefined && target.bus !== 'usb')
    throw unsupported(say`${named}: only USB disks are removable.`);
  checkBus(disk, named);
  checkSource(disk, named);
  checkDriver(disk, domain, named);
  checkLimits(disk, named);
  if (device === 'lun') checkLun(disk, named);
  else if (disk.rawio !== undefined || disk.sgio !== undefined) {
    throw unsupported(say`${named}: rawio and sgio are for device='lun'.`);
  }
  if (disk.sgio === 'unfiltered') throw unsupported(say`${named}: sgio='unfiltered' is no longer a part of Linux.`);
  const keepsReferences = driver?.discard_no_unref;
  if (keepsReferences !== undefined && !capabilities.schemaHas('blockdev-add/arg-type/+qcow2/discard-no-unref')) {
    throw unsupported(say`${named}: this QEMU has no discard_no_unref.`);
  }
  if (driver?.io === 'io_uring' && !capabilities.schemaHas('blockdev-add/arg-type/+file/aio/^io_uring')) {
    throw unsupported(say`${named}: this QEMU has no io='io_uring'.`);
  }
}

const withIdentity: readonly (string | undefined)[] = ['ide', 'scsi', 'sata'];

function checkBus(disk: Disk, named: string): void {
  const { target, device } = disk;
  const { bus } = target;
  if (disk.model !== undefined && bus !== 'virtio')
    throw unsupported(say`${named}: model='${disk.model}' needs bus='virtio'.`);
  const { queues, event_idx: eventIndex, ioeventfd } = disk.driver ?? {};
  if (bus !== 'virtio' && [queues, eventIndex, ioeventfd].some((item) => item !== undefined)) {
    throw unsupported(say`${named}: queues, event_idx and ioeventfd need bus='virtio'.`);
  }
  if (disk.geometry !== undefined && bus !== 'virtio' && !withIdentity.includes(bus)) {
    throw unsupported(say`${named}: a <geometry> can't be set on the bus '${bus}'.`);
  }
  if (disk.geometry?.trans !== undefined && disk.geometry.trans !== 'none' && bus !== 'ide') {
    throw unsupported(say`${named}: <geometry trans> is for the bus 'ide'.`);
  }
  if (disk.serial !== undefined && bus === 'fdc') throw unsupported(say`${named}: floppies have no <serial>.`);
  if (disk.serial !== undefined && !/^[A-Za-z0-9_ .+-]*$/.test(disk.serial)) {
    throw unsupported(say`${named}: the <serial> '${disk.serial}' has characters a drive can't report.`);
  }
  if (disk.wwn !== undefined && !withIdentity.includes(bus))
    throw unsupported(say`${named}: the bus '${bus}' knows no <wwn>.`);
  if ((disk.vendor !== undefined || disk.product !== undefined) && bus !== 'scsi') {
    throw unsupported(say`${named}: <vendor> and <product> need bus='scsi'.`);
  }
  if ((target.rotation_rate ?? 0) > 0 && !(withIdentity.includes(bus) && device === 'disk')) {
    throw unsupported(say`${named}: a rotation rate is reported by SCSI, IDE and SATA disks.`);
  }
  if (device === 'disk' && (bus === 'ide' || bus === 'sata') && disk.readonly === true) {
    throw unsupported(say`${named}: disks on the bus '${bus}' can't be read-only.`);
  }
  if (device === 'cdrom' && bus === 'virtio') throw unsupported(say`${named}: a CD-ROM can't sit on the bus 'virtio'.`);
}

const secretTypes: Partial<Record<string, string>> = { rbd: 'ceph', iscsi: 'iscsi' };

function checkSource(disk: Disk, named: string): void {
  const own = disk.source;
  if (disk.auth !== undefined && own?.auth !== undefined) throw unsupported(say`${named} has two <auth>.`);
  if (disk.encryption !== undefined && own?.encryption !== undefined)
    throw unsupported(say`${named} has two <encryption>.`);
  const auth = own?.auth ?? disk.auth;
  if (auth !== undefined) {
    if (disk.type !== 'network' && disk.type !== 'volume')
      throw unsupported(say`${named}: <auth> is for network disks.`);
    const wanted = disk.type === 'network' ? secretTypes[disk.source?.protocol ?? ''] : undefined;
    const given = auth.secret?.type;
    if (auth.secret !== undefined && given === undefined)
      throw unsupported(say`${named}: the <secret> of <auth> has no type.`);
    if (wanted !== undefined && given !== undefined && given !== wanted) {
      throw unsupported(say`${named}: the <secret> of <auth> is of type '${given}', not '${wanted}'.`);
    }
  }
  const encryption = own?.encryption ?? disk.encryption;
  if (encryption !== undefined) {
    if (encryption.cipher !== undefined) throw unsupported(say`${named}: <cipher> is for making images; remove it.`);
    const format = disk.driver?.type ?? 'raw';
    const byQemu = encryption.engine !== 'librbd';
    if (byQemu && format !== 'raw' && format !== 'qcow2') {
      throw unsupported(say`${named}: images of the format '${format}' can't be encrypted; raw and qcow2 can.`);
    }
  }
  const policy = own?.startupPolicy;
  if (policy !== undefined && policy !== 'mandatory' && (disk.type === 'network' || disk.type === 'vhostuser')) {
    throw unsupported(say`${named}: startupPolicy='${policy}' is for images of this host.`);
  }
  if (policy === 'requisite' && disk.device !== 'cdrom' && disk.device !== 'floppy') {
    throw unsupported(say`${named}: startupPolicy='requisite' is for CD-ROMs and floppies.`);
  }
}

function checkDriver(disk: Disk, domain: CompleteDomain, named: string): void {
  const { driver, device } = disk;
  if (driver === undefined) return;
  if (driver.copy_on_read === true) {
    if (disk.readonly === true) throw unsupported(say`${named} is read-only, so it can't copy on read.`);
    if (device !== 'disk') throw unsupported(say`${named}: copy_on_read is for disks, not for a '${device}'.`);
  }
  if (driver.io === 'native' && disk.type !== 'network') {
    const cache = disk.shareable === true ? (driver.cache ?? 'none') : driver.cache;
    if (cache !== 'none' && cache !== 'directsync') {
      throw unsupported(say`${named}: io='native' needs cache='none' or 'directsync'.`);
    }
  }
  if (disk.shareable === true && !['raw', undefined].includes(driver.type)) {
    throw unsupported(say`${named}: images of the format '${driver.type}' can't be <shareable/>; raw can.`);
  }
  const thread = driver.iothread;
  if (thread !== undefined && thread > 0) {
    if (disk.target.bus !== 'virtio') throw unsupported(say`${named}: an I/O thread needs bus='virtio'.`);
    const listed = domain.iothreadids?.iothread.map((item) => item.id) ?? [];
    if (!listed.includes(thread) && thread > (domain.iothreads ?? 0)) {
      throw unsupported(say`${named}: there is no I/O thread ${thread} (<iothreads>, <iothreadids>).`);
    }
  }
  if (disk.transient === undefined) return;
  if (isEmptyDisk(disk)) throw unsupported(say`${named}: an empty drive can't be <transient/>.`);
  if (disk.readonly === true || device !== 'disk')
    throw unsupported(say`${named}: only writable disks are <transient/>.`);
  if (disk.type !== 'file') throw unsupported(say`${named}: only images in files are <transient/>.`);
}

const highestLimit = 1_000_000_000_000_000;

function checkLimits({ iotune }: Disk, named: string): void {
  if (iotune === undefined) return;
  for (const [unit, suffix] of [
    ['bytes_sec', ''],
    ['iops_sec', ''],
    ['bytes_sec', '_max'],
    ['iops_sec', '_max'],
  ] as const) {
    const of = (what: 'total' | 'read' | 'write'): number => iotune[`${what}_${unit}${suffix}`] ?? 0;
    if (of('total') > 0 && (of('read') > 0 || of('write') > 0)) {
      throw unsupported(say`${named}: <iotune> limits ${unit}${suffix} both in total and apart.`);
    }
    for (const what of ['total', 'read', 'write'] as const) {
      if (of(what) > highestLimit) throw unsupported(say`${named}: the limit ${what}_${unit}${suffix} is too high.`);
    }
  }
}

function checkLun(disk: Disk, named: string): void {
  const isLocal = disk.type === 'block' || disk.type === 'volume';
  const isIscsi = disk.type === 'network' && disk.source?.protocol === 'iscsi';
  if (!isLocal && !isIscsi) throw unsupported(say`${named}: device='lun' needs a block device.`);
  if (disk.target.bus !== 'virtio' && disk.target.bus !== 'scsi') {
    throw unsupported(say`${named}: device='lun' can't sit on the bus '${disk.target.bus}'.`);
  }
  if ((disk.driver?.type ?? 'raw') !== 'raw') throw unsupported(say`${named}: device='lun' is always raw.`);
  if (disk.wwn !== undefined || disk.vendor !== undefined || disk.product !== undefined) {
    throw unsupported(say`${named}: device='lun' reports the identity of its own device.`);
  }
  const source = disk.source;
  if (source?.encryption !== undefined || disk.encryption !== undefined || source?.slices !== undefined) {
    throw unsupported(say`${named}: device='lun' has neither <encryption> nor <slices>.`);
  }
}
