/** How much room a folder has, and whether something fits before it is begun. */
import { statfs } from 'node:fs/promises';
import { noSpace } from './errors.ts';

export interface DiskSpace {
  readonly totalBytes: number;
  /** What is unused, also what only root may use. */
  readonly freeBytes: number;
  /** What we may use. */
  readonly availableBytes: number;
}

export async function diskSpace(folder: string): Promise<DiskSpace> {
  const found = await statfs(folder, { bigint: true });
  return {
    totalBytes: Number(found.blocks * found.bsize),
    freeBytes: Number(found.bfree * found.bsize),
    availableBytes: Number((process.getuid?.() === 0 ? found.bfree : found.bavail) * found.bsize),
  };
}

/**
 * @param subject what is about to be made, for the sentence
 * @throws VirError `system-error` that says how much is missing.
 */
export async function requireSpace(folder: string, neededBytes: number, subject: string): Promise<void> {
  const { availableBytes } = await diskSpace(folder);
  if (neededBytes > availableBytes) throw noSpace(subject, folder, neededBytes - availableBytes);
}
