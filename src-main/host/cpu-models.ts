/** The names of CPU models as libvirt's own map tells them, where it is installed: only its facts are read. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const mapFolder = '/usr/share/libvirt/cpu_map';
/** Architectures that share a map, by the name it has there. */
export const mappedArchitectures: Readonly<Record<string, string>> = {
  x86_64: 'x86',
  i686: 'x86',
  ppc64: 'ppc64',
  ppc64le: 'ppc64',
  aarch64: 'arm',
  armv7l: 'arm',
};

/** In the map's order; undefined where there is no map, or it does not know the architecture. */
export async function cpuModelNames(architecture: string, folder = mapFolder): Promise<readonly string[] | undefined> {
  const name = mappedArchitectures[architecture];
  if (name === undefined) return undefined;
  let index: string;
  try {
    index = await readFile(join(folder, 'index.xml'), 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
  const section = new RegExp(`<arch name='${name}'>(.*?)</arch>`, 's').exec(index)?.[1] ?? '';
  const files = [...section.matchAll(/<include filename='([A-Za-z0-9_.-]+)'\/>/g)].map(([, file]) => file ?? '');
  const texts = await Promise.all(files.map(async (file) => await readFile(join(folder, file), 'utf8')));
  return texts.flatMap((text) => [...text.matchAll(/^ {2}<model name='([^']+)'/gm)].map(([, model]) => model ?? ''));
}
