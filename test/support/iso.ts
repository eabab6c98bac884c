/** A minimal ISO 9660 volume: descriptors, an empty root folder, optionally an El Torito boot record. */
export interface IsoFields {
  readonly volumeId?: string;
  readonly systemId?: string;
  readonly publisherId?: string;
  readonly applicationId?: string;
  /** What the descriptor claims; the file itself is small. */
  readonly volumeSizeBytes?: number;
  readonly bootable?: boolean;
}

const sector = 2048;

export function makeIso(fields: IsoFields): Buffer {
  const bytes = Buffer.alloc(20 * sector);
  const primary = bytes.subarray(16 * sector, 17 * sector);
  descriptor(primary, 1);
  text(primary, 8, 32, fields.systemId);
  text(primary, 40, 32, fields.volumeId);
  bothEndian32(primary, 80, (fields.volumeSizeBytes ?? bytes.length) / sector);
  bothEndian16(primary, 128, sector);
  // The root folder: itself and its parent.
  record(primary, 156, 0);
  text(primary, 318, 128, fields.publisherId);
  text(primary, 574, 128, fields.applicationId);
  record(bytes, 19 * sector, 0);
  record(bytes, 19 * sector + 34, 1);

  let next = 17;
  if (fields.bootable ?? true) {
    const boot = bytes.subarray(next * sector, (next + 1) * sector);
    descriptor(boot, 0);
    boot.write('EL TORITO SPECIFICATION', 7);
    boot.writeUInt32LE(19, 71);
    next += 1;
  }
  descriptor(bytes.subarray(next * sector, (next + 1) * sector), 255);
  return bytes;
}

function descriptor(bytes: Buffer, type: number): void {
  bytes.writeUInt8(type, 0);
  bytes.write('CD001', 1);
  bytes.writeUInt8(1, 6);
}

function text(bytes: Buffer, at: number, length: number, value = ''): void {
  bytes.write(value.padEnd(length), at, length, 'latin1');
}

function record(bytes: Buffer, at: number, name: number): void {
  bytes.writeUInt8(34, at);
  bothEndian32(bytes, at + 2, 19);
  bothEndian32(bytes, at + 10, sector);
  bytes.writeUInt8(2, at + 25);
  bytes.writeUInt8(1, at + 32);
  bytes.writeUInt8(name, at + 33);
}

function bothEndian32(bytes: Buffer, at: number, value: number): void {
  bytes.writeUInt32LE(value, at);
  bytes.writeUInt32BE(value, at + 4);
}

function bothEndian16(bytes: Buffer, at: number, value: number): void {
  bytes.writeUInt16LE(value, at);
  bytes.writeUInt16BE(value, at + 2);
}
