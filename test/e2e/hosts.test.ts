import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppHome, createHome } from '../support/app-home.ts';
import { ask } from '../support/ask.ts';
import { launchApp, type LaunchedApp } from '../support/electron.ts';
import { type LibvirtDoor, openLibvirtDoor } from '../support/libvirt-door.ts';
import { goTo } from '../support/page.ts';

let door: LibvirtDoor;
let home: AppHome;
let launched: LaunchedApp;
let window: Page;

beforeAll(async () => {
  door = await openLibvirtDoor();
  // The application runs as another user, who may come in for once.
  const { runtime } = door.directories;
  for (const folder of [dirname(runtime), runtime]) chmodSync(folder, 0o711);
  chmodSync(door.hosted.libvirtSocketPath, 0o666);
  home = createHome();
  launched = await launchApp({ home });
  ({ window } = launched);
});
afterAll(async () => {
  await launched.close();
  home.dispose();
  await door.close();
});

test('a host is added by its URI; its machines are listed, and followed as they change', async () => {
  const uri = door.uri('test:///default');
  await goTo(window, '/hosts');
  await window.getByRole('button', { name: 'Add host' }).click();
  const dialog = window.getByRole('dialog');
  await dialog.getByText('By URI').click();
  await dialog.getByRole('textbox', { name: 'Connection URI' }).fill(uri);
  await window.keyboard.press('Enter');
  const card = window.getByRole('article').filter({ hasText: 'test+unix' });
  await card.getByText('Connected').waitFor();
  await goTo(window, '/machines');
  const row = window.getByRole('row', { name: /^test\b/ });
  await row.getByText('Running').waitFor();
  const { domains } = await door.hosted.engine.open('test:///default');
  const [machine] = await domains.list();
  await domains.suspend?.(machine?.uuid ?? '');
  await row.getByText('Paused').waitFor();
});

test('it is there again after a restart, and gone when it is removed, with its machines', async () => {
  await launched.close();
  launched = await launchApp({ home });
  ({ window } = launched);
  const row = window.getByRole('row', { name: /^test\b/ });
  await row.getByText('Paused').waitFor();
  await goTo(window, '/hosts');
  const card = window.getByRole('article').filter({ hasText: 'test+unix' });
  await card.getByRole('button', { name: /^Actions for/ }).click();
  await window.getByRole('menuitem', { name: 'Remove…' }).click();
  await window.getByRole('alertdialog').or(window.getByRole('dialog')).getByRole('button', { name: 'Remove' }).click();
  await card.waitFor({ state: 'detached' });
  await goTo(window, '/machines');
  await row.waitFor({ state: 'detached' });
  expect((await ask(window, 'settings.get', {})).hosts).toEqual([]);
});

test('an address that is none is told before anything is tried', async () => {
  await goTo(window, '/hosts');
  await window.getByRole('button', { name: 'Add host' }).click();
  const dialog = window.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Host' }).fill('two words');
  await dialog
    .getByText('That is not a host’s address.')
    .or(dialog.getByText("That is not a host's address."))
    .waitFor();
  expect(await dialog.getByRole('button', { name: 'Connect' }).isDisabled()).toBe(true);
  await window.keyboard.press('Escape');
});

test('the lines by which libvirt’s own programs reach this engine are copied for a shell', async () => {
  await goTo(window, '/hosts');
  const lines = window.getByRole('region', { name: 'From a shell' }).first();
  const line = await lines.locator('code').first().innerText();
  expect(line).toContain(`virsh -c 'qemu:///session?socket=`);
  expect(line).toContain(home.env['XDG_RUNTIME_DIR']);
  await lines.getByRole('button').first().click();
  await expect.poll(() => launched.app.evaluate(({ clipboard }) => clipboard.readText())).toBe(line);
});
