/** Microsoft's disks: VHD (`vpc` to QEMU), with its footer, and VHDX. */
import { broken, type ImageHeader, type ReadAt, sizeAt } from './bytes.ts';

const types = { fixed: 2, dynamic: 3, differencing: 4 };

/** Programs that mean the footer's size; the others mean its geometry, as Virtual PC did. QEMU's block/vpc.c. */
const creatorsBySize = new Set(['win ', 'qem2', 'd2v ', 'tap\0', 'CTXS', 'wa\0\0']);
const largestGeometrySectors = 65_535 * 16 * 255;

/** @param footer the 512 bytes that start with `conectix` */
export function readVhd(footer: Buffer): ImageHeader {
  if (footer.length < 512) return broken('vpc', 'it ends too early');
  const currentSize = sizeAt(footer, 48, 'BE');
  if (currentSize === undefined) return broken('vpc', 'its size is out of range');
  const sectors = footer.readUInt16BE(56) * footer.readUInt8(58) * footer.readUInt8(59);
  const bySize = creatorsBySize.has(footer.toString('latin1', 28, 32)) || sectors === largestGeometrySectors;
  const virtualSizeBytes = bySize ? currentSize : sectors * 512;
  const type = footer.readUInt32BE(60);
  if (type === types.differencing) {
    return { format: 'vpc', virtualSizeBytes, problem: 'It is a differencing image, which needs its parent.' };
  }
  if (type !== types.fixed && type !== types.dynamic) return broken('vpc', 'its type is not known');
  return { format: 'vpc', virtualSizeBytes };
}

const regionTableOffset = 192 * 1024;
const guids = {
  metadataRegion: guid('8b7ca206-4790-4b9a-b8fe-575f050f886e'),
  fileParameters: guid('caa16737-fa36-4d43-b3b6-33f0aa44e76b'),
  virtualDiskSize: guid('2fa54224-cd1b-4876-b211-5dbed83bf4b8'),
};
const mostRegions = 2047;
const mostMetadata = 2047;
const hasParent = 2;

export function readVhdx(read: ReadAt): ImageHeader {
  const table = read(regionTableOffset, 64 * 1024);
  const entries = tableEntries(table, 'regi', 8, 16, 32, mostRegions);
  const region = entries?.find((entry) => entry.subarray(0, 16).equals(guids.metadataRegion));
  const regionOffset = region === undefined ? undefined : sizeAt(region, 16, 'LE');
  if (regionOffset === undefined) return broken('vhdx', 'its region table makes no sense');
  const metadata = read(regionOffset, 64 * 1024);
  const items = tableEntries(metadata, 'metadata', 10, 32, 32, mostMetadata);
  const itemBytes = (id: Buffer): Buffer => {
    const item = items?.find((entry) => entry.subarray(0, 16).equals(id));
    return item === undefined ? Buffer.alloc(0) : read(regionOffset + item.readUInt32LE(16), 8);
  };
  const size = itemBytes(guids.virtualDiskSize);
  const virtualSizeBytes = size.length < 8 ? undefined : sizeAt(size, 0, 'LE');
  if (virtualSizeBytes === undefined) return broken('vhdx', 'its size is missing or out of range');
  const parameters = itemBytes(guids.fileParameters);
  const differs = parameters.length === 8 && (parameters.readUInt32LE(4) & hasParent) !== 0;
  return {
    format: 'vhdx',
    virtualSizeBytes,
    ...(differs ? { problem: 'It is a differencing image, which needs its parent.' } : {}),
  };
}

function tableEntries(
  table: Buffer,
  signature: string,
  countAt: number,
  firstAt: number,
  entryBytes: number,
  most: number,
): readonly Buffer[] | undefined {
  if (table.length < firstAt || table.toString('latin1', 0, signature.length) !== signature) return undefined;
  const count = signature === 'regi' ? table.readUInt32LE(countAt) : table.readUInt16LE(countAt);
  const last = Math.min(count, most, Math.floor((table.length - firstAt) / entryBytes));
  return Array.from({ length: last }, (_, index) => table.subarray(firstAt + index * entryBytes));
}

/** A GUID as Microsoft stores it: the first three groups in little-endian order. */
function guid(text: string): Buffer {
  const [a = '', b = '', c = '', d = '', e = ''] = text.split('-');
  const reversed = (part: string): Buffer => Buffer.from(part, 'hex').reverse();
  return Buffer.concat([reversed(a), reversed(b), reversed(c), Buffer.from(d + e, 'hex')]);
}
