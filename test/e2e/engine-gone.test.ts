/** A window that uses the engine of another process goes on when that process dies. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppHome, createHome } from '../support/app-home.ts';
import { writeSettings } from '../support/app-settings.ts';
import { ask } from '../support/ask.ts';
import { launchApp, type LaunchedApp } from '../support/electron.ts';
import { appUser, currentStage } from '../support/stage.ts';

const uri = 'qemu:///session';
let home: AppHome;
let daemon: ChildProcess;
let launched: LaunchedApp;
let page: Page;

/** An engine without a window, as the application's user, once it listens. */
async function startDaemon(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(currentStage().app, 'out/main/cli.cjs'), 'daemon'], {
    env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', ...home.env },
    cwd: home.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(appUser === undefined ? {} : appUser),
  });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`the daemon did not start: ${said}`)), 60_000);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (!said.includes('The engine listens on')) return;
        clearTimeout(timer);
        resolve();
      });
    }
    child.once('exit', (code) => reject(new Error(`the daemon ended with ${code}: ${said}`)));
  });
  return child;
}

beforeAll(async () => {
  home = createHome();
  writeSettings(home, { defaultUri: uri, language: 'en', theme: 'light', defaultGraphics: 'vnc' });
  daemon = await startDaemon();
  launched = await launchApp({ home });
  page = launched.window;
  await page.getByRole('navigation').first().waitFor();
});
afterAll(async () => {
  await launched.close();
  daemon.kill('SIGKILL');
  home.dispose();
});

const engineKind = async (): Promise<string> => (await ask(page, 'app.info', {})).engine;

test('it starts one of its own, keeps its screen and says so; the machine runs on', async () => {
  expect(await engineKind()).toBe('attached');
  const xml = `
    <domain type='qemu'>
      <name>lives-on</name>
      <memory unit='MiB'>32</memory>
      <os><type arch='x86_64' machine='pc'>hvm</type></os>
      <devices>
        <graphics type='vnc'><listen type='socket'/></graphics>
        <video><model type='vga'/></video>
        <serial type='pty'/>
      </devices>
    </domain>`;
  const { uuid } = await ask(page, 'domains.define', { uri, xml });
  await ask(page, 'domains.start', { uri, uuid });
  const { id } = await ask(page, 'domains.lookup', { uri, text: uuid });
  await page.evaluate(
    (hash) => {
      window.location.hash = hash;
    },
    `#/machine/${encodeURIComponent(uri)}/${uuid}/console`,
  );
  await page.getByText('720 × 400').waitFor({ timeout: 60_000 });

  const exited = once(daemon, 'exit');
  daemon.kill('SIGKILL');
  await exited;
  await page.getByText('The window has started its own; machines run on.').waitFor({ timeout: 30_000 });
  expect(await engineKind()).toBe('embedded');
  expect(page.url()).toContain(`/${uuid}/console`);
  // The picture comes from QEMU itself and was never away.
  await page.getByText('720 × 400').waitFor();
  await expect
    .poll(async () => await ask(page, 'domains.lookup', { uri, text: uuid }))
    .toMatchObject({
      state: 'running',
      id,
    });

  // What the new engine announces arrives, on the screens that were there.
  await page.getByRole('button', { name: 'Pause' }).first().click();
  await page.getByText('Paused').first().waitFor();
  await page.keyboard.press('Control+1');
  await page.getByRole('row').filter({ hasText: 'lives-on' }).getByText('Paused').waitFor();
  await ask(page, 'domains.resume', { uri, uuid });
  await page.getByRole('row').filter({ hasText: 'lives-on' }).getByText('Running').waitFor();
  await ask(page, 'domains.destroy', { uri, uuid });
});
