/** DHCP (RFC 2131) and its options (RFC 2132). */
import type { Dissection } from './dissection.ts';
import type { Reader } from './reader.ts';
import { hexNumber, ipv4Text, macText, printable, wordOf } from './text.ts';

const messages: Readonly<Record<number, string>> = {
  1: 'discover',
  2: 'offer',
  3: 'request',
  4: 'decline',
  5: 'ack',
  6: 'nak',
  7: 'release',
  8: 'inform',
};
const addressOptions: Readonly<Record<number, string>> = {
  1: 'netmask',
  3: 'router',
  6: 'name server',
  28: 'broadcast',
  42: 'time server',
  50: 'requested address',
  54: 'server',
};
const textOptions: Readonly<Record<number, string>> = {
  12: 'host name',
  15: 'domain',
  17: 'root path',
  56: 'message',
  60: 'vendor class',
  66: 'boot server',
  67: 'boot file',
};
const cookie = 0x63825363;
const noAddress = '0.0.0.0';

export function dhcp(reader: Reader, into: Dissection): void {
  const operation = reader.u8();
  reader.skip(3);
  const transaction = reader.u32();
  reader.skip(4);
  into.tell('DHCP', operation === 1 ? 'request of BOOTP' : 'reply of BOOTP');
  const client = ipv4Text(reader.bytes(4));
  const given = ipv4Text(reader.bytes(4));
  const next = ipv4Text(reader.bytes(4));
  reader.skip(4);
  const mac = macText(reader.bytes(6));
  reader.skip(10 + 64 + 128);
  into.field('transaction', hexNumber(transaction, 8));
  into.field('MAC', mac);
  if (client !== noAddress) into.field('client address', client);
  if (given !== noAddress) into.field('given address', given);
  if (next !== noAddress) into.field('boot server', next);
  if (reader.remaining < 4 || reader.u32() !== cookie) return;
  const { message, wanted, name } = options(reader, into);
  if (message === undefined) return;
  const address = given === noAddress ? (wanted ?? (client === noAddress ? undefined : client)) : given;
  into.tell(
    'DHCP',
    `${message}, ${mac}${address === undefined ? '' : `, ${address}`}${name === undefined ? '' : `, ${name}`}`,
  );
}

function options(reader: Reader, into: Dissection): { message?: string; wanted?: string; name?: string } {
  const found: { message?: string; wanted?: string; name?: string } = {};
  while (reader.remaining > 0) {
    const code = reader.u8();
    if (code === 255) break;
    if (code === 0) continue;
    const option = reader.part(reader.u8());
    const [addresses, text] = [addressOptions[code], textOptions[code]];
    if (code === 53 && option.remaining >= 1) {
      found.message = wordOf(messages, option.u8(), 'message');
      into.field('message', found.message);
    } else if (code === 51 && option.remaining >= 4) into.field('lease', `${option.u32()} s`);
    else if (code === 26 && option.remaining >= 2) into.field('MTU', option.u16());
    else if (addresses !== undefined) {
      while (option.remaining >= 4) {
        const address = ipv4Text(option.bytes(4));
        if (code === 50) found.wanted = address;
        into.field(addresses, address);
      }
    } else if (text !== undefined) {
      const value = printable(option.rest());
      if (code === 12) found.name = value;
      into.field(text, value);
    }
  }
  return found;
}
