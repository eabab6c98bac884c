/** A log of ours: `log/NAME.log` in the state folder, the one before kept beside it. */
import { createWriteStream, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { jsonLogger, type Logger } from './logger.ts';

const turnBytes = 4 * 1024 * 1024;

export function fileLogger(stateFolder: string, name: string): Logger {
  const folder = join(stateFolder, 'log');
  const path = join(folder, `${name}.log`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > turnBytes) renameSync(path, `${path}.1`);
  const file = createWriteStream(path, { flags: 'a', mode: 0o600 });
  // A full disk must not take a program down; what could not be kept is at least said.
  file.on('error', (error) => process.stderr.write(`vivarium: ${path}: ${error.message}\n`));
  return jsonLogger((line) => void file.write(line));
}
