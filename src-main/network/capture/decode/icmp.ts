/** ICMP (RFC 792), ICMPv6 (RFC 4443) and neighbour discovery (RFC 4861). */
import type { Dissection } from './dissection.ts';
import type { Reader } from './reader.ts';
import { hexNumber, ipv4Text, ipv6Text, macText, wordOf } from './text.ts';

const unreachable: Readonly<Record<number, string>> = {
  0: 'network unreachable',
  1: 'host unreachable',
  2: 'protocol unreachable',
  3: 'port unreachable',
  4: 'fragmentation needed',
  9: 'network prohibited',
  10: 'host prohibited',
  13: 'administratively prohibited',
};

export function icmp(reader: Reader, into: Dissection): void {
  const type = reader.u8();
  const code = reader.u8();
  reader.skip(2);
  into.field('type', type);
  into.field('code', code);
  switch (type) {
    case 0:
    case 8:
      echo(type === 8 ? 'echo request' : 'echo reply', 'ICMP', reader, into);
      return;
    case 3: {
      const what = wordOf(unreachable, code, 'unreachable, code');
      into.tell('ICMP', what);
      reader.skip(2);
      const mtu = reader.u16();
      into.tell('ICMP', `${what}${code === 4 ? `, MTU ${mtu}` : ''}${about(reader)}`);
      return;
    }
    case 5:
      into.tell('ICMP', 'redirect');
      into.tell('ICMP', `redirect to ${ipv4Text(reader.bytes(4))}${about(reader)}`);
      return;
    case 11:
      into.tell('ICMP', code === 0 ? 'time to live exceeded' : 'fragment reassembly time exceeded');
      reader.skip(4);
      into.info += about(reader);
      return;
    default:
      into.tell('ICMP', `type ${type}, code ${code}`);
  }
}

function echo(what: string, protocol: string, reader: Reader, into: Dissection): void {
  into.tell(protocol, what);
  const identifier = reader.u16();
  const sequence = reader.u16();
  into.field('identifier', hexNumber(identifier, 4));
  into.field('sequence', sequence);
  into.tell(protocol, `${what}, id ${identifier}, seq ${sequence}, ${reader.remaining} bytes`);
}

/** Whom the packet was for that the message speaks of. */
function about(reader: Reader): string {
  if (reader.remaining < 20) return '';
  const quoted = reader.part(20);
  quoted.skip(16);
  return ` (of a packet to ${ipv4Text(quoted.bytes(4))})`;
}

const words: Readonly<Record<number, string>> = {
  1: 'destination unreachable',
  2: 'packet too big',
  3: 'time exceeded',
  4: 'parameter problem',
  130: 'multicast listener query',
  131: 'multicast listener report',
  132: 'multicast listener done',
  133: 'router solicitation',
  134: 'router advertisement',
  135: 'neighbour solicitation',
  136: 'neighbour advertisement',
  137: 'redirect',
  143: 'multicast listener report v2',
};

const unreachable6: Readonly<Record<number, string>> = {
  0: 'no route',
  1: 'prohibited',
  3: 'address unreachable',
  4: 'port unreachable',
};

export function icmpv6(reader: Reader, into: Dissection): void {
  const type = reader.u8();
  const code = reader.u8();
  reader.skip(2);
  const what = wordOf(words, type, 'type');
  into.field('type', `${type} ${words[type] ?? ''}`.trim());
  into.field('code', code);
  into.tell('ICMPv6', what);
  switch (type) {
    case 1:
      into.tell('ICMPv6', `${what}: ${wordOf(unreachable6, code, 'code')}`);
      return;
    case 2:
      into.tell('ICMPv6', `${what}, MTU ${reader.u32()}`);
      return;
    case 128:
    case 129:
      echo(type === 128 ? 'echo request' : 'echo reply', 'ICMPv6', reader, into);
      return;
    case 133:
      reader.skip(4);
      options(reader, into);
      return;
    case 134:
      routerAdvertisement(reader, into, what);
      return;
    case 135: {
      reader.skip(4);
      const target = ipv6Text(reader.bytes(16));
      into.field('target', target);
      into.tell('ICMPv6', `${what}, who has ${target}`);
      options(reader, into);
      return;
    }
    case 136: {
      const flags = reader.u32();
      const target = ipv6Text(reader.bytes(16));
      into.field('target', target);
      into.field(
        'flags',
        flagWords(flags >>> 24, [
          [0x80, 'router'],
          [0x40, 'solicited'],
          [0x20, 'override'],
        ]),
      );
      into.tell('ICMPv6', `${what}, ${target}`);
      const mac = options(reader, into).target;
      if (mac !== undefined) into.info += ` is at ${mac}`;
      return;
    }
    default:
  }
}

function routerAdvertisement(reader: Reader, into: Dissection, what: string): void {
  const hopLimit = reader.u8();
  const flags = reader.u8();
  const lifetime = reader.u16();
  reader.skip(8);
  into.field('hop limit', hopLimit);
  into.field(
    'flags',
    flagWords(flags, [
      [0x80, 'managed'],
      [0x40, 'other'],
    ]),
  );
  into.field('lifetime', `${lifetime} s`);
  const { prefixes } = options(reader, into);
  into.tell('ICMPv6', `${what}${prefixes.length === 0 ? '' : `, ${prefixes.join(', ')}`}, lifetime ${lifetime} s`);
}

const flagWords = (value: number, flags: readonly (readonly [number, string])[]): string =>
  flags.flatMap(([bit, word]) => ((value & bit) === 0 ? [] : [word])).join(', ');

/** Options of neighbour discovery: addresses of the link, prefixes, the MTU. */
function options(reader: Reader, into: Dissection): { target: string | undefined; prefixes: readonly string[] } {
  let target: string | undefined;
  const prefixes: string[] = [];
  while (reader.remaining >= 8) {
    const type = reader.u8();
    const length = reader.u8() * 8;
    if (length === 0) break;
    const option = reader.part(length - 2);
    if ((type === 1 || type === 2) && option.remaining >= 6) {
      const mac = macText(option.bytes(6));
      into.field(type === 1 ? 'source address of the link' : 'target address of the link', mac);
      if (type === 2) target = mac;
    } else if (type === 3 && option.remaining >= 30) {
      const bits = option.u8();
      option.skip(13);
      const prefix = `${ipv6Text(option.bytes(16))}/${bits}`;
      into.field('prefix', prefix);
      prefixes.push(prefix);
    } else if (type === 5 && option.remaining >= 6) {
      option.skip(2);
      into.field('MTU', option.u32());
    } else if (type === 25 && option.remaining >= 22) {
      option.skip(6);
      while (option.remaining >= 16) into.field('name server', ipv6Text(option.bytes(16)));
    }
  }
  return { target, prefixes };
}
