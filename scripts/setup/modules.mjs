// Installs the npm packages when the lock file has changed since they were installed.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMain, main, root, run, say, step } from './lib.mjs';

const modules = join(root, 'node_modules');
const stamp = join(modules, '.vivarium-lock');
const lockHash = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');

export async function ensureModules() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash()) return;
  say('installing npm packages, as package-lock.json names them');
  await step('installing npm packages', `cd ${root} && npm install`, () =>
    // Not `npm ci`: it refuses a lock file that was made where a registry lacks other platforms' optional packages.
    run(['npm', 'install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      timeoutMs: 1_200_000,
    }),
  );
  writeFileSync(stamp, lockHash());
}

if (isMain(import.meta)) await main(ensureModules);
