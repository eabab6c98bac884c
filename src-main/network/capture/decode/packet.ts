/** A packet of a capture, decoded: what the list shows of it, and its layers. Pure; never throws, whatever the bytes. */
import type { PacketLayer } from '../../../../src-shared/model/capture.ts';
import { Dissection } from './dissection.ts';
import { ethernet } from './link.ts';
import { Reader } from './reader.ts';

export interface DecodedPacket {
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly info: string;
  readonly layers: readonly PacketLayer[];
}

/** `LINKTYPE_ETHERNET`, the only one that cables of machines have. */
export const linkTypeEthernet = 1;

export function decodePacket(bytes: Uint8Array, linkType = linkTypeEthernet): DecodedPacket {
  const dissection = new Dissection();
  if (linkType === linkTypeEthernet) dissection.layer('Ethernet', new Reader(bytes), ethernet);
  else dissection.tell(`link type ${linkType}`, `${bytes.length} bytes`);
  const { source, destination, protocol, info, layers } = dissection;
  return { source, destination, protocol, info, layers };
}
