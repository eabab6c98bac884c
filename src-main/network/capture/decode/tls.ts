/** TLS records (RFC 8446) as far as they are readable: what kind, and the name a client asks for (RFC 6066). */
import type { Dissection } from './dissection.ts';
import type { Reader } from './reader.ts';
import { hexNumber, printable, wordOf } from './text.ts';

const contentTypes: Readonly<Record<number, string>> = {
  20: 'change cipher spec',
  21: 'alert',
  22: 'handshake',
  23: 'application data',
};
const handshakes: Readonly<Record<number, string>> = {
  1: 'client hello',
  2: 'server hello',
  4: 'new session ticket',
  11: 'certificate',
  12: 'server key exchange',
  14: 'server hello done',
  16: 'client key exchange',
};
const versions: Readonly<Record<number, string>> = { 0x301: '1.0', 0x302: '1.1', 0x303: '1.2', 0x304: '1.3' };
const serverName = 0;
const applicationProtocol = 16;

export function looksLikeTls(reader: Reader): boolean {
  const type = reader.peek() ?? 0;
  const minor = reader.peek(2);
  return reader.remaining >= 5 && type >= 20 && type <= 23 && reader.peek(1) === 3 && minor !== undefined && minor <= 4;
}

export function tls(reader: Reader, into: Dissection): void {
  const type = reader.u8();
  const version = reader.u16();
  const record = reader.part(reader.u16());
  const what = wordOf(contentTypes, type, 'type');
  into.field('content', what);
  into.field('version', versions[version] ?? hexNumber(version, 4));
  into.tell('TLS', `${what}, ${record.remaining} bytes`);
  if (type !== 22) return;
  const handshake = record.u8();
  const name = handshakes[handshake];
  // What is encrypted looks like a handshake of an unknown kind.
  into.tell('TLS', name ?? 'encrypted handshake');
  if (name !== undefined) into.field('handshake', name);
  if (handshake !== 1) return;
  const length = (record.u8() << 16) | record.u16();
  clientHello(record.part(length), into);
}

function clientHello(reader: Reader, into: Dissection): void {
  reader.skip(2 + 32);
  reader.skip(reader.u8());
  reader.skip(reader.u16());
  reader.skip(reader.u8());
  const extensions = reader.part(reader.u16());
  while (extensions.remaining >= 4) {
    const type = extensions.u16();
    const extension = extensions.part(extensions.u16());
    if (type === serverName && extension.remaining >= 5) {
      extension.skip(3);
      const name = printable(extension.part(extension.u16()).rest());
      into.field('server name', name);
      into.tell('TLS', `client hello, ${name}`);
    } else if (type === applicationProtocol && extension.remaining >= 2) {
      const names = extension.part(extension.u16());
      while (names.remaining > 0) into.field('application protocol', printable(names.part(names.u8()).rest()));
    }
  }
}
