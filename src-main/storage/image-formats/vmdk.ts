/** VMware's disks: one sparse file with the descriptor inside, or a text descriptor that names its extents. */
import { broken, type ImageHeader, type ReadAt, sizeAt } from './bytes.ts';

const sectorBytes = 512;
/** QEMU reads at most 20 sectors of an embedded descriptor; text descriptors of split disks are longer. */
const longestDescriptor = 64 * 1024;
const mostExtents = 4096;

/** A sparse extent: magic `KDMV`. */
export function readVmdkSparse(read: ReadAt): ImageHeader {
  const head = read(0, 80);
  if (head.length < 80) return broken('vmdk', 'it ends too early');
  const capacity = sizeAt(head, 12, 'LE', sectorBytes);
  if (capacity === undefined) return broken('vmdk', 'its size is out of range');
  const descriptorOffset = sizeAt(head, 28, 'LE', sectorBytes);
  const descriptorBytes = sizeAt(head, 36, 'LE', sectorBytes);
  if (descriptorOffset === undefined || descriptorBytes === undefined) {
    return broken('vmdk', 'its descriptor is out of range');
  }
  if (descriptorOffset === 0 || descriptorBytes === 0) return { format: 'vmdk', virtualSizeBytes: capacity };
  const text = descriptorText(read(descriptorOffset, Math.min(descriptorBytes, longestDescriptor)));
  const { backing, problem } = parseDescriptor(text);
  // The only extent of a monolithic image is the file itself, whatever name it had when it was made.
  return {
    format: 'vmdk',
    virtualSizeBytes: capacity,
    ...(backing === undefined ? {} : { backing: { reference: backing, format: 'vmdk' } }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** ESX's older sparse extents: magic `COWD`. */
export function readVmdkCowd(read: ReadAt): ImageHeader {
  const head = read(0, 24);
  if (head.length < 24) return broken('vmdk', 'it ends too early');
  return { format: 'vmdk', virtualSizeBytes: head.readUInt32LE(12) * sectorBytes };
}

/** A text descriptor. @returns undefined when the text is none. */
export function readVmdkDescriptor(read: ReadAt): ImageHeader | undefined {
  const start = read(0, 512).toString('latin1');
  if (!/^(?:\s*#[^\n]*\n|\s*\n)*?\s*#\s*Disk DescriptorFile/i.test(start)) return undefined;
  const { sectors, extents, backing, problem } = parseDescriptor(descriptorText(read(0, longestDescriptor)));
  const virtualSizeBytes = sectors * sectorBytes;
  if (!Number.isSafeInteger(virtualSizeBytes)) return broken('vmdk', 'its size is out of range');
  return {
    format: 'vmdk',
    virtualSizeBytes,
    dataFiles: extents,
    ...(backing === undefined ? {} : { backing: { reference: backing, format: 'vmdk' } }),
    ...(problem === undefined ? {} : { problem }),
  };
}

interface Descriptor {
  readonly sectors: number;
  readonly extents: readonly string[];
  readonly backing: string | undefined;
  readonly problem: string | undefined;
}

function parseDescriptor(text: string): Descriptor {
  let sectors = 0;
  const extents: string[] = [];
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const extent = /^\s*(?:RW|RDONLY|NOACCESS)\s+(\d{1,16})\s+([A-Z]+)(?:\s+"([^"]*)")?/.exec(line);
    if (extent !== null) {
      sectors += Number(extent[1]);
      if (extent[3] !== undefined && extents.length < mostExtents) extents.push(extent[3]);
      continue;
    }
    const pair = /^\s*([A-Za-z]+)\s*=\s*"?([^"\r]*)"?\s*$/.exec(line);
    if (pair?.[1] !== undefined) values.set(pair[1].toLowerCase(), (pair[2] ?? '').trim());
  }
  const parent = values.get('parentcid');
  const hasParent = parent !== undefined && !/^f{8}$/i.test(parent);
  const hint = values.get('parentfilenamehint');
  return {
    sectors,
    extents,
    backing: hasParent ? hint : undefined,
    problem:
      hasParent && hint === undefined ? 'It continues another disk that its descriptor does not name.' : undefined,
  };
}

function descriptorText(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? bytes.length : end).toString();
}
