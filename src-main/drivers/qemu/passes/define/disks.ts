import type { Disk } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import { diskIndex } from '../disk-name.ts';
import { invalidDefinition } from '../errors.ts';
import { completeSources } from './disk-source.ts';
import type { Pass } from '../types.ts';

/** Disks on one bus of the narrow SCSI kind libvirt assumes. */
const scsiUnits = 7;

/** Bus, driver, format and place of every disk. */
export const completeDisks: Pass = ({ devices }) => {
  for (const disk of devices.disk) completeDisk(disk);
  for (const disk of devices.disk) {
    const group = disk.iotune?.group_name;
    if (disk.iotune === undefined || group === undefined || hasLimits(disk)) continue;
    const leader = devices.disk.find((other) => other.iotune?.group_name === group && hasLimits(other));
    if (leader?.iotune !== undefined) disk.iotune = { ...leader.iotune };
  }
};

const hasLimits = (disk: Disk): boolean =>
  Object.entries(disk.iotune ?? {}).some(([key, value]) => key !== 'group_name' && key !== '_extra' && value !== 0);

/** One disk's defaults. */
function completeDisk(disk: Disk): void {
  completeSources(disk);
  const driver = (disk.driver ??= {});
  driver.name ??= 'qemu';
  if (disk.type !== 'volume') driver.type ??= 'raw';
  if (disk.device === 'cdrom') disk.readonly = true;
  if (disk.device === 'floppy' && disk.target.bus === undefined) disk.target.bus = 'fdc';
  disk.target.bus ??= busOf(disk.target.dev);
  if (disk.readonly === true) disk.snapshot ??= 'no';
  if (disk.snapshot === 'no' && disk.readonly === true) delete disk.snapshot;
  if (disk.device === 'cdrom' || disk.device === 'floppy') disk.target.tray ??= 'closed';
  if (disk.target.tray === 'closed') delete disk.target.tray;
  if (disk.type === 'network' && disk.source?.protocol === 'iscsi' && disk.source.name !== undefined) {
    if (!disk.source.name.includes('/')) disk.source.name += '/0';
  }
  if (disk.type === 'nvme' && disk.source !== undefined) disk.source.managed ??= true;
  if (disk.type === 'vhostuser') disk.snapshot ??= 'no';
  if (disk.address === undefined) placeByName(disk);
  else if (disk.address.type === 'drive') {
    const { address } = disk;
    disk.address = {
      ...address,
      controller: address.controller ?? 0,
      bus: address.bus ?? 0,
      target: address.target ?? 0,
      unit: address.unit ?? 0,
    };
  }
}

function busOf(name: string): NonNullable<Disk['target']['bus']> {
  if (name.startsWith('sd')) return 'scsi';
  if (name.startsWith('vd')) return 'virtio';
  if (name.startsWith('xvd')) return 'xen';
  return name.startsWith('ubd') ? 'uml' : 'ide';
}

/** On buses with fixed places the disk's name says which: `sdb` is the second. */
function placeByName(disk: Disk): void {
  const { bus, dev } = disk.target;
  const index = diskIndex(dev);
  if (index === undefined) throw invalidDefinition(say`'${dev}' is not a disk's name, and the disk has no <address>.`);
  const at = (controller: number, busNumber: number, unit: number): void => {
    disk.address = { type: 'drive', controller: Math.floor(controller), bus: busNumber, target: 0, unit };
  };
  if (bus === 'scsi') at(index / scsiUnits, 0, index % scsiUnits);
  else if (bus === 'ide') at(index / 4, Math.floor((index % 4) / 2), index % 2);
  else if (bus === 'sata') at(index / 6, 0, index % 6);
  else if (bus === 'fdc') at(index / 2, 0, index % 2);
}
