/** The small Linux that setup builds for first tries: a disk image in the user's cache. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface SmallLinux {
  readonly path: string;
  readonly format: 'qcow2';
  readonly sizeBytes: number;
}

/** @param cacheFolder `EngineDirectories.cache` */
export async function findSmallLinux(cacheFolder: string): Promise<SmallLinux | undefined> {
  const path = join(cacheFolder, 'guest', 'small.qcow2');
  try {
    const { size } = await stat(path);
    return { path, format: 'qcow2', sizeBytes: size };
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}
