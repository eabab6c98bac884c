/** Ethernet (IEEE 802.3), VLAN tags (802.1Q) and ARP (RFC 826). */
import type { Dissection } from './dissection.ts';
import { ipv4, ipv6 } from './ip.ts';
import type { Reader } from './reader.ts';
import { hexNumber, ipv4Text, macText } from './text.ts';

const names: Readonly<Record<number, string>> = {
  0x0800: 'IPv4',
  0x0806: 'ARP',
  0x8035: 'RARP',
  0x8100: '802.1Q',
  0x86dd: 'IPv6',
  0x8863: 'PPPoE',
  0x8864: 'PPPoE',
  0x88a8: '802.1ad',
  0x88cc: 'LLDP',
  0x88e5: 'MACsec',
};

/** Up to here the field is a length (IEEE 802.3), above it names a protocol. */
const lastLength = 1500;

export function ethernet(reader: Reader, into: Dissection): void {
  const destination = macText(reader.bytes(6));
  const source = macText(reader.bytes(6));
  into.between(source, destination);
  into.field('destination', destination);
  into.field('source', source);
  payload(reader, into);
}

/** What a type field leads to; a tag leads to another one. */
function payload(reader: Reader, into: Dissection): void {
  const type = reader.u16();
  if (type <= lastLength) {
    into.field('length', type);
    into.layer('LLC', reader.part(type), llc);
    return;
  }
  into.field('type', `${hexNumber(type, 4)}${names[type] === undefined ? '' : ` ${names[type]}`}`);
  into.tell(names[type] ?? hexNumber(type, 4), `${reader.remaining} bytes`);
  if (type === 0x8100 || type === 0x88a8) into.layer('VLAN', reader, vlan);
  else if (type === 0x0800) into.layer('IPv4', reader, ipv4);
  else if (type === 0x86dd) into.layer('IPv6', reader, ipv6);
  else if (type === 0x0806) into.layer('ARP', reader, arp);
}

function vlan(reader: Reader, into: Dissection): void {
  const tag = reader.u16();
  into.field('id', tag & 0x0fff);
  into.field('priority', tag >> 13);
  payload(reader, into);
}

function llc(reader: Reader, into: Dissection): void {
  into.tell('LLC', `${reader.remaining} bytes`);
  const service = reader.u8();
  into.field('service', hexNumber(service, 2));
  // The bridge group address of 802.1D.
  if (service === 0x42) into.tell('STP', 'spanning tree');
}

function arp(reader: Reader, into: Dissection): void {
  const hardware = reader.u16();
  const protocol = reader.u16();
  const [hardwareLength, protocolLength] = [reader.u8(), reader.u8()];
  const operation = reader.u16();
  into.field('operation', operation);
  into.tell('ARP', `operation ${operation}`);
  if (hardware !== 1 || protocol !== 0x0800 || hardwareLength !== 6 || protocolLength !== 4) return;
  const senderMac = macText(reader.bytes(6));
  const sender = ipv4Text(reader.bytes(4));
  const targetMac = macText(reader.bytes(6));
  const target = ipv4Text(reader.bytes(4));
  into.field('sender', `${sender} (${senderMac})`);
  into.field('target', `${target} (${targetMac})`);
  if (operation === 1 && sender === target) into.tell('ARP', `${sender} announces itself`);
  else if (operation === 1) into.tell('ARP', `who has ${target}? tell ${sender}`);
  else if (operation === 2) into.tell('ARP', `${sender} is at ${senderMac}`);
}
