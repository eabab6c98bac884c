import type { Disk } from '../../../../../src-shared/model/domain/index.ts';
import { NodeNumbers, numberDisk } from '../../devices/block-names.ts';
import type { StartPass } from './types.ts';

/** Images are numbered from the last disk to the first, as libvirt does. */
export const prepareDisks: StartPass = ({ devices }) => {
  const numbers = new NodeNumbers();
  for (const disk of devices.disk.toReversed()) prepareDisk(disk, numbers);
};

/** The same for one disk, also one that is plugged in later. */
export function prepareDisk(disk: Disk, numbers: NodeNumbers): void {
  numberDisk(disk, numbers);
  // What others write too must not be answered from this host's memory.
  const driver = (disk.driver ??= {});
  const isDefault = driver.cache === undefined || driver.cache === 'default';
  if (disk.shareable === true && disk.readonly !== true && isDefault) driver.cache = 'none';
}
