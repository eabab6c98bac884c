/** Windows and the desktop around them: full screen, pop-out, tray, a second start, what is dropped and dragged. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppHome } from '../support/app-home.ts';
import { ask } from '../support/ask.ts';
import type { LaunchedApp } from '../support/electron.ts';
import { launchOn, type OpenedApp } from '../support/launch-on.ts';
import { screenGuestXml, writeScreenGuest } from '../support/screen-guest.ts';
import { appUser, currentStage } from '../support/stage.ts';

const uri = 'test:///many?n=20';
const machinesOf = async (page: Page) => await ask(page, 'domains.list', { uri });
let opened: OpenedApp;
let page: Page;
let home: AppHome;
let launched: LaunchedApp;

beforeAll(async () => {
  opened = await launchOn(uri);
  ({ page, home, launched } = opened);
  await page.getByRole('row').nth(3).waitFor();
});
afterAll(async () => {
  await opened.close();
});

test('the first picture needs one script, without what dialogs are made of', () => {
  const assets = join(currentStage().app, 'out/renderer/assets');
  const page = readFileSync(join(assets, '../index.html'), 'utf8');
  const scripts = [...page.matchAll(/src="\.\/assets\/([^"]+\.js)"/g)].map(([, name]) =>
    readFileSync(join(assets, name ?? ''), 'utf8'),
  );
  expect(scripts.length).toBeGreaterThan(0);
  for (const script of scripts) expect(script).not.toContain('emotion');
  // Links for what one script imports from another would be further ones.
  expect(page).not.toContain('modulepreload');
});

const rowOf = (name: string) => page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) });
const goTo = async (hash: string): Promise<void> =>
  await page.evaluate((to) => {
    window.location.hash = to;
  }, hash);

/** Starts the application once more in the same home; answers how that process ended. */
async function startAgain(...args: readonly string[]): Promise<number | null> {
  const stage = currentStage();
  const second = spawn(stage.electron, [stage.app, ...args], {
    env: { PATH: process.env['PATH'] ?? '', DISPLAY: process.env['DISPLAY'] ?? '', LANG: 'C.UTF-8', ...home.env },
    cwd: home.folder,
    stdio: 'ignore',
  });
  const [code] = (await once(second, 'exit', { signal: AbortSignal.timeout(60_000) })) as [number | null];
  return code;
}

describe('a file dropped on the window', () => {
  test('begins a machine that is installed from it', async () => {
    const iso = join(home.folder, 'rescue.iso');
    copyFileSync('/usr/lib/grub-rescue/grub-rescue-cdrom.iso', iso);
    if (appUser !== undefined) chownSync(iso, appUser.uid, appUser.gid);
    await goTo('/machines');
    await page.getByRole('heading', { name: 'Machines' }).waitFor();
    const session = await page.context().newCDPSession(page);
    const data = { items: [], files: [iso], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, x: 500, y: 400, data });
    }
    await session.detach();
    await page.getByRole('heading', { name: 'New machine' }).waitFor();
    expect(await page.getByRole('radio', { name: 'Install image' }).isChecked()).toBe(true);
    expect(await page.getByRole('textbox', { name: 'File' }).inputValue()).toBe(iso);
    await goTo('/machines');
  });
});

describe('a machine', () => {
  const folderOf = async (name: string): Promise<string | undefined> =>
    (await machinesOf(page)).find((each) => each.name === name)?.folder;
  const inFolder = async (wanted: string | undefined): Promise<string> => {
    const found = (await machinesOf(page)).find(({ folder }) => folder === wanted);
    if (found === undefined) throw new Error(`no machine is in ${wanted}`);
    return found.name;
  };

  test('is dragged to a folder', async () => {
    await page.getByRole('button', { name: /^All machines/ }).click();
    const name = await inFolder('desktops');
    const folder = page.getByRole('region', { name: 'Folders' }).getByRole('button', { name: /^lab/ });
    await rowOf(name).dragTo(folder);
    await expect.poll(async () => await folderOf(name)).toBe('lab');
  });

  test('is moved there by the keyboard too', async () => {
    const name = await inFolder('lab');
    await rowOf(name).click();
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitem', { name: /Move to folder/ }).waitFor();
    await page.keyboard.press('m');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('desktops');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(async () => await folderOf(name)).toBe('desktops');
  });
});

describe('a second start', () => {
  test('hands over what it was asked to the first window, and ends', async () => {
    expect(await startAgain('--show-domain-creator')).toBe(0);
    await page.getByRole('heading', { name: 'New machine' }).waitFor();
    expect(launched.app.windows()).toHaveLength(1);
    await goTo('/machines');
  });

  test('with a medium begins a machine from it', async () => {
    const iso = '/usr/lib/grub-rescue/grub-rescue-cdrom.iso';
    expect(await startAgain(iso)).toBe(0);
    await expect.poll(async () => await page.getByRole('textbox', { name: 'File' }).inputValue()).toBe(iso);
    await goTo('/machines');
  });

  test('that asks for a machine there is not is told so in the first window', async () => {
    expect(await startAgain('--connect', uri, '--show-domain-console', 'nobody-has-this-name')).toBe(0);
    await page.getByText('The console of “nobody-has-this-name” can’t be shown').waitFor();
  });

  test('opens a console in the first process', async () => {
    const running = (await machinesOf(page)).find(({ id }) => id !== undefined);
    const shown = launched.app.waitForEvent('window');
    expect(await startAgain('--connect', uri, '--show-domain-console', running?.name ?? '')).toBe(0);
    const console = await shown;
    expect(console.url()).toContain(running?.uuid);
    await console.close();
  });
});

describe('on the whole display', () => {
  const qemu = 'qemu:///session';
  let uuid: string;

  beforeAll(async () => {
    const disk = join(home.folder, 'full.img');
    const serialLog = join(home.folder, 'full.log');
    writeScreenGuest(disk);
    if (appUser !== undefined) chownSync(disk, appUser.uid, appUser.gid);
    const xml = screenGuestXml({ name: 'full', disk, graphics: 'vnc', serialLog });
    await ask(page, 'connections.open', { uri: qemu });
    ({ uuid } = await ask(page, 'domains.define', { uri: qemu, xml }));
    await ask(page, 'domains.start', { uri: qemu, uuid });
    await goTo(`/machine/${encodeURIComponent(qemu)}/${uuid}/console`);
    await page.getByText('1024 × 768').waitFor({ timeout: 60_000 });
  });
  afterAll(async () => {
    await ask(page, 'domains.destroy', { uri: qemu, uuid });
  });

  const isFull = async (): Promise<boolean | undefined> =>
    await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isFullScreen());
  const rail = () => page.getByRole('navigation', { name: 'Sections' });
  const covered = async (): Promise<boolean> =>
    await page.evaluate(() => {
      const nav = document.querySelector('nav')?.getBoundingClientRect();
      const top = nav && document.elementFromPoint(nav.x + nav.width / 2, nav.y + nav.height / 2);
      return top?.closest('nav') === null;
    });

  test('a console is shown by the keyboard, gives the keyboard back, and leaves by the keyboard', async () => {
    await rail().waitFor();
    await page.keyboard.press('Control+Alt+f');
    await expect.poll(isFull).toBe(true);
    await expect.poll(covered).toBe(true);
    const screen = page.getByRole('application');
    await screen.focus();
    await page.keyboard.press('Enter');
    expect(await screen.getAttribute('data-held')).toBe('true');
    // While the guest has the keyboard the keys are its own.
    await page.keyboard.press('Control+Alt+f');
    expect(await isFull()).toBe(true);
    await page.keyboard.down('Control');
    await page.keyboard.down('Alt');
    await page.keyboard.up('Alt');
    await page.keyboard.up('Control');
    expect(await screen.getAttribute('data-held')).toBe('false');
    await page.keyboard.press('Control+Alt+f');
    await expect.poll(isFull).toBe(false);
    await expect.poll(covered).toBe(false);
  });

  test('the toolbar’s button says what it does next, and does it', async () => {
    await page.getByRole('button', { name: 'Full screen' }).click();
    await page.getByRole('button', { name: 'Leave full screen' }).waitFor();
    await page.getByRole('button', { name: 'Leave full screen' }).press('Enter');
    await page.getByRole('button', { name: 'Full screen' }).waitFor();
    expect(await isFull()).toBe(false);
  });

  test('a console goes to a window of its own and back', async () => {
    const shown = launched.app.waitForEvent('window');
    await page.getByRole('button', { name: 'Open in a window of its own' }).click();
    const own = await shown;
    await own.getByText('1024 × 768').waitFor({ timeout: 60_000 });
    expect(await own.title()).toBe('full');
    expect(await own.getByRole('navigation').count()).toBe(0);
    await page.getByRole('button', { name: 'Show it here' }).click();
    await page.getByText('1024 × 768').waitFor();
    await own.close();
  });
});

/** What is shown in the tray is up to the desktop: none is here. That an icon is there keeps the application. */
describe('with an icon in the tray', () => {
  const windows = async (): Promise<number> =>
    await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

  test('closing the last window ends nothing, and the next start shows it again', async () => {
    await ask(page, 'settings.set', { tray: true });
    const uuidsBefore = (await machinesOf(page)).map(({ uuid }) => uuid);
    await page.close();
    await expect.poll(windows).toBe(0);
    const shown = launched.app.waitForEvent('window');
    expect(await startAgain()).toBe(0);
    page = await shown;
    await page.getByRole('row').nth(3).waitFor();
    expect((await machinesOf(page)).map(({ uuid }) => uuid)).toEqual(uuidsBefore);
  });

  test('without it the application ends with its last window', async () => {
    await ask(page, 'settings.set', { tray: false });
    const child = launched.app.process();
    const exited = once(child, 'exit', { signal: AbortSignal.timeout(20_000) });
    await Promise.all([exited, page.close()]);
    expect(child.exitCode).toBe(0);
  });
});
