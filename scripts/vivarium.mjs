#!/usr/bin/env node
// The command line in a checkout: the built one, built anew when its sources have changed.
import { pathToFileURL } from 'node:url';
import { ensureCli } from './setup/build.mjs';
import { main } from './setup/lib.mjs';

await main(async () => {
  process.argv[1] = await ensureCli();
  await import(pathToFileURL(process.argv[1]).href);
});
