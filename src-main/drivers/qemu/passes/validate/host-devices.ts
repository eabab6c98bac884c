import { unsupported } from '../errors.ts';
import type { Pass } from '../types.ts';
import { say } from '../../../../../src-shared/words.ts';

export const validateHostDevices: Pass = ({ devices }) => {
  if (devices.hostdev.filter((item) => 'ramfb' in item && item.ramfb === true).length > 1) {
    throw unsupported(say`Only one <hostdev> can have ramfb='on'.`);
  }
  for (const hostdev of devices.hostdev) {
    const { type, address, boot } = hostdev;
    const named = `<hostdev type='${type}'>`;
    if (type === 'scsi_host' && boot !== undefined) throw unsupported(say`${named} can't be booted from.`);
    if (type === 'mdev') {
      if (hostdev.model !== 'vfio-pci') throw unsupported(say`${named} of model '${hostdev.model}' is for mainframes.`);
      if (hostdev.display === true && devices.graphics.length === 0) {
        throw unsupported(say`${named} with display='on' needs a <graphics>.`);
      }
      if (hostdev.ramfb === true && hostdev.display !== true)
        throw unsupported(say`${named}: ramfb needs display='on'.`);
    }
    if (hostdev.teaming !== undefined) {
      if (type !== 'pci') throw unsupported(say`${named}: <teaming> is for PCI devices.`);
      if (hostdev.teaming.type !== 'transient') throw unsupported(say`${named}: its <teaming> is transient.`);
    }
    if (address === undefined) continue;
    const kinds: Partial<Record<string, readonly string[]>> = {
      pci: ['pci', 'unassigned'],
      scsi: ['drive'],
      scsi_host: ['pci'],
      usb: ['usb'],
    };
    if (kinds[type]?.includes(address.type) === false) {
      throw unsupported(say`${named} can't have an <address type='${address.type}'>.`);
    }
  }
};
