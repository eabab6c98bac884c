import { FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BusLab, users, whatIsMissing } from '../engine/helper/bus-lab.ts';
import { createHome, type AppHome } from '../support/app-home.ts';
import { appUser, currentStage, mirrorElectron } from '../support/stage.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const unpacked = join(root, 'dist/linux-unpacked');
const id = 'io.github.vivarium.Vivarium';
const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;

beforeAll(() => {
  const packaged = statSync(join(unpacked, 'resources/app.asar'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = statSync(join(root, 'out/.built')).mtimeMs;
  if (packaged < sources) throw new Error('what is packaged is older than its sources: npm run dist -- --fast');
});

describe('the packaged application', () => {
  let home: AppHome;
  let program: string;
  let child: ChildProcess | undefined;

  beforeAll(() => {
    home = createHome();
    const copy = join(currentStage().folder, 'packaged');
    mirrorElectron(unpacked, copy);
    program = join(copy, 'vivarium');
  });
  afterAll(() => {
    child?.kill('SIGKILL');
    home.dispose();
  });

  /** Starts it as a user would, and answers what it says on standard error up to the first match. */
  const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const drop =
      appUser === undefined ? [] : ['setpriv', `--reuid=${appUser.uid}`, `--regid=${appUser.gid}`, '--clear-groups'];
    const [command = program, ...rest] = [...drop, program, ...args];
    const base = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', DISPLAY: process.env['DISPLAY'] ?? '' };
    const started = spawn(command, rest, { cwd: home.folder, env: { ...base, ...home.env, ...env } });
    child = started;
    let said = '';
    const waitFor = (pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray> =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no ${String(pattern)} in: ${said}`)), timeoutMs);
        started.stderr.setEncoding('utf8').on('data', (text: string) => {
          said += text;
          const match = pattern.exec(said);
          if (match === null) return;
          clearTimeout(timer);
          resolve(match);
        });
      });
    return { started, waitFor, said: () => said };
  };

  test('opens its window, and lets no debugger of Node in', async () => {
    const { started, waitFor, said } = start(['--remote-debugging-port=0', '--inspect=0'], {
      NODE_OPTIONS: '--throw-deprecation --not-an-option',
    });
    const [, endpoint = ''] = await waitFor(/DevTools listening on (ws:\S+)/, 30_000);
    const browser = await chromium.connectOverCDP(endpoint);
    const context = browser.contexts()[0];
    const page = context?.pages()[0] ?? (await context?.waitForEvent('page', { timeout: 30_000 }));
    await page?.waitForLoadState('domcontentloaded');
    expect(page?.url()).toMatch(/^app:\/\/bundle\//);
    expect(await page?.title()).toContain('Vivarium');
    expect(said()).not.toContain('Debugger listening');
    await browser.close();
    const exited = once(started, 'exit', { signal: AbortSignal.timeout(20_000) });
    started.kill('SIGTERM');
    await exited;
  });

  test('is its own command line', () => {
    const out = execFileSync(program, [join(program, '../resources/app.asar/out/main/cli.cjs'), '--version'], {
      encoding: 'utf8',
      env: { ...home.env, PATH: '/usr/bin:/bin', ELECTRON_RUN_AS_NODE: '1' },
    });
    expect(out).toContain(version);
  });

  test.skipIf(whatIsMissing() !== undefined)('is its own privileged helper, on a real system bus', async () => {
    const program = ['/usr/bin/env', '-i', 'ELECTRON_RUN_AS_NODE=1', join(unpacked, 'vivarium')];
    const lab = await BusLab.open({ program: [...program, join(unpacked, 'resources/app.asar/out/main/helper.js')] });
    try {
      const bridge = { link: 'virbr7', mac: '52:54:00:11:22:33' };
      const caller = await lab.caller(users.allowed);
      await caller.ask('perform', { verb: 'bridge-add', ...bridge, stp: true, forwardDelaySeconds: 0 });
      expect(await lab.links()).toContain('virbr7');
      await caller.ask('perform', { verb: 'bridge-delete', ...bridge });
      expect(await lab.links()).not.toContain('virbr7');
    } finally {
      await lab.close();
    }
  });

  test('has its fuses set', async () => {
    const wire = await getCurrentFuseWire(join(unpacked, 'vivarium'));
    expect(wire.version).toBe(FuseVersion.V1);
    // As they stand in the binary: the characters 1 and 0.
    const on = '1'.charCodeAt(0);
    const off = '0'.charCodeAt(0);
    expect(wire).toMatchObject({
      [FuseV1Options.RunAsNode]: on,
      [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: off,
      [FuseV1Options.EnableNodeCliInspectArguments]: off,
      [FuseV1Options.OnlyLoadAppFromAsar]: on,
      [FuseV1Options.EnableCookieEncryption]: on,
      [FuseV1Options.GrantFileProtocolExtraPrivileges]: off,
    });
  });
});

describe('the Debian package', () => {
  let tree: string;
  let deb: string;

  beforeAll(() => {
    const name = readdirSync(join(root, 'dist')).find((each) => each.endsWith('.deb'));
    if (name === undefined) throw new Error('there is no Debian package yet: npm run dist -- --fast');
    deb = join(root, 'dist', name);
    tree = mkdtempSync(join(tmpdir(), 'vivarium-deb-'));
    execFileSync('dpkg-deb', ['-x', deb, tree]);
  });
  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  test('says in its name when the Electron inside is the substitute for development', () => {
    const electron = readFileSync(join(unpacked, 'version'), 'utf8').trim();
    const packages = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    expect(/\/vivarium-devel_/.test(deb)).toBe(electron !== packages.devDependencies['electron']);
  });

  test('has what a desktop looks for', () => {
    const files = [
      'usr/bin/vivarium',
      `usr/share/applications/${id}.desktop`,
      `usr/share/metainfo/${id}.metainfo.xml`,
      ...[16, 22, 24, 32, 48, 64, 128, 256, 512].map(
        (size) => `usr/share/icons/hicolor/${size}x${size}/apps/${id}.png`,
      ),
      `usr/share/icons/hicolor/scalable/apps/${id}.svg`,
      `usr/share/icons/hicolor/symbolic/apps/${id}-symbolic.svg`,
      'usr/share/man/man1/vivarium.1.gz',
      'usr/share/bash-completion/completions/vivarium',
      'usr/share/doc/vivarium/licences-window.txt',
      'usr/share/dbus-1/system-services/io.github.vivarium.Helper1.service',
      'usr/share/dbus-1/system.d/io.github.vivarium.Helper1.conf',
      'usr/share/polkit-1/actions/io.github.vivarium.policy',
      'usr/lib/systemd/system/vivarium-helper.service',
    ];
    expect(files.filter((file) => !existsSync(join(tree, file)))).toEqual([]);
  });

  test('has the bus told of the helper, and what it changed undone before it goes', () => {
    const control = join(tree, 'control');
    execFileSync('dpkg-deb', ['-e', deb, control]);
    for (const script of ['postinst', 'prerm', 'postrm']) execFileSync('sh', ['-n', join(control, script)]);
    expect(readFileSync(join(control, 'postinst'), 'utf8')).toContain('ReloadConfig');
    expect(readFileSync(join(control, 'prerm'), 'utf8')).toContain('helper.js undo-all');
  });

  test('passes the checks of its desktop entry and its AppStream data', () => {
    const desktop = join(tree, `usr/share/applications/${id}.desktop`);
    expect(execFileSync('desktop-file-validate', [desktop], { encoding: 'utf8' })).toBe('');
    execFileSync('appstreamcli', ['validate-tree', '--no-net', tree]);
    expect(readFileSync(desktop, 'utf8')).toContain(`StartupWMClass=${id}\n`);
  });
});
