/** UDP (RFC 768) and TCP (RFC 9293), and which protocol is inside: by port for UDP, by content for TCP. */
import { dhcp } from './dhcp.ts';
import { dhcpv6 } from './dhcpv6.ts';
import type { Dissection } from './dissection.ts';
import { dns } from './dns.ts';
import { http, looksLikeHttp } from './http.ts';
import type { Reader } from './reader.ts';
import { printable } from './text.ts';
import { looksLikeTls, tls } from './tls.ts';

const dnsPorts: Readonly<Record<number, string>> = { 53: 'DNS', 5353: 'mDNS', 5355: 'LLMNR' };

export function udp(reader: Reader, into: Dissection): void {
  const source = reader.u16();
  const destination = reader.u16();
  const length = reader.u16();
  reader.skip(2);
  into.field('source port', source);
  into.field('destination port', destination);
  into.field('length', length);
  const body = length < 8 ? reader : reader.part(length - 8);
  into.tell('UDP', `${source} → ${destination}, ${body.remaining} bytes`);
  const is = (port: number): boolean => source === port || destination === port;
  const dnsName = dnsPorts[destination] ?? dnsPorts[source];
  if (dnsName !== undefined) into.layer(dnsName, body, dns(dnsName));
  else if (is(67) || is(68)) into.layer('DHCP', body, dhcp);
  else if (is(546) || is(547)) into.layer('DHCPv6', body, dhcpv6);
}

const flagNames = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'];

export function tcp(reader: Reader, into: Dissection): void {
  const begin = reader.offset;
  const source = reader.u16();
  const destination = reader.u16();
  const sequence = reader.u32();
  const acknowledged = reader.u32();
  const headerLength = (reader.u8() >> 4) * 4;
  const bits = reader.u8();
  const window = reader.u16();
  reader.skip(4);
  const flags = flagNames.filter((_, bit) => (bits & (1 << bit)) !== 0).join(', ');
  into.field('source port', source);
  into.field('destination port', destination);
  into.field('sequence', sequence);
  into.field('acknowledged', acknowledged);
  into.field('flags', flags);
  into.field('window', window);
  if (headerLength < 20) {
    into.tell('TCP', `${source} → ${destination} [${flags}], a header that is too short`);
    return;
  }
  options(reader.part(begin + headerLength - reader.offset), into);
  const ack = (bits & 0x10) === 0 ? '' : ` ack ${acknowledged}`;
  const data = reader.remaining;
  into.tell('TCP', `${source} → ${destination} [${flags}] seq ${sequence}${ack} win ${window} len ${data}`);
  if (data === 0) return;
  if (looksLikeTls(reader)) into.layer('TLS', reader, tls);
  else if (looksLikeHttp(reader)) into.layer('HTTP', reader, http);
  else if ((source === 53 || destination === 53) && data > 2) {
    reader.skip(2);
    into.layer('DNS', reader, dns('DNS'));
  } else if (printable(reader.from(reader.offset).rest(4)) === 'SSH-') {
    into.layer('SSH', reader, (banner, told) => told.tell('SSH', printable(banner.rest(80)).split('\\x')[0] ?? ''));
  }
}

function options(reader: Reader, into: Dissection): void {
  while (reader.remaining > 0) {
    const kind = reader.u8();
    if (kind === 0) return;
    if (kind === 1) continue;
    const length = reader.u8();
    if (length < 2) return;
    const option = reader.part(length - 2);
    if (kind === 2 && option.remaining >= 2) into.field('maximum segment size', option.u16());
    else if (kind === 3 && option.remaining >= 1) into.field('window scale', option.u8());
    else if (kind === 4) into.field('option', 'selective acknowledgement permitted');
  }
}
