/** What arrived from the web: an image, or something that only looks like one from its address. */
import { open } from 'node:fs/promises';
import type { MediumInfo } from '../../src-shared/contract/create.ts';
import { VirError } from '../../src-shared/errors.ts';
import { say } from '../../src-shared/words.ts';

const kinds: readonly { readonly magic: RegExp; readonly cause: string; readonly fix: string }[] = [
  {
    magic: /^\xfd7zXZ\0/,
    cause: 'It is compressed with xz.',
    fix: 'Download it, unpack it with unxz, and use the file.',
  },
  {
    magic: /^\x1f\x8b/,
    cause: 'It is compressed with gzip.',
    fix: 'Download it, unpack it with gunzip, and use the file.',
  },
  { magic: /^BZh[1-9]/, cause: 'It is compressed with bzip2.', fix: 'Download it, unpack it, and use the file.' },
  {
    magic: /^\x28\xb5\x2f\xfd/,
    cause: 'It is compressed with zstd.',
    fix: 'Download it, unpack it, and use the file.',
  },
  { magic: /^PK\x03\x04/, cause: 'It is a ZIP archive.', fix: 'Download it, unpack it, and use the file.' },
  {
    magic: /^\s*(?:<!doctype html|<html)/i,
    cause: 'It is a web page, not a file.',
    fix: 'Copy the address of the file itself from that page.',
  },
];

/**
 * @returns what the file is
 * @throws VirError that says what it is instead
 */
export async function checkDownload(
  path: string,
  url: string,
  identify: (path: string) => Promise<MediumInfo>,
): Promise<MediumInfo> {
  const medium = await identify(path);
  if (medium.kind !== 'unknown') return medium;
  const start = await firstBytes(path);
  const known = kinds.find(({ magic }) => magic.test(start));
  throw new VirError({
    code: 'operation-invalid',
    domain: 'none',
    message: say`What '${url}' leads to is no medium a machine could start from.`,
    cause: known?.cause ?? say`It is neither a CD or DVD image nor a disk image.`,
    fix: known?.fix ?? say`Check the address.`,
  });
}

async function firstBytes(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
