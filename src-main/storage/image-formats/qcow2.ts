/** qcow2, versions 2 and 3: QEMU's docs/interop/qcow2.txt. */
import { type BackingReference, broken, type ImageHeader, type ReadAt, sizeAt } from './bytes.ts';

const incompatible = { dirty: 1n, corrupt: 2n, externalData: 4n, compression: 8n, extendedL2: 16n };
const knownIncompatible = 31n;
const lazyRefcounts = 1n;

const extensions = { end: 0, backingFormat: 0xe2792aca, externalDataFile: 0x44415441 };

/** QEMU refuses longer names. */
const longestBackingName = 1023;
const longestExtension = 65_536;

export function readQcow2(read: ReadAt): ImageHeader {
  const head = read(0, 112);
  if (head.length < 72) return broken('qcow2', 'it ends too early');
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3) return broken('qcow2', `version ${version} is not known`);
  const clusterBits = head.readUInt32BE(20);
  if (clusterBits < 9 || clusterBits > 21) return broken('qcow2', 'its cluster size is out of range');
  const clusterBytes = 2 ** clusterBits;
  const virtualSizeBytes = sizeAt(head, 24, 'BE');
  if (virtualSizeBytes === undefined) return broken('qcow2', 'its size is out of range');
  if (version === 3 && head.length < 104) return broken('qcow2', 'it ends too early');
  const flags = version === 3 ? head.readBigUInt64BE(72) : 0n;
  const compatible = version === 3 ? head.readBigUInt64BE(80) : 0n;
  const headerLength = version === 3 ? head.readUInt32BE(100) : 72;
  if (headerLength < 72 || headerLength > clusterBytes) return broken('qcow2', 'its length is out of range');

  const backing = backingName(read, head, clusterBytes);
  if (typeof backing === 'object') return backing;
  const found = readExtensions(read, headerLength, backing === undefined ? clusterBytes : backingOffset(head));
  if (found === undefined) return broken('qcow2', 'an extension of it is out of range');
  const features = [
    ...((compatible & lazyRefcounts) !== 0n ? (['lazy_refcounts'] as const) : []),
    ...((flags & incompatible.extendedL2) !== 0n ? (['extended_l2'] as const) : []),
  ];
  const encryption = [undefined, 'aes', 'luks'][head.readUInt32BE(32)] as ImageHeader['encryption'];
  const problem = problemOf(flags);
  const reference: BackingReference | undefined =
    backing === undefined
      ? undefined
      : { reference: backing, ...(found.backingFormat === undefined ? {} : { format: found.backingFormat }) };
  // An external data file may be recorded without a name; it is needed all the same.
  const dataFile = (flags & incompatible.externalData) === 0n ? undefined : (found.dataFile ?? '');
  return {
    format: 'qcow2',
    virtualSizeBytes,
    clusterBytes,
    compat: version === 3 ? '1.1' : '0.10',
    ...(features.length === 0 ? {} : { features }),
    ...(encryption === undefined ? {} : { encryption }),
    ...(reference === undefined ? {} : { backing: reference }),
    ...(dataFile === undefined ? {} : { dataFiles: [dataFile] }),
    ...(problem === undefined ? {} : { problem }),
  };
}

const backingOffset = (head: Buffer): number => Number(head.readBigUInt64BE(8));

/** The backing file's name, undefined when there is none, or the header as broken. */
function backingName(read: ReadAt, head: Buffer, clusterBytes: number): string | undefined | ImageHeader {
  const offset = head.readBigUInt64BE(8);
  const length = head.readUInt32BE(16);
  if (offset === 0n || length === 0) return undefined;
  if (length > longestBackingName || offset + BigInt(length) > BigInt(clusterBytes)) {
    return broken('qcow2', "its backing file's name is out of range");
  }
  const name = read(Number(offset), length);
  if (name.length < length || name.includes(0)) return broken('qcow2', "its backing file's name is damaged");
  return name.toString();
}

function readExtensions(
  read: ReadAt,
  start: number,
  end: number,
): { readonly backingFormat?: string; readonly dataFile?: string } | undefined {
  const found: { backingFormat?: string; dataFile?: string } = {};
  for (let offset = start; offset + 8 <= end; ) {
    const header = read(offset, 8);
    // Nothing but zeros, or the end of a file without clusters: an image made before extensions existed.
    if (header.length < 8) return found;
    const type = header.readUInt32BE(0);
    const length = header.readUInt32BE(4);
    if (type === extensions.end) return found;
    if (length > longestExtension || offset + 8 + length > end) return undefined;
    if (type === extensions.backingFormat && length < 64) found.backingFormat = read(offset + 8, length).toString();
    if (type === extensions.externalDataFile) found.dataFile = read(offset + 8, length).toString();
    offset += 8 + Math.ceil(length / 8) * 8;
  }
  return found;
}

function problemOf(flags: bigint): string | undefined {
  if ((flags & incompatible.corrupt) !== 0n) return 'The image is marked as corrupt; repair it with qemu-img check.';
  if ((flags & ~knownIncompatible) !== 0n) return 'The image needs features that are not known here.';
  return undefined;
}
