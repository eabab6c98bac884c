/** Save files of pretended guests, in the format of libvirt's test driver: a magic word, a length, the domain's XML. */
import { readFile } from 'node:fs/promises';
import { VirError } from '../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';
import { writeWhole } from '../../host/files.ts';

/** With the NUL that C counts in. */
const magic = Buffer.from('TestGuestMagic\0', 'latin1');

export async function writeSaveImage(path: string, xml: string): Promise<void> {
  const text = Buffer.from(xml);
  const length = Buffer.alloc(4);
  length.writeInt32LE(text.length);
  try {
    await writeWhole(path, Buffer.concat([magic, length, text]));
  } catch (thrown) {
    throw cannot(say`The domain can't be saved to '${path}'.`, thrown);
  }
}

export async function readSaveImage(path: string): Promise<string> {
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (thrown) {
    throw cannot(say`The save file '${path}' can't be read.`, thrown);
  }
  const wrong = (cause: Sentence): VirError =>
    new VirError({
      code: 'operation-failed',
      domain: 'test',
      message: say`'${path}' is not a save file of this driver.`,
      cause,
    });
  if (!content.subarray(0, magic.length).equals(magic)) throw wrong(say`It does not begin as one.`);
  const start = magic.length + 4;
  if (content.length < start) throw wrong(say`It is cut off.`);
  const length = content.readInt32LE(magic.length);
  if (length < 1 || content.length < start + length) throw wrong(say`It is cut off.`);
  return content.subarray(start, start + length).toString();
}

function cannot(message: Sentence, thrown: unknown): VirError {
  const cause = thrown instanceof Error ? thrown.message : String(thrown);
  return new VirError({ code: 'system-error', domain: 'test', message, cause }, { cause: thrown });
}
