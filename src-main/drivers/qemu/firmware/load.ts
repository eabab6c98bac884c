import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FirmwareDescriptor, parseFirmwareDescriptor } from './descriptor.ts';

interface LoadedFirmwares {
  /** In the order in which they are tried: by file name. */
  readonly firmwares: readonly FirmwareDescriptor[];
  /** Descriptions that can't be read, each with the reason; the others are used all the same. */
  readonly problems: readonly { readonly path: string; readonly reason: string }[];
}

/** Where descriptions lie, the least important first: a file hides those of the same name before it. */
export const firmwareFolders = (configHome: string | undefined): string[] => [
  '/usr/share/qemu/firmware',
  '/etc/qemu/firmware',
  ...(configHome === undefined ? [] : [join(configHome, 'qemu', 'firmware')]),
];

/** Reads all descriptions. An empty file only hides those of the same name; a missing folder is an empty one. */
export async function loadFirmwares(folders: readonly string[]): Promise<LoadedFirmwares> {
  const paths = new Map<string, string>();
  for (const folder of folders) {
    for (const name of await namesIn(folder)) paths.set(name, join(folder, name));
  }
  const firmwares: FirmwareDescriptor[] = [];
  const problems: { path: string; reason: string }[] = [];
  for (const [, path] of [...paths].sort(([left], [right]) => (left < right ? -1 : 1))) {
    try {
      const text = await readFile(path, 'utf8');
      if (text.trim() !== '') firmwares.push(parseFirmwareDescriptor(path, text));
    } catch (thrown) {
      problems.push({ path, reason: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  }
  return { firmwares, problems };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.') && name.endsWith('.json'));
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return [];
    throw thrown;
  }
}
