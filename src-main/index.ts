/** Electron's entry. What is imported here is loaded before compiled code is looked for. */
import { join } from 'node:path';
import { keepCompiled } from './host/compile-cache.ts';
import { xdgDirectories } from './host/xdg.ts';

keepCompiled(__dirname, join(xdgDirectories().cache, 'code'));
import('./window/start.ts').catch((error: unknown) => {
  process.stderr.write(`vivarium: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
