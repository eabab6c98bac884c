/** Packets the server sends that carry a described value. */
import { encodePacket, type PacketHeader } from '../framing/packet.ts';
import { remoteError } from '../protocol/objects.ts';
import type { Codec } from '../xdr/codec.ts';
import { toRemoteError } from './errors.ts';

export type SentHeader = Pick<PacketHeader, 'type' | 'serial' | 'status'>;

export function packetOf<T>(
  program: { readonly number: number; readonly version: number },
  procedure: number,
  header: SentHeader,
  codec: Codec<T>,
  value: T,
): Buffer {
  return encodePacket({ ...header, program: program.number, version: program.version, procedure }, (writer) =>
    codec.write(writer, value),
  );
}

/** What `to` is answered with when it failed. Errors of streams are stream packets. */
export function errorPacket(to: PacketHeader, thrown: unknown): Buffer {
  const { program, version, procedure, serial } = to;
  const type = to.type === 'stream' || to.type === 'streamHole' ? 'stream' : 'reply';
  return encodePacket({ program, version, procedure, serial, type, status: 'error' }, (writer) =>
    remoteError.write(writer, toRemoteError(thrown)),
  );
}
