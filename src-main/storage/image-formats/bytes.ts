/** What the format readers share: bounded access to an untrusted file and the shape of what they find. */

/** The bytes at a place; fewer than asked for at the end of the file. Never throws for a place beyond it. */
export type ReadAt = (offset: number, length: number) => Buffer;

/** QEMU's names of the formats (`vpc` is VHD), and `iso` for a CD or DVD image, whose bytes are raw. */
export const imageFormatNames = [
  ...(['raw', 'iso', 'qcow', 'qcow2', 'qed', 'vmdk', 'vdi', 'vpc', 'vhdx', 'luks'] as const),
  ...(['bochs', 'cloop', 'dmg', 'parallels'] as const),
] as const;
export type ImageFormat = (typeof imageFormatNames)[number];

export interface BackingReference {
  /** As the header says it; relative to the image's folder. */
  readonly reference: string;
  /** The format the header promises; absent in old or careless images. */
  readonly format?: string;
}

/** What a file's header says about it. */
export interface ImageHeader {
  readonly format: ImageFormat;
  readonly virtualSizeBytes: number;
  readonly backing?: BackingReference;
  /** Other files its data is in, as the header names them: extents of a VMDK, the data file of a qcow2. */
  readonly dataFiles?: readonly string[];
  readonly clusterBytes?: number;
  /** qcow2: `0.10` or `1.1`, as qemu-img and libvirt call version 2 and 3. */
  readonly compat?: '0.10' | '1.1';
  readonly features?: readonly ('lazy_refcounts' | 'extended_l2')[];
  readonly encryption?: 'aes' | 'luks';
  readonly partitionTable?: 'mbr' | 'gpt';
  /** Why the image can't be used as it is: a whole sentence. */
  readonly problem?: string;
}

/** More than any file system holds in one file; a header that claims it is broken or hostile. */
export const largestImageBytes = 2 ** 60;

/** A 64-bit size, or undefined when it is larger than any image can be. */
export function sizeAt(bytes: Buffer, offset: number, order: 'BE' | 'LE', unit = 1): number | undefined {
  const value = order === 'BE' ? bytes.readBigUInt64BE(offset) : bytes.readBigUInt64LE(offset);
  const size = value * BigInt(unit);
  return size <= BigInt(largestImageBytes) ? Number(size) : undefined;
}

export const broken = (format: ImageFormat, what: string): ImageHeader => ({
  format,
  virtualSizeBytes: 0,
  problem: `Its ${format} header is damaged: ${what}.`,
});
