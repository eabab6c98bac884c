/** The pcap file format, as `filter-dump` and `tcpdump` write it (draft-ietf-opsawg-pcap). */

export const fileHeaderBytes = 24;
export const recordHeaderBytes = 16;
/** tcpdump's own limit of a packet; a record that claims more is no record. */
export const maximumSnapLength = 262_144;

export interface PcapHeader {
  readonly littleEndian: boolean;
  /** Fractions of a second are nanoseconds instead of microseconds. */
  readonly nanoseconds: boolean;
  readonly snapLength: number;
  readonly linkType: number;
}

export interface RecordHeader {
  readonly timeUs: number;
  /** Bytes that follow in the file. */
  readonly kept: number;
  /** Bytes there were on the wire. */
  readonly length: number;
}

const magics: ReadonlyMap<number, Pick<PcapHeader, 'littleEndian' | 'nanoseconds'>> = new Map([
  [0xd4c3b2a1, { littleEndian: true, nanoseconds: false }],
  [0xa1b2c3d4, { littleEndian: false, nanoseconds: false }],
  [0x4d3cb2a1, { littleEndian: true, nanoseconds: true }],
  [0xa1b23c4d, { littleEndian: false, nanoseconds: true }],
]);

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** @returns undefined for bytes that don't begin such a file. */
export function parseFileHeader(bytes: Uint8Array): PcapHeader | undefined {
  if (bytes.length < fileHeaderBytes) return undefined;
  const view = viewOf(bytes);
  const magic = magics.get(view.getUint32(0));
  if (magic === undefined) return undefined;
  const { littleEndian } = magic;
  return {
    ...magic,
    snapLength: view.getUint32(16, littleEndian),
    linkType: view.getUint32(20, littleEndian) & 0xffff,
  };
}

/** @returns undefined where no record can begin: the file is damaged from here on. */
export function parseRecordHeader(bytes: Uint8Array, at: number, header: PcapHeader): RecordHeader | undefined {
  if (at + recordHeaderBytes > bytes.length) return undefined;
  const view = viewOf(bytes);
  const seconds = view.getUint32(at, header.littleEndian);
  const fraction = view.getUint32(at + 4, header.littleEndian);
  const kept = view.getUint32(at + 8, header.littleEndian);
  const length = view.getUint32(at + 12, header.littleEndian);
  if (kept > maximumSnapLength) return undefined;
  return { timeUs: seconds * 1_000_000 + Math.floor(header.nanoseconds ? fraction / 1000 : fraction), kept, length };
}
