/** A picture of a guest's screen, which the server sends as a stream. */
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import type { DomainReference } from '../../rpc/protocol/objects.ts';
import { pngFromPpm } from '../png.ts';
import type { Link } from './link.ts';

const mostBytes = 256 * 1024 * 1024;

export async function takeScreenshot(link: Link, dom: DomainReference, screen: number): Promise<Uint8Array> {
  const { result, stream } = await link.open('domainScreenshot', { dom, screen, flags: 0 });
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stream) {
    pieces.push(piece as Buffer);
    bytes += (piece as Buffer).length;
    if (bytes > mostBytes) {
      await stream.abort();
      throw tooLarge(dom.name);
    }
  }
  await stream.finish();
  const picture = Buffer.concat(pieces);
  return result.mime === 'image/png' ? picture : pngFromPpm(picture);
}

function tooLarge(name: string): VirError {
  return new VirError({
    code: 'overflow',
    domain: 'remote',
    message: say`The picture of the screen of '${name}' is larger than ${mostBytes} bytes.`,
  });
}
