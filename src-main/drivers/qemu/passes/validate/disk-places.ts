import type { Disk, Hostdev } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import { placementFailed, unsupported } from '../errors.ts';
import { hasBuiltinIde } from '../machine-kind.ts';
import type { CompleteDomain, Pass } from '../types.ts';

/** Drives have an address of the kind their bus has, and no two share one. */
export const validateDiskPlaces: Pass = (domain) => {
  const taken = new Map<string, string>();
  for (const disk of domain.devices.disk) {
    checkKind(disk);
    const place = placeOf(disk.target.bus, disk);
    if (place === undefined) continue;
    checkNumbers(disk, domain);
    const other = taken.get(place);
    if (other !== undefined)
      throw unsupported(say`Disks '${other}' and '${disk.target.dev}' have one <address>: ${place}.`);
    taken.set(place, disk.target.dev);
  }
  const hosts = new Set<string>();
  for (const hostdev of domain.devices.hostdev) {
    if (hostdev.type !== 'scsi') continue;
    const place = placeOf('scsi', hostdev);
    if (place === undefined) continue;
    const disk = taken.get(place);
    if (disk !== undefined) throw unsupported(say`Disk '${disk}' has the <address> of a SCSI <hostdev>: ${place}.`);
    if (hosts.has(place)) throw unsupported(say`Two SCSI <hostdev> have one <address>: ${place}.`);
    hosts.add(place);
  }
};

const driveBuses: readonly (string | undefined)[] = ['ide', 'fdc', 'scsi', 'sata'];

function checkKind({ address, target }: Disk): void {
  if (address === undefined) return;
  const { bus, dev } = target;
  const isDrive = address.type === 'drive';
  if (driveBuses.includes(bus) !== isDrive && (isDrive || driveBuses.includes(bus))) {
    throw unsupported(say`Disk '${dev}' on the bus '${bus}' can't have an <address type='${address.type}'>.`);
  }
  if (bus === 'usb' && address.type !== 'usb') {
    throw placementFailed(say`Disk '${dev}' on the bus 'usb' can't have an <address type='${address.type}'>.`);
  }
}

function placeOf(bus: string | undefined, { address }: Disk | Hostdev): string | undefined {
  if (address?.type !== 'drive') return undefined;
  const { controller = 0, bus: channel = 0, target = 0, unit = 0 } = address;
  return `${bus} controller ${controller}, bus ${channel}, target ${target}, unit ${unit}`;
}

function checkNumbers(disk: Disk, domain: CompleteDomain): void {
  if (disk.address?.type !== 'drive') return;
  const { controller = 0, bus = 0, target = 0 } = disk.address;
  const refuse = (what: string): never => {
    throw unsupported(say`Disk '${disk.target.dev}': ${what}.`);
  };
  switch (disk.target.bus) {
    case 'ide':
      if (hasBuiltinIde(domain) && controller > 0) refuse('there is one IDE controller');
      if (target > 0) refuse('an IDE controller has no targets');
      break;
    case 'fdc':
      if (controller > 0 || bus > 0 || target > 0) refuse('there is one floppy controller, with one bus');
      break;
    case 'sata':
      if (bus > 0 || target > 0) refuse('a SATA controller has one bus without targets');
      break;
    case 'scsi': {
      const at = domain.devices.controller.find((item) => item.type === 'scsi' && item.index === controller);
      const isNarrow = at?.type === 'scsi' && at.model === 'lsilogic';
      if (isNarrow && target > 0) refuse('lsilogic has no targets, only units');
      if (bus > 0 && at?.type === 'scsi' && at.model !== 'ibmvscsi') refuse('a SCSI controller has one bus');
      break;
    }
    default:
      break;
  }
}
