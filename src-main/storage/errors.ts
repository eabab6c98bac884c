/** Storage's errors, with libvirt's codes. */
import type { ErrorCode, ErrorParts } from '../../src-shared/errors.ts';
import { VirError } from '../../src-shared/errors.ts';
import { say, type Sentence } from '../../src-shared/words.ts';
import { ProcessError } from '../host/process.ts';
import { formatBytes } from './size-text.ts';

type Parts = Partial<Pick<ErrorParts, 'cause' | 'fix' | 'details'>>;

export function storageError(code: ErrorCode, message: Sentence, parts: Parts = {}, thrown?: unknown): VirError {
  return new VirError(
    { code, domain: 'storage', message, ...parts },
    thrown === undefined ? undefined : { cause: thrown },
  );
}

/** @param missingBytes what would have to be freed, when it is known */
export function noSpace(subject: string, folder: string, missingBytes?: number, thrown?: unknown): VirError {
  return storageError(
    'system-error',
    say`There is no room for '${subject}' in '${folder}'.`,
    {
      cause:
        missingBytes === undefined
          ? say`The disk became full.`
          : say`${formatBytes(missingBytes)} of free space are missing.`,
      fix: say`Free some space, choose another pool, or make it smaller.`,
    },
    thrown,
  );
}

/**
 * What went wrong while a file was made or changed, told about that file. Errors that already speak of storage, and
 * cancellation, stay as they are.
 */
export function explain(thrown: unknown, message: Sentence, subject: string, folder: string): unknown {
  if (thrown instanceof ProcessError) return explainProgram(thrown, message, subject, folder);
  if (thrown instanceof VirError || !(thrown instanceof Error)) return thrown;
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === undefined) return thrown;
  if (code === 'ENOSPC' || code === 'EDQUOT') return noSpace(subject, folder, undefined, thrown);
  return storageError('system-error', message, { cause: systemCause(code, thrown) }, thrown);
}

function explainProgram(thrown: ProcessError, message: Sentence, subject: string, folder: string): VirError {
  if (thrown.failure === 'aborted') return thrown;
  const { stderr, data } = thrown;
  if (/No space left on device|Disk quota exceeded/.test(stderr)) return noSpace(subject, folder, undefined, thrown);
  const details = data.details === undefined ? {} : { details: data.details };
  if (/Failed to get .*lock/.test(stderr)) {
    return storageError(
      'resource-busy',
      message,
      { cause: say`Another program, most likely a running machine, is using the image.`, ...details },
      thrown,
    );
  }
  if (thrown.failure === 'spawn') {
    return storageError(
      'operation-failed',
      message,
      {
        cause: say`'${thrown.argv[0] ?? ''}' can't be run. ${data.cause ?? ''}`,
        fix: say`Install qemu-utils (qemu-img).`,
      },
      thrown,
    );
  }
  const said = stderr.trim().split('\n').pop() ?? '';
  return storageError(
    'internal-error',
    message,
    { cause: said === '' ? (data.cause ?? '') : said, ...details },
    thrown,
  );
}

function systemCause(code: string, thrown: Error): string {
  switch (code) {
    case 'ENOENT':
      return 'There is no such file or folder.';
    case 'EACCES':
    case 'EPERM':
      return 'You may not do that there.';
    case 'EROFS':
      return 'The file system is mounted read-only.';
    case 'EEXIST':
      return 'It exists already.';
    case 'ENOTDIR':
      return 'It is not a folder.';
    case 'ENOTEMPTY':
      return 'It is not empty.';
    case 'EFBIG':
      return 'The file system does not allow files of that size.';
    default:
      return thrown.message;
  }
}

export const noPool = (what: string): VirError =>
  storageError('no-storage-pool', say`no storage pool with matching ${what}`);

export const noVolume = (what: string): VirError =>
  storageError('no-storage-vol', say`no storage vol with matching ${what}`);

export const poolInactive = (name: string): VirError =>
  storageError('operation-invalid', say`storage pool '${name}' is not active`, { fix: say`Start the pool first.` });

export const volumeExists = (name: string): VirError =>
  storageError('storage-vol-exist', say`storage volume '${name}' exists already`, { fix: say`Choose another name.` });
