import { describe, expect, it } from 'vitest';
import {
  encodePacket,
  maximumPacketBytes,
  type PacketHeader,
  packetTypes,
} from '../../../../../src-main/rpc/framing/packet.ts';
import { PacketReader } from '../../../../../src-main/rpc/framing/packet-reader.ts';

const header: PacketHeader = { program: 0x20008086, version: 1, procedure: 66, type: 'call', serial: 3, status: 'ok' };

function packet(payload: string, change: Partial<PacketHeader> = {}): Buffer {
  return encodePacket({ ...header, ...change }, (writer) => writer.bytes(Buffer.from(payload)));
}

function readAll(reader: PacketReader): string[] {
  const found: string[] = [];
  for (let next = reader.next(); next !== undefined; next = reader.next()) {
    found.push(`${next.type} ${next.serial} ${next.payload.toString()}`);
  }
  return found;
}

function wrong(change: (bytes: Buffer) => void): () => unknown {
  const bytes = packet('abcd');
  change(bytes);
  const reader = new PacketReader();
  reader.push(bytes);
  return () => reader.next();
}

describe('PacketReader', () => {
  it('finds packets wherever the pieces are cut', () => {
    const bytes = Buffer.concat([packet('aaaa'), packet('bbbbbbbb', { serial: 4 }), packet('', { serial: 5 })]);
    for (let size = 1; size <= bytes.length; size += 1) {
      const reader = new PacketReader();
      const found: string[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        reader.push(bytes.subarray(at, at + size));
        found.push(...readAll(reader));
      }
      expect(found).toEqual(['call 3 aaaa', 'call 4 bbbbbbbb', 'call 5 ']);
      expect(reader.buffered).toBe(0);
    }
  });

  it('skips the placeholders of descriptors, which no length counts', () => {
    const descriptors = packet('\0\0\0\x02abcd', { type: 'callWithFds' });
    const bytes = Buffer.concat([descriptors, Buffer.alloc(2), packet('next')]);
    for (const cut of [bytes.length, descriptors.length + 1]) {
      const reader = new PacketReader();
      reader.push(bytes.subarray(0, cut));
      const found = readAll(reader);
      reader.push(bytes.subarray(cut));
      expect([...found, ...readAll(reader)]).toEqual(['callWithFds 3 abcd', 'call 3 next']);
    }
  });

  it('does not wait for what is too large, too small or unknown', () => {
    expect(wrong((bytes) => bytes.writeUInt32BE(maximumPacketBytes + 1, 0))).toThrow('larger than');
    expect(wrong((bytes) => bytes.writeUInt32BE(27, 0))).toThrow('no room for its header');
    expect(wrong((bytes) => bytes.writeUInt32BE(7, 16))).toThrow('a type or a status');
    expect(wrong((bytes) => bytes.writeUInt32BE(3, 24))).toThrow('a type or a status');
    expect(
      wrong((bytes) => {
        bytes.writeUInt32BE(packetTypes.callWithFds, 16);
        bytes.writeUInt32BE(33, 28);
      }),
    ).toThrow('descriptors');
  });

  it('takes no memory for bytes that were only announced', () => {
    const reader = new PacketReader();
    const head = packet('');
    head.writeUInt32BE(maximumPacketBytes, 0);
    reader.push(head);
    expect(reader.next()).toBeUndefined();
    expect(reader.buffered).toBe(head.length);
  });
});
