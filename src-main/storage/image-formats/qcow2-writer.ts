/**
 * An empty qcow2 image, written by ourselves: four short runs of bytes instead of a process that needs longer to start
 * than to write them. What it makes is checked against `qemu-img check` in the tests.
 */
import type { BackingReference } from './bytes.ts';

const clusterBits = 16;
const clusterBytes = 2 ** clusterBits;
/** An L1 entry points to an L2 table of one cluster, each of whose 8-byte entries points to a cluster. */
const bytesPerL1Entry = (clusterBytes / 8) * clusterBytes;
/** QEMU refuses larger L1 tables (`QCOW_MAX_L1_SIZE`). */
const largestL1Bytes = 32 * 2 ** 20;
const headerLength = { v2: 72, v3: 104 };
const backingFormatExtension = 0xe2792aca;
const longestBackingName = 1023;

export interface EmptyQcow2 {
  readonly capacityBytes: number;
  /** `1.1` (version 3) unless told. */
  readonly compat?: '0.10' | '1.1';
  readonly backing?: BackingReference;
}

/** What to write where; the rest of the file is zeros. */
export interface FileLayout {
  readonly pieces: readonly { readonly offset: number; readonly bytes: Buffer }[];
  readonly fileBytes: number;
}

/** @returns undefined when such an image is beyond what this writes; qemu-img can say why, or make it. */
export function emptyQcow2({ capacityBytes, compat = '1.1', backing }: EmptyQcow2): FileLayout | undefined {
  // QEMU rounds up to whole sectors, too.
  const virtualSize = Math.ceil(capacityBytes / 512) * 512;
  const l1Entries = Math.ceil(virtualSize / bytesPerL1Entry);
  if (l1Entries * 8 > largestL1Bytes) return undefined;
  const name = Buffer.from(backing?.reference ?? '');
  if (name.length > longestBackingName) return undefined;

  const refcountTable = clusterBytes;
  const refcountBlock = 2 * clusterBytes;
  const l1Table = 3 * clusterBytes;
  const clusters = 3 + Math.ceil((l1Entries * 8) / clusterBytes);

  const header = Buffer.alloc(1024 + longestBackingName);
  header.write('QFI\xfb', 'latin1');
  header.writeUInt32BE(compat === '1.1' ? 3 : 2, 4);
  header.writeUInt32BE(clusterBits, 20);
  header.writeBigUInt64BE(BigInt(virtualSize), 24);
  header.writeUInt32BE(l1Entries, 36);
  header.writeBigUInt64BE(BigInt(l1Table), 40);
  header.writeBigUInt64BE(BigInt(refcountTable), 48);
  header.writeUInt32BE(1, 56);
  let end: number = headerLength.v2;
  if (compat === '1.1') {
    header.writeUInt32BE(4, 96);
    header.writeUInt32BE(headerLength.v3, 100);
    end = headerLength.v3;
  }
  if (backing?.format !== undefined) {
    header.writeUInt32BE(backingFormatExtension, end);
    header.writeUInt32BE(Buffer.byteLength(backing.format), end + 4);
    header.write(backing.format, end + 8);
    end += 8 + Math.ceil(Buffer.byteLength(backing.format) / 8) * 8;
  }
  // The list of extensions ends with eight zeros.
  end += 8;
  if (name.length > 0) {
    header.writeBigUInt64BE(BigInt(end), 8);
    header.writeUInt32BE(name.length, 16);
    name.copy(header, end);
    end += name.length;
  }

  const table = Buffer.alloc(8);
  table.writeBigUInt64BE(BigInt(refcountBlock));
  const refcounts = Buffer.alloc(clusters * 2);
  for (let index = 0; index < clusters; index += 1) refcounts.writeUInt16BE(1, index * 2);
  return {
    pieces: [
      { offset: 0, bytes: header.subarray(0, end) },
      { offset: refcountTable, bytes: table },
      { offset: refcountBlock, bytes: refcounts },
    ],
    fileBytes: clusters * clusterBytes,
  };
}
