/** The kernel's figures: small files, read often. */
import { closeSync, openSync, readSync } from 'node:fs';

/** One for all: the kernel answers at once, so nobody else is at it meanwhile. */
const buffer = Buffer.allocUnsafe(64 * 1024);

/**
 * The text of a file in /proc; undefined when it is gone, as files of a process are when it ends. Files whose size is not
 * known are otherwise read into memory that is new each time.
 */
export function readProc(path: string): string | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      let length = 0;
      for (let count = -1; count !== 0 && length < buffer.length; length += count) {
        count = readSync(file, buffer, length, buffer.length - length, null);
      }
      return buffer.toString('latin1', 0, length);
    } finally {
      closeSync(file);
    }
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw thrown;
  }
}
