import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppHome, createHome } from '../support/app-home.ts';
import { writeSettings } from '../support/app-settings.ts';
import { ask } from '../support/ask.ts';
import { launchApp, type LaunchedApp } from '../support/electron.ts';

const uri = 'qemu:///session';
let home: AppHome;
let launched: LaunchedApp;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  home = createHome();
  writeSettings(home, { defaultUri: uri, language: 'en' });
  launched = await launchApp({ home });
  page = launched.window;
  page.on('pageerror', (error) => errors.push(error.message));
  await page.getByRole('heading', { name: 'Your first machine' }).waitFor({ timeout: 60_000 });
});
afterAll(async () => {
  await launched.close();
  home.dispose();
});

/** Presses Tab until the element has the focus: what the mouse can do, the keyboard can. */
async function tabTo(role: Parameters<Page['getByRole']>[0], name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role, { name }).first();
  await wanted.waitFor();
  for (let step = 0; step < 80; step += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach ${String(name)}`);
}

describe('the first run', () => {
  test('offers three ways to a machine and says how this computer is', async () => {
    for (const name of [/Try a small Linux/, /Install from ISO/, /^Import/]) {
      expect(await page.getByRole('button', { name }).count()).toBe(1);
    }
    await page.getByText(/This computer is ready|to look at on this computer/).waitFor({ timeout: 60_000 });
  });
});

describe('without a mouse', () => {
  test('a machine is made from nothing but its defaults', async () => {
    await page.keyboard.press('Control+n');
    await page.getByRole('heading', { name: 'New machine' }).waitFor();
    await tabTo('radio', 'Install image');
    const small = page.getByRole('radio', { name: 'Small Linux' });
    await small.waitFor();
    for (let step = 0; step < 8 && !(await small.isChecked()); step += 1) await page.keyboard.press('ArrowRight');
    expect(await small.isChecked()).toBe(true);
    await tabTo('textbox', 'Name');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('by-keyboard');
    await tabTo('checkbox', 'Start it right away');
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Create machine' }).and(page.locator(':not([aria-disabled])')).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByRole('row').filter({ hasText: 'by-keyboard' }).waitFor({ timeout: 60_000 });
    expect((await ask(page, 'domains.lookup', { uri, text: 'by-keyboard' })).state).toBe('shutoff');
  });

  test('and started, and it runs in the engine', async () => {
    await tabTo('grid', 'Machines');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Control+r');
    await page.getByRole('row').filter({ hasText: 'by-keyboard' }).getByText('Running').waitFor({ timeout: 60_000 });
    expect((await ask(page, 'domains.lookup', { uri, text: 'by-keyboard' })).state).toBe('running');
  });

  test('and its console is opened, typed into and left', async () => {
    await page.keyboard.press('Control+Enter');
    const screen = page.getByRole('application');
    await screen.locator('canvas').waitFor({ timeout: 60_000 });
    await page.getByText(/^\d+ × \d+$/).waitFor({ timeout: 60_000 });
    await tabTo('application', 'Screen of by-keyboard');
    await page.keyboard.press('Enter');
    expect(await screen.getAttribute('data-held')).toBe('true');
    // A key that is a command of ours elsewhere is the guest's here.
    await page.keyboard.press('Control+n');
    await page.keyboard.down('Control');
    await page.keyboard.down('Alt');
    await page.keyboard.up('Alt');
    await page.keyboard.up('Control');
    expect(await screen.getAttribute('data-held')).toBe('false');
    expect(page.url()).toContain('/console');
    await page.keyboard.press('Control+1');
    await page.getByRole('row').filter({ hasText: 'by-keyboard' }).waitFor();
    await tabTo('grid', 'Machines');
  });

  test('and forced off, after being asked', async () => {
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitem', { name: 'Force off' }).waitFor();
    await page.keyboard.press('f');
    await page.keyboard.press('Enter');
    await tabTo('button', 'Force off');
    await page.keyboard.press('Enter');
    await page.getByRole('row').filter({ hasText: 'by-keyboard' }).getByText('Off', { exact: true }).waitFor();
  });

  test('and thrown into the bin, and taken out again', async () => {
    await tabTo('grid', 'Machines');
    await page.keyboard.press('Delete');
    await page.getByRole('dialog').getByRole('heading', { name: 'Delete “by-keyboard”?' }).waitFor();
    await tabTo('button', 'Delete');
    await page.keyboard.press('Enter');
    await page.getByText('“by-keyboard” moved to the bin').waitFor();
    expect((await ask(page, 'domains.list', { uri })).map(({ name }) => name)).not.toContain('by-keyboard');
    await tabTo('button', 'Undo');
    await page.keyboard.press('Enter');
    await page.getByRole('row').filter({ hasText: 'by-keyboard' }).waitFor();
  });
});

describe('the page', () => {
  test('says what is wrong with a file, in its place', async () => {
    await page.keyboard.press('Control+n');
    await page.getByRole('radio', { name: 'Install image' }).check();
    await page.getByRole('textbox', { name: 'File' }).fill('/nowhere/at-all.iso');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('button', { name: 'Create machine' }).getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Escape');
  });

  test('has said nothing wrong on the way', () => {
    expect(errors).toEqual([]);
  });
});
