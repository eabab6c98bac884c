/**
 * Packets of libvirt's protocol: a length that counts itself, a header of six words, and a payload. Numbers as in
 * `src/rpc/virnetprotocol.x`.
 */
import type { Codec } from '../xdr/codec.ts';
import { XdrReader } from '../xdr/reader.ts';
import { XdrWriter } from '../xdr/writer.ts';

export const packetTypes = {
  call: 0,
  reply: 1,
  message: 2,
  stream: 3,
  callWithFds: 4,
  replyWithFds: 5,
  streamHole: 6,
} as const;
export type PacketType = keyof typeof packetTypes;

export const packetStatuses = { ok: 0, error: 1, continue: 2 } as const;
export type PacketStatus = keyof typeof packetStatuses;

export interface PacketHeader {
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
  readonly type: PacketType;
  readonly serial: number;
  readonly status: PacketStatus;
}

export interface Packet extends PacketHeader {
  readonly payload: Buffer;
}

const lengthBytes = 4;
export const headerBytes = 24;
/** The largest packet, without its length word. */
const maximumMessageBytes = 32 * 1024 * 1024;
export const maximumPacketBytes = maximumMessageBytes + lengthBytes;
export const smallestPacketBytes = lengthBytes + headerBytes;
/** The most payload a stream packet carries; older peers take no more. */
export const maximumStreamBytes = 262_120;

/** One packet, ready to be sent. */
export function encodePacket(header: PacketHeader, payload?: (writer: XdrWriter) => void): Buffer {
  const writer = new XdrWriter(maximumPacketBytes);
  writer.uint32(0);
  writer.uint32(header.program);
  writer.uint32(header.version);
  writer.int32(header.procedure);
  writer.int32(packetTypes[header.type]);
  writer.uint32(header.serial);
  writer.int32(packetStatuses[header.status]);
  payload?.(writer);
  writer.patchUint32(0, writer.length);
  return writer.finish();
}

/** The head of a packet whose payload is sent after it as it is: data of streams is not padded. */
export function encodeHead(header: PacketHeader, payloadBytes: number): Buffer {
  const head = encodePacket(header);
  head.writeUInt32BE(smallestPacketBytes + payloadBytes, 0);
  return head;
}

/** The payload as what it is described to be. @throws XdrError, also when bytes are left over. */
export function decodePayload<T>(packet: Packet, codec: Codec<T>): T {
  const reader = new XdrReader(packet.payload);
  const value = codec.read(reader);
  reader.end();
  return value;
}

const typeNames = new Map<number, PacketType>(
  Object.entries(packetTypes).map(([name, number]) => [number, name as PacketType]),
);
const statusNames = new Map<number, PacketStatus>(
  Object.entries(packetStatuses).map(([name, number]) => [number, name as PacketStatus]),
);

/** The header in the six words at `offset`; `undefined` when its type or status does not exist. */
export function decodeHeader(bytes: Buffer, offset: number): PacketHeader | undefined {
  const type = typeNames.get(bytes.readInt32BE(offset + 12));
  const status = statusNames.get(bytes.readInt32BE(offset + 20));
  if (type === undefined || status === undefined) return undefined;
  return {
    program: bytes.readUInt32BE(offset),
    version: bytes.readUInt32BE(offset + 4),
    procedure: bytes.readInt32BE(offset + 8),
    type,
    serial: bytes.readUInt32BE(offset + 16),
    status,
  };
}
