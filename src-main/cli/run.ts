/** Runs what the arguments say. */
import { main } from './vivarium.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `vivarium list | head -1`: the reader has seen enough.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

export const done = main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
