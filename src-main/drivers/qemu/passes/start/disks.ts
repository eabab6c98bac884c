import { forgetNumbers, NodeNumbers, numberDisk } from '../../devices/block-names.ts';
import type { StartPass } from './types.ts';

/** Images are numbered from the last disk to the first, as libvirt does. */
export const numberImages: StartPass = ({ devices }) => {
  const numbers = new NodeNumbers();
  for (const disk of devices.disk.toReversed()) {
    forgetNumbers(disk);
    numberDisk(disk, numbers);
  }
};
