/** Long writes: how far they are, and giving up when nothing moves any more. */
import { stat } from 'node:fs/promises';
import { run } from '../host/process.ts';
import { storageError } from './errors.ts';
import { say } from '../../src-shared/words.ts';

export interface TransferOptions {
  readonly signal: AbortSignal;
  /** In bytes of the result. */
  readonly progress: (done: number, total?: number) => void;
}

/** A transfer of any length may take as long as it needs, as long as it gets on. */
const stallMs = 5 * 60_000;
const tickMs = 250;
const longestMs = 7 * 24 * 3_600_000;

/**
 * Runs work that makes the file `path` grow.
 * @param onGrowth is given the file's length, a few times a second
 * @throws VirError `operation-timeout` when neither the file nor `moved()` shows movement for minutes
 */
export async function watchGrowth<T>(
  path: string,
  signal: AbortSignal,
  onGrowth: (bytes: number) => void,
  work: (signal: AbortSignal, moved: () => void) => Promise<T>,
): Promise<T> {
  const stalled = new AbortController();
  let lastMs = Date.now();
  let last = '';
  const moved = (): void => {
    lastMs = Date.now();
  };
  let looking = false;
  const timer = setInterval(() => {
    if (Date.now() - lastMs > stallMs) stalled.abort();
    if (looking) return;
    looking = true;
    stat(path)
      .then(
        ({ size, blocks, mtimeMs }) => {
          const now = `${size} ${blocks} ${mtimeMs}`;
          if (now !== last) moved();
          last = now;
          onGrowth(size);
        },
        // Not made yet, or finished and renamed.
        () => undefined,
      )
      .finally(() => {
        looking = false;
      });
  }, tickMs);
  try {
    return await work(AbortSignal.any([signal, stalled.signal]), moved);
  } catch (thrown) {
    if (!stalled.signal.aborted) throw thrown;
    throw storageError(
      'operation-timeout',
      say`Writing '${path}' stopped.`,
      { cause: say`Nothing was written for ${stallMs / 60_000} minutes.`, fix: say`Check the disk or network share.` },
      thrown,
    );
  } finally {
    clearInterval(timer);
  }
}

/**
 * Copies a file byte for byte: sharing blocks where the file system can, keeping holes.
 *
 * GNU cp does both, which Node's own copyFile does not. The copy is not flushed: like libvirt's, it survives a crash of
 * any program, but not of the host in the next seconds.
 */
export async function copyFile(from: string, to: string, options: TransferOptions): Promise<void> {
  const { size } = await stat(from);
  await watchGrowth(
    to,
    options.signal,
    (bytes) => options.progress(Math.min(bytes, size), size),
    async (signal) => {
      await run(['cp', '--reflink=auto', '--sparse=auto', '--no-target-directory', '--', from, to], {
        signal,
        timeoutMs: longestMs,
      });
    },
  );
  options.progress(size, size);
}

export { longestMs as longestTransferMs };
