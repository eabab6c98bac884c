/** IPv4 (RFC 791) and IPv6 (RFC 8200) with its extension headers. */
import type { Dissection } from './dissection.ts';
import { icmp, icmpv6 } from './icmp.ts';
import type { Reader } from './reader.ts';
import { hexNumber, ipv4Text, ipv6Text, wordOf } from './text.ts';
import { tcp, udp } from './transport.ts';

const protocols: Readonly<Record<number, string>> = {
  1: 'ICMP',
  2: 'IGMP',
  4: 'IPv4',
  6: 'TCP',
  17: 'UDP',
  41: 'IPv6',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPv6',
  59: 'no next header',
  89: 'OSPF',
  132: 'SCTP',
};

/** Extension headers that have their length in their second byte. */
const extensions: Readonly<Record<number, string>> = {
  0: 'hop-by-hop',
  43: 'routing',
  60: 'destination',
  135: 'mobility',
};
const fragmentHeader = 44;

export function ipv4(reader: Reader, into: Dissection): void {
  const begin = reader.offset;
  const first = reader.u8();
  const headerLength = (first & 0x0f) * 4;
  reader.skip(1);
  const totalLength = reader.u16();
  const identification = reader.u16();
  const fragment = reader.u16();
  const ttl = reader.u8();
  const protocol = reader.u8();
  reader.skip(2);
  const source = ipv4Text(reader.bytes(4));
  const destination = ipv4Text(reader.bytes(4));
  into.between(source, destination);
  into.field('source', source);
  into.field('destination', destination);
  into.field('protocol', `${protocol} ${protocols[protocol] ?? ''}`.trim());
  into.field('TTL', ttl);
  into.field('length', totalLength);
  into.field('identification', hexNumber(identification, 4));
  if ((fragment & 0x4000) !== 0) into.field('flags', "don't fragment");
  if (headerLength < 20) {
    into.tell('IPv4', 'a header that is too short');
    return;
  }
  reader.skip(Math.max(0, begin + headerLength - reader.offset));
  // The card may have left padding behind the packet; with segmentation offload the length is zero.
  const end = totalLength < headerLength ? reader.remaining : totalLength - headerLength;
  const offset = (fragment & 0x1fff) * 8;
  const more = (fragment & 0x2000) !== 0;
  transport(protocol, reader.part(end), into, offset > 0 || more ? { identification, offset, more } : undefined);
}

export function ipv6(reader: Reader, into: Dissection): void {
  const first = reader.u32();
  const payloadLength = reader.u16();
  let next = reader.u8();
  const hopLimit = reader.u8();
  const source = ipv6Text(reader.bytes(16));
  const destination = ipv6Text(reader.bytes(16));
  into.between(source, destination);
  into.field('source', source);
  into.field('destination', destination);
  into.field('hop limit', hopLimit);
  into.field('length', payloadLength);
  if ((first & 0xfffff) !== 0) into.field('flow', hexNumber(first & 0xfffff, 5));
  const body = payloadLength === 0 ? reader : reader.part(payloadLength);
  into.tell('IPv6', `${body.remaining} bytes`);
  // Each is at least eight bytes long, so that this ends.
  while (extensions[next] !== undefined || next === fragmentHeader) {
    const following = body.u8();
    if (next === fragmentHeader) {
      body.skip(1);
      const offsets = body.u16();
      const identification = body.u32();
      into.field('extension', 'fragment');
      next = following;
      const offset = offsets & 0xfff8;
      const more = (offsets & 1) !== 0;
      if (offset === 0 && !more) continue;
      into.field('next header', wordOf(protocols, next));
      transport(next, body, into, { identification, offset, more });
      return;
    }
    into.field('extension', extensions[next] ?? next);
    body.skip(body.u8() * 8 + 6);
    next = following;
  }
  into.field('next header', wordOf(protocols, next));
  transport(next, body, into);
}

interface Fragment {
  readonly identification: number;
  readonly offset: number;
  readonly more: boolean;
}

function transport(protocol: number, reader: Reader, into: Dissection, fragment?: Fragment): void {
  const name = wordOf(protocols, protocol, 'protocol');
  into.tell(name, `${reader.remaining} bytes`);
  if (fragment !== undefined) {
    const { identification, offset, more } = fragment;
    into.field('fragment', `offset ${offset}${more ? ', more follow' : ', the last'}`);
    if (offset > 0) {
      into.tell(name, `fragment of ${hexNumber(identification, 4)} at ${offset}, ${reader.remaining} bytes`);
      return;
    }
  }
  if (protocol === 6) into.layer('TCP', reader, tcp);
  else if (protocol === 17) into.layer('UDP', reader, udp);
  else if (protocol === 1) into.layer('ICMP', reader, icmp);
  else if (protocol === 58) into.layer('ICMPv6', reader, icmpv6);
  else if (protocol === 4) into.layer('IPv4', reader, ipv4);
  else if (protocol === 41) into.layer('IPv6', reader, ipv6);
  if (fragment !== undefined) into.info += ', first fragment';
}
