import { unsupported } from '../errors.ts';
import type { Pass } from '../types.ts';

export const validateHostDevices: Pass = ({ devices }) => {
  if (devices.hostdev.filter((item) => 'ramfb' in item && item.ramfb === true).length > 1) {
    throw unsupported("Only one <hostdev> can have ramfb='on'.");
  }
  for (const hostdev of devices.hostdev) {
    const { type, address, boot } = hostdev;
    const named = `<hostdev type='${type}'>`;
    if (type === 'scsi_host' && boot !== undefined) throw unsupported(`${named} can't be booted from.`);
    if (type === 'mdev') {
      if (hostdev.model !== 'vfio-pci') throw unsupported(`${named} of model '${hostdev.model}' is for mainframes.`);
      if (hostdev.display === true && devices.graphics.length === 0) {
        throw unsupported(`${named} with display='on' needs a <graphics>.`);
      }
      if (hostdev.ramfb === true && hostdev.display !== true) throw unsupported(`${named}: ramfb needs display='on'.`);
    }
    if (hostdev.teaming !== undefined) {
      if (type !== 'pci') throw unsupported(`${named}: <teaming> is for PCI devices.`);
      if (hostdev.teaming.type !== 'transient') throw unsupported(`${named}: its <teaming> is transient.`);
    }
    if (address === undefined) continue;
    const kinds: Partial<Record<string, readonly string[]>> = {
      pci: ['pci', 'unassigned'],
      scsi: ['drive'],
      scsi_host: ['pci'],
      usb: ['usb'],
    };
    if (kinds[type]?.includes(address.type) === false) {
      throw unsupported(`${named} can't have an <address type='${address.type}'>.`);
    }
  }
};
