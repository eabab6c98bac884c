import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Whom the application runs as: Chromium's sandbox is not for root, so root's tests start it as `nobody`. */
export const appUser = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;

/** A copy of the built application and of Electron that another user may read. */
export interface Stage {
  readonly folder: string;
  /** Starts Electron as {@link appUser}. */
  readonly electron: string;
  readonly app: string;
  /** Playwright's module that holds `ready` back until it is attached; Electron's `-r` takes it. */
  readonly loader: string;
}

/** Mirrors a tree with hard links, or with copies where it lies on another file system. */
export function mirror(from: string, to: string): void {
  const stat = lstatSync(from);
  if (stat.isDirectory()) {
    mkdirSync(to, { recursive: true });
    for (const name of readdirSync(from)) mirror(join(from, name), join(to, name));
  } else if (stat.isSymbolicLink()) {
    symlinkSync(readlinkSync(from), to);
  } else {
    try {
      linkSync(from, to);
    } catch {
      copyFileSync(from, to);
    }
  }
}

/** Mirrors an Electron. Root's copy has a sandbox helper for systems where other users can make no namespaces. */
export function mirrorElectron(from: string, to: string): void {
  mirror(from, to);
  if (appUser === undefined) return;
  const helper = join(to, 'chrome-sandbox');
  rmSync(helper);
  copyFileSync(join(from, 'chrome-sandbox'), helper);
  chmodSync(helper, 0o4755);
}

/** A temporary folder that the application's user owns. */
export function userFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  if (appUser !== undefined) chownSync(folder, appUser.uid, appUser.gid);
  return folder;
}

const stageAt = (folder: string): Stage => ({
  folder,
  electron: join(folder, 'electron-as-user'),
  app: join(folder, 'app'),
  loader: join(folder, 'loader.js'),
});

/** Where the run's global setup has put the stage. */
export function currentStage(): Stage {
  const folder = process.env['VIVARIUM_E2E_STAGE'];
  if (folder === undefined) throw new Error('no stage: end-to-end tests run in the vitest project "e2e"');
  return stageAt(folder);
}

/** Builds what is not built, and lays out what the application's user needs to see. */
export function createStage(): Stage {
  const setup = (script: string, ...args: string[]): string =>
    execFileSync(process.execPath, [join(root, 'scripts/setup', script), ...args], { encoding: 'utf8' });
  setup('build.mjs');
  const { dist } = JSON.parse(setup('electron.mjs', '--json')) as { dist: string };

  const stage = stageAt(mkdtempSync(join(tmpdir(), 'vivarium-stage-')));
  chmodSync(stage.folder, 0o755);
  mkdirSync(stage.app);
  copyFileSync(join(root, 'package.json'), join(stage.app, 'package.json'));
  for (const path of ['out', 'assets']) {
    if (existsSync(join(root, path))) mirror(join(root, path), join(stage.app, path));
  }
  const playwright = dirname(createRequire(import.meta.url).resolve('playwright-core/package.json'));
  copyFileSync(join(playwright, 'lib/server/electron/loader.js'), stage.loader);

  let run = `exec '${join(dist, 'electron')}' "$@"`;
  if (appUser !== undefined) {
    mirrorElectron(dist, join(stage.folder, 'electron'));
    const { uid, gid } = appUser;
    run = `exec setpriv --reuid=${uid} --regid=${gid} --clear-groups '${join(stage.folder, 'electron/electron')}' "$@"`;
  }
  writeFileSync(stage.electron, `#!/bin/sh\n${run}\n`, { mode: 0o755 });
  return stage;
}

export const removeStage = (stage: Stage): void => rmSync(stage.folder, { recursive: true, force: true });
