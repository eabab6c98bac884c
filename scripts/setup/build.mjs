// Builds the application and its command line into out/ when their sources are newer.
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMain, main, root, say, step } from './lib.mjs';

export const cli = join(root, 'out/main/cli.cjs');
const stamp = join(root, 'out/.built');
const config = join(root, 'scripts/config/electron.vite.config.mjs');

/** The newest modification below these paths, in milliseconds. */
function newest(...paths) {
  let time = 0;
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    time = Math.max(time, stat.mtimeMs);
    if (stat.isDirectory()) time = Math.max(time, newest(...readdirSync(path).map((name) => join(path, name))));
  }
  return time;
}

const sources = (...names) => newest(...[...names, 'package-lock.json'].map((name) => join(root, name)), config);
/** Whether a product is there and no older than this time. */
export const isFresh = (product, timeMs) => (statSync(product, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= timeMs;

/** Says that what was built from sources of this time is there; those saved during the build are newer. */
export function writeStamp(path, timeMs) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  // Files have times finer than a Date's: rounded down, the product would be older than its sources for ever.
  utimesSync(path, new Date(), new Date(Math.ceil(timeMs)));
}

const fromModules = (name) => import(pathToFileURL(createRequire(join(root, 'package.json')).resolve(name)).href);

/** `mode` is `production` for everything, `engine` for what runs without a window. */
async function bundle(mode) {
  const { build } = await fromModules('electron-vite');
  await build({ root, configFile: config, logLevel: mode === 'engine' ? 'error' : 'warn', mode });
  await buildHelper();
}

/** One file that root runs: what it does not need is not in it. */
async function buildHelper() {
  const { build } = await fromModules('esbuild');
  await build({
    entryPoints: { helper: join(root, 'src-main/helper/main.ts') },
    outdir: join(root, 'out/main'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'silent',
  });
}

/** Answers the built command line, building it when it is older than its sources. */
export async function ensureCli() {
  const time = sources('src-main', 'src-shared');
  if (!isFresh(cli, time))
    await step('building the command line', 'npm install && npm run build', () => bundle('engine'));
  return cli;
}

/** Builds window, preload, engine and command line when anything of theirs changed. */
export async function ensureBuilt({ force = false } = {}) {
  const time = sources('src-main', 'src-shared', 'src-renderer', 'assets');
  if (!force && isFresh(stamp, time) && existsSync(cli)) return;
  say('building');
  await step('building', 'npm run build', () => bundle('production'));
  writeStamp(stamp, time);
}

if (isMain(import.meta)) await main(() => ensureBuilt({ force: process.argv.includes('--force') }));
