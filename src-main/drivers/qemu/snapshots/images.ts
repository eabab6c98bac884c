/** Snapshots inside qcow2 images of a machine that does not run, by qemu-img. */
import * as z from 'zod';
import { VirError } from '../../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../../src-shared/words.ts';
import { ProcessError, run } from '../../../host/process.ts';

/** Dropping one of a large, fragmented image takes minutes. */
const longestMs = 60 * 60_000;
const program = 'qemu-img';

const infoSchema = z.object({
  snapshots: z.array(z.object({ name: z.string(), 'vm-state-size': z.number() })).optional(),
});

/** One that an image has. */
export interface ImageSnapshot {
  readonly name: string;
  readonly memoryBytes: number;
}

/** The image by itself: what lies below it has no part in its snapshots. */
const imageName = (path: string): string =>
  `json:${JSON.stringify({ driver: 'qcow2', file: { driver: 'file', filename: path }, backing: null })}`;

/** What an image has, also while a machine has it open. */
export async function imageSnapshots(path: string): Promise<readonly ImageSnapshot[]> {
  const { stdout } = await runImg(
    ['info', '-U', '--output=json', imageName(path)],
    say`The image '${path}' can't be read.`,
  );
  const { snapshots = [] } = infoSchema.parse(JSON.parse(stdout));
  return snapshots.map((item) => ({ name: item.name, memoryBytes: item['vm-state-size'] }));
}

export async function createInImage(path: string, name: string): Promise<void> {
  const what = say`The snapshot '${name}' can't be taken of the image '${path}'.`;
  await runImg(['snapshot', '-c', name, imageName(path)], what);
}

export async function applyInImage(path: string, name: string): Promise<void> {
  const what = say`The image '${path}' can't go back to the snapshot '${name}'.`;
  await runImg(['snapshot', '-a', name, imageName(path)], what);
}

/** One that is not there is gone already. */
export async function deleteInImage(path: string, name: string): Promise<void> {
  if (!(await imageSnapshots(path)).some((item) => item.name === name)) return;
  const what = say`The snapshot '${name}' can't be removed from the image '${path}'.`;
  await runImg(['snapshot', '-d', name, imageName(path)], what);
}

/** A qcow2 image whose content is, for now, all of another's. */
export async function createOverlay(
  path: string,
  below: { readonly path: string; readonly format: string; readonly capacityBytes: number },
): Promise<void> {
  const what = say`The image '${path}' can't be made.`;
  const arguments_ = ['create', '-q', '-u', '-f', 'qcow2', '-F', below.format, '-b', below.path, path];
  await runImg([...arguments_, String(below.capacityBytes)], what);
}

async function runImg(words: readonly string[], message: Sentence): Promise<{ readonly stdout: string }> {
  try {
    return await run([program, ...words], { timeoutMs: longestMs });
  } catch (thrown) {
    if (!(thrown instanceof ProcessError)) throw thrown;
    const { details, cause = '' } = thrown.data;
    const isLocked = /Failed to get .*lock/.test(`${details ?? ''}${cause}`);
    throw new VirError(
      {
        code: isLocked ? 'resource-busy' : 'operation-failed',
        domain: 'qemu',
        message,
        cause: isLocked ? say`Another program has the image open.` : cause,
        ...(isLocked ? { fix: say`End what uses it, then try again.` } : {}),
        ...(details === undefined ? {} : { details }),
      },
      { cause: thrown },
    );
  }
}
