import { devicesOf } from '../device-list.ts';
import { unsupported } from '../errors.ts';
import type { Pass } from '../types.ts';
import { say } from '../../../../../src-shared/words.ts';

/** Either `<os><boot/>` or the devices themselves say what boots; by default the first disk. */
export const completeBootOrder: Pass = ({ os, devices }) => {
  const seen = new Set<number>();
  for (const { device } of devicesOf(devices)) {
    const order = 'boot' in device ? device.boot?.order : undefined;
    if (order === undefined) continue;
    if (seen.has(order)) throw unsupported(say`The boot order ${order} is given to more than one device.`);
    seen.add(order);
  }
  if (os.boot.length > 0 && seen.size > 0) {
    throw unsupported(say`<os><boot> can't be combined with a boot order of devices.`);
  }
  if (os.boot.length === 0 && seen.size === 0) os.boot.push({ dev: 'hd' });
};
