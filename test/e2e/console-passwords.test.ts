/** Consoles with a password that the engine does not know: it is asked for, checked by the guest's server, kept nowhere. */
import { chownSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppHome, createHome } from '../support/app-home.ts';
import { writeSettings } from '../support/app-settings.ts';
import { ask } from '../support/ask.ts';
import { launchApp, type LaunchedApp } from '../support/electron.ts';
import { screenGuestXml, writeScreenGuest } from '../support/screen-guest.ts';
import { appUser } from '../support/stage.ts';

const uri = 'qemu:///session';
const password = 'Geh3im!x';
const kinds = ['vnc', 'spice'] as const;
const uuids = new Map<string, string>();
let home: AppHome;
let launched: LaunchedApp;
let page: Page;

async function launch(): Promise<void> {
  launched = await launchApp({ home });
  page = launched.window;
  await page.getByRole('navigation').first().waitFor();
}

/** Every file below a folder of the home, with what it says. */
function textsBelow(folder: string): readonly (readonly [string, string])[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path, 'latin1')] as const);
}

beforeAll(async () => {
  home = createHome();
  writeSettings(home, { defaultUri: uri, language: 'en', theme: 'light' });
  await launch();
  for (const graphics of kinds) {
    const disk = join(home.folder, `${graphics}.img`);
    writeScreenGuest(disk);
    if (appUser !== undefined) chownSync(disk, appUser.uid, appUser.gid);
    const xml = screenGuestXml({ name: graphics, disk, graphics, serialLog: join(home.folder, `${graphics}.log`) });
    const locked = xml.replace(`<graphics type='${graphics}'>`, `<graphics type='${graphics}' passwd='${password}'>`);
    const { uuid } = await ask(page, 'domains.define', { uri, xml: locked });
    await ask(page, 'domains.start', { uri, uuid });
    uuids.set(graphics, uuid);
  }
  // As if somebody else had set it in the running QEMU: the engine that comes back reads a status without it.
  await launched.kill();
  for (const [path, text] of textsBelow(home.env['XDG_RUNTIME_DIR'] ?? '')) {
    if (text.includes(password)) writeFileSync(path, text.replaceAll(` passwd='${password}'`, ''), 'latin1');
  }
  await launch();
});
afterAll(async () => {
  await launched.close();
  home.dispose();
});

describe.each(kinds)('a %s console with a password', (graphics) => {
  const prompt = () => page.getByRole('heading', { name: 'This console asks for a password' });
  const answer = async (text: string): Promise<void> => {
    await page.getByRole('textbox', { name: 'Password' }).fill(text);
    await page.keyboard.press('Enter');
  };

  test('asks for it, refuses a wrong one and takes the right one', async () => {
    const uuid = uuids.get(graphics) ?? '';
    await expect.poll(async () => (await ask(page, 'domains.state', { uri, uuid })).state).toBe('running');
    await page.evaluate(
      (hash) => {
        window.location.hash = hash;
      },
      `#/machine/${encodeURIComponent(uri)}/${uuid}/console`,
    );
    await prompt().waitFor({ timeout: 30_000 });
    await answer('not-this');
    // The prompt comes back, and is empty: it is another one.
    await expect.poll(async () => await page.getByRole('textbox', { name: 'Password' }).inputValue()).toBe('');
    await prompt().waitFor();
    expect(await page.getByText('1024 × 768').count()).toBe(0);
    await answer(password);
    await page.getByText('1024 × 768').waitFor({ timeout: 30_000 });
  });
});

test('no log holds the password, nor what was typed instead', () => {
  const state = home.env['XDG_STATE_HOME'] ?? '';
  const logs = textsBelow(state).filter(([path]) => /\blogs?\b|\.log$/.test(path));
  expect(logs.length).toBeGreaterThan(0);
  const telling = logs.filter(([, text]) => text.includes(password) || text.includes('not-this'));
  expect(telling.map(([path]) => path)).toEqual([]);
  expect(launched.stderr()).not.toContain(password);
});
