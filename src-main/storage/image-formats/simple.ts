/** Formats of which a few fixed fields are all that matters, and raw disks. */
import { broken, type ImageFormat, type ImageHeader, type ReadAt, sizeAt } from './bytes.ts';

/** qcow version 1. */
export function readQcow(read: ReadAt): ImageHeader {
  const head = read(0, 48);
  if (head.length < 48) return broken('qcow', 'it ends too early');
  const virtualSizeBytes = sizeAt(head, 24, 'BE');
  if (virtualSizeBytes === undefined) return broken('qcow', 'its size is out of range');
  const offset = head.readBigUInt64BE(8);
  const length = head.readUInt32BE(16);
  const encryption = head.readUInt32BE(36) === 1 ? ({ encryption: 'aes' } as const) : {};
  if (offset === 0n || length === 0) return { format: 'qcow', virtualSizeBytes, ...encryption };
  if (offset > 65_536n || length > 1023) return broken('qcow', "its backing file's name is out of range");
  const reference = read(Number(offset), length);
  if (reference.length < length || reference.includes(0)) {
    return broken('qcow', "its backing file's name is damaged");
  }
  return { format: 'qcow', virtualSizeBytes, ...encryption, backing: { reference: reference.toString() } };
}

const qedBacking = { present: 1n, isRaw: 4n };

export function readQed(read: ReadAt): ImageHeader {
  const head = read(0, 64);
  if (head.length < 64) return broken('qed', 'it ends too early');
  const virtualSizeBytes = sizeAt(head, 48, 'LE');
  if (virtualSizeBytes === undefined) return broken('qed', 'its size is out of range');
  const features = head.readBigUInt64LE(16);
  if ((features & qedBacking.present) === 0n) return { format: 'qed', virtualSizeBytes };
  const offset = head.readUInt32LE(56);
  const length = head.readUInt32LE(60);
  if (length > 1023 || offset > 1 << 26) return broken('qed', "its backing file's name is out of range");
  const name = read(offset, length);
  if (name.length < length || name.includes(0)) return broken('qed', "its backing file's name is damaged");
  const format = (features & qedBacking.isRaw) === 0n ? {} : { format: 'raw' };
  return { format: 'qed', virtualSizeBytes, backing: { reference: name.toString(), ...format } };
}

/** LUKS, versions 1 and 2. The size is of what lies behind the header, for version 1 where that is fixed. */
export function readLuks(read: ReadAt, fileBytes: number): ImageHeader {
  const head = read(0, 592);
  if (head.length < 592) return broken('luks', 'it ends too early');
  const version = head.readUInt16BE(6);
  if (version !== 1 && version !== 2) return broken('luks', `version ${version} is not known`);
  const payload = version === 1 ? head.readUInt32BE(104) * 512 : 0;
  return { format: 'luks', encryption: 'luks', virtualSizeBytes: Math.max(0, fileBytes - payload) };
}

const protectiveType = 0xee;

/** Anything else is a raw disk of the file's own size; whether it holds partitions tells people what they have. */
export function readRaw(read: ReadAt, fileBytes: number): ImageHeader {
  const head = read(0, 512);
  const raw: ImageHeader = { format: 'raw', virtualSizeBytes: fileBytes };
  if (head.length < 512 || head.readUInt16LE(510) !== 0xaa55) return raw;
  const isGpt = [512, 4096].some((at) => read(at, 8).toString('latin1') === 'EFI PART');
  if (isGpt) return { ...raw, partitionTable: 'gpt' };
  const entries = [446, 462, 478, 494].map((at) => ({
    active: head.readUInt8(at),
    type: head.readUInt8(at + 4),
    sectors: head.readUInt32LE(at + 12),
  }));
  // The same signature ends a FAT boot sector, whose bytes make no partition table.
  const plausible = entries.every(({ active }) => (active & 0x7f) === 0);
  const used = entries.some(({ type, sectors }) => type !== 0 && type !== protectiveType && sectors > 0);
  return plausible && used ? { ...raw, partitionTable: 'mbr' } : raw;
}

/** A CD or DVD image: ISO 9660, or UDF alone. */
export function isOpticalImage(read: ReadAt): boolean {
  const identifier = read(0x8001, 5).toString('latin1');
  return identifier === 'CD001' || identifier === 'BEA01';
}

/** Formats that are only named, so that they are refused instead of taken for raw disks. */
export const namedOnly: readonly { readonly magic: string; readonly format: ImageFormat }[] = [
  { magic: 'Bochs Virtual HD Image', format: 'bochs' },
  { magic: '#!/bin/sh\n#V2.0 Format\nmodprobe cloop', format: 'cloop' },
  { magic: 'WithoutFreeSpace', format: 'parallels' },
  { magic: 'WithouFreSpacExt', format: 'parallels' },
];
