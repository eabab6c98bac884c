/** DHCPv6 (RFC 8415). */
import type { Dissection } from './dissection.ts';
import type { Reader } from './reader.ts';
import { hex, ipv6Text, wordOf } from './text.ts';

const messages: Readonly<Record<number, string>> = {
  1: 'solicit',
  2: 'advertise',
  3: 'request',
  4: 'confirm',
  5: 'renew',
  6: 'rebind',
  7: 'reply',
  8: 'release',
  9: 'decline',
  10: 'reconfigure',
  11: 'information request',
  12: 'relay forward',
  13: 'relay reply',
};
const statuses: Readonly<Record<number, string>> = {
  0: 'success',
  1: 'failure',
  2: 'no addresses',
  3: 'no binding',
  4: 'not on link',
  5: 'use multicast',
};
const relayForward = 12;

export function dhcpv6(reader: Reader, into: Dissection): void {
  const type = reader.u8();
  const what = wordOf(messages, type, 'message');
  into.field('message', what);
  into.tell('DHCPv6', what);
  if (type >= relayForward) return;
  into.field('transaction', hex(reader.bytes(3)));
  const addresses: string[] = [];
  options(reader, into, addresses, 0);
  if (addresses.length > 0) into.info += `, ${addresses.join(', ')}`;
}

/** Associations have options inside of them, which have none. */
function options(reader: Reader, into: Dissection, addresses: string[], depth: number): void {
  while (reader.remaining >= 4) {
    const code = reader.u16();
    const option = reader.part(reader.u16());
    if (code === 1 || code === 2) into.field(code === 1 ? 'client' : 'server', hex(option.rest(130)));
    else if ((code === 3 || code === 4 || code === 25) && depth < 2) {
      option.skip(Math.min(option.remaining, code === 4 ? 4 : 12));
      options(option, into, addresses, depth + 1);
    } else if (code === 5 && option.remaining >= 24) {
      const address = ipv6Text(option.bytes(16));
      addresses.push(address);
      into.field('address', address);
    } else if (code === 13 && option.remaining >= 2) into.field('status', wordOf(statuses, option.u16(), 'code'));
    else if (code === 23) while (option.remaining >= 16) into.field('name server', ipv6Text(option.bytes(16)));
  }
}
