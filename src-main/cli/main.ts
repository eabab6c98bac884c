/** Entry of the bundled command line. What is imported here is loaded before compiled code is looked for. */
import { join } from 'node:path';
import { keepCompiled } from '../host/compile-cache.ts';
import { xdgDirectories } from '../host/xdg.ts';

keepCompiled(__dirname, join(xdgDirectories().cache, 'code'));
import('./run.ts')
  .then(async ({ done }) => await done)
  .catch((error: unknown) => {
    process.stderr.write(`vivarium: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  });
