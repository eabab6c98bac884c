/** DNS (RFC 1035) and its relatives on other ports (mDNS, LLMNR). */
import type { Dissection, Dissector } from './dissection.ts';
import type { Reader } from './reader.ts';
import { ipv4Text, ipv6Text, printable, wordOf } from './text.ts';

const types: Readonly<Record<number, string>> = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
  35: 'NAPTR',
  41: 'OPT',
  43: 'DS',
  46: 'RRSIG',
  47: 'NSEC',
  64: 'SVCB',
  65: 'HTTPS',
  252: 'AXFR',
  255: 'ANY',
};
const outcomes: Readonly<Record<number, string>> = {
  1: 'format error',
  2: 'server failure',
  3: 'no such name',
  4: 'not implemented',
  5: 'refused',
};
/** As many as are worth showing; an honest answer rarely has more. */
const maximumRecords = 16;
const longestName = 255;
const maximumJumps = 16;

export const dns =
  (protocol: string): Dissector =>
  (reader: Reader, into: Dissection): void => {
    const message = reader.offset;
    const id = reader.u16();
    const flags = reader.u16();
    const counts = [reader.u16(), reader.u16(), reader.u16(), reader.u16()] as const;
    const isAnswer = (flags & 0x8000) !== 0;
    const outcome = flags & 0x0f;
    into.field('id', `0x${id.toString(16).padStart(4, '0')}`);
    into.field('kind', isAnswer ? 'response' : 'query');
    into.tell(protocol, isAnswer ? 'response' : 'query');
    const questions: string[] = [];
    for (let left = Math.min(counts[0], maximumRecords); left > 0; left -= 1) {
      const name = nameAt(reader, message);
      const question = `${wordOf(types, reader.u16(), 'type')} ${name}`;
      reader.skip(2);
      questions.push(question);
      into.field('question', question);
      into.info = `${isAnswer ? 'response' : 'query'} ${questions.join(', ')}`;
    }
    if (!isAnswer) return;
    if (outcome !== 0) {
      into.field('outcome', wordOf(outcomes, outcome, 'code'));
      into.info += `: ${wordOf(outcomes, outcome, 'code')}`;
    }
    const answers: string[] = [];
    for (let left = Math.min(counts[1], maximumRecords); left > 0; left -= 1) {
      answers.push(recordAt(reader, message, into));
      into.tell(
        protocol,
        `response ${[...questions, ...(answers.length > 0 ? [`→ ${answers.join(', ')}`] : [])].join(' ')}`,
      );
    }
  };

function recordAt(reader: Reader, message: number, into: Dissection): string {
  const name = nameAt(reader, message);
  const type = reader.u16();
  reader.skip(2);
  const ttl = reader.u32();
  const length = reader.u16();
  const value = recordValue(type, reader.part(length), message);
  into.field('answer', `${name} ${wordOf(types, type, 'type')} ${value}, ${ttl} s`);
  return value;
}

function recordValue(type: number, data: Reader, message: number): string {
  switch (type) {
    case 1:
      return ipv4Text(data.bytes(4));
    case 28:
      return ipv6Text(data.bytes(16));
    case 2:
    case 5:
    case 12:
      return nameAt(data, message);
    case 15: {
      const preference = data.u16();
      return `${preference} ${nameAt(data, message)}`;
    }
    case 16:
      return `"${printable(data.part(data.u8()).rest())}"`;
    case 33: {
      data.skip(4);
      const port = data.u16();
      return `${nameAt(data, message)}:${port}`;
    }
    default:
      return `${data.remaining} bytes`;
  }
}

/** A name, whose tail may be elsewhere in the message; the reader stands behind it afterwards. */
function nameAt(reader: Reader, message: number): string {
  const labels: string[] = [];
  let length = 0;
  let jumps = 0;
  for (let at = reader; ; ) {
    const size = at.u8();
    if (size === 0) break;
    if ((size & 0xc0) === 0xc0) {
      const pointer = message + (((size & 0x3f) << 8) | at.u8());
      jumps += 1;
      // A name that points at itself, or on and on.
      if (jumps > maximumJumps) break;
      at = reader.from(pointer);
      continue;
    }
    if ((size & 0xc0) !== 0) break;
    length += size + 1;
    if (length > longestName) break;
    labels.push(printable(at.bytes(size)));
  }
  return labels.length === 0 ? '.' : labels.join('.');
}
