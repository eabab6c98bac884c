/** The first line of HTTP/1 (RFC 9112) and the host that is asked. */
import type { Dissection } from './dissection.ts';
import type { Reader } from './reader.ts';
import { printable } from './text.ts';

const beginnings = ['GET ', 'PUT ', 'POST', 'HEAD', 'HTTP', 'DELE', 'OPTI', 'PATC', 'CONN', 'TRAC'];
const longestHead = 8192;

export const looksLikeHttp = (reader: Reader): boolean =>
  reader.remaining >= 5 && beginnings.includes(printable(reader.from(reader.offset).rest(4)));

export function http(reader: Reader, into: Dissection): void {
  const lines = Buffer.from(reader.rest(longestHead)).toString('latin1').split('\r\n', 40);
  const first = escaped(lines[0] ?? '');
  into.tell('HTTP', first);
  into.field(first.startsWith('HTTP') ? 'status' : 'request', first);
  for (const line of lines.slice(1)) {
    if (line === '') break;
    const colon = line.indexOf(':');
    if (colon > 0) into.field(escaped(line.slice(0, colon)), escaped(line.slice(colon + 1).trim()));
  }
}

const escaped = (line: string): string => printable(Buffer.from(line, 'latin1'));
