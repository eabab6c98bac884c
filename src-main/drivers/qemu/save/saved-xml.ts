/** The definitions that saved guests carry. */
import { existsSync } from 'node:fs';
import { VirError } from '../../../../src-shared/errors.ts';
import { formatDomain, parseDomain } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { fromXmlError } from '../../../engine/domain-errors.ts';
import { withoutSecrets } from '../../../engine/live-parts.ts';
import type { GuestContext } from '../guests/context.ts';
import { readWholeImage } from './image.ts';
import { managedSavePath } from './save.ts';

/** @throws VirError `operation-failed` for a file that is not a saved guest. */
export async function savedXml(path: string, secure: boolean): Promise<string> {
  const image = await readWholeImage(path);
  try {
    const domain = parseDomain(image.xml);
    return formatDomain(secure ? domain : withoutSecrets(domain));
  } catch (thrown) {
    throw fromXmlError(thrown);
  }
}

/** @throws VirError `operation-invalid` for a domain that was not saved. */
export async function managedSaveXml(context: GuestContext, uuid: string, secure: boolean): Promise<string> {
  const { name } = context.table.get(uuid);
  const path = managedSavePath(context, name);
  if (existsSync(path)) return await savedXml(path, secure);
  throw new VirError({
    code: 'operation-invalid',
    domain: 'qemu',
    message: say`domain does not have managed save image`,
  });
}
