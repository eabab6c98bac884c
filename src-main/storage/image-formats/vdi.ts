/** VirtualBox's disks, format 1.1. */
import { broken, type ImageHeader, type ReadAt, sizeAt } from './bytes.ts';

export const vdiSignature = 0xbeda107f;

export function readVdi(read: ReadAt): ImageHeader {
  const head = read(0, 512);
  if (head.length < 440) return broken('vdi', 'it ends too early');
  if (head.readUInt32LE(68) !== 0x00010001) return broken('vdi', 'its version is not 1.1');
  const virtualSizeBytes = sizeAt(head, 368, 'LE');
  if (virtualSizeBytes === undefined) return broken('vdi', 'its size is out of range');
  const type = head.readUInt32LE(76);
  const parent = head.subarray(424, 440);
  const differs = type === 4 || parent.some((byte) => byte !== 0);
  return {
    format: 'vdi',
    virtualSizeBytes,
    ...(differs ? { problem: 'It is a differencing image, which needs its parent in VirtualBox.' } : {}),
  };
}
