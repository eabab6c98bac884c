/** Entry of the bundled command line. */
import { main } from './vivarium.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `vivarium list | head -1`: the reader has seen enough.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await main(process.argv.slice(2));
