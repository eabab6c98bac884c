/** A host elsewhere, from the window: its own network, its own sshd and libvirtd, at the end of a cable that is cut. */
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../src-main/host/process.ts';
import { type AppHome, createHome } from '../support/app-home.ts';
import { writeSettings } from '../support/app-settings.ts';
import { ask } from '../support/ask.ts';
import { launchApp, type LaunchedApp } from '../support/electron.ts';
import { type RemoteHost, startRemoteHost } from '../support/remote-host.ts';
import { writeScreenGuest } from '../support/screen-guest.ts';
import { appUser } from '../support/stage.ts';
import { goTo } from '../support/page.ts';

const local = 'qemu:///session';
const name = 'far-away';
let host: RemoteHost;
let home: AppHome;
let launched: LaunchedApp;
let page: Page;
let disk: string;
let uri: string;
let uuid: string;
const errors: string[] = [];

/** A file in the home of the application's user. */
function own(file: string): string {
  const path = join(home.folder, file);
  writeFileSync(path, '');
  if (appUser !== undefined) chownSync(path, appUser.uid, appUser.gid);
  return path;
}

async function openConsole(alias?: string): Promise<Page> {
  const shown = launched.app.waitForEvent('window');
  await ask(page, 'window.open-console', { uri, uuid, ...(alias === undefined ? {} : { alias }) });
  return await shown;
}

const shownColour = async (window: Page): Promise<string> =>
  await window.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('[role="application"] canvas');
    const pixel = canvas?.getContext('2d')?.getImageData(512, 384, 1, 1).data ?? [];
    return [...pixel.slice(0, 3)].map((part) => part.toString(16).padStart(2, '0')).join('');
  });

async function launch(): Promise<void> {
  launched = await launchApp({ home });
  page = launched.window;
  page.on('pageerror', (error) => errors.push(error.message));
}

const row = () => page.getByRole('row').filter({ hasText: name });

beforeAll(async () => {
  host = await startRemoteHost();
  home = createHome();
  writeSettings(home, { defaultUri: local, language: 'en' });
  disk = own('screen.qcow2');
  const raw = join(host.daemon.folder, 'screen.img');
  writeScreenGuest(raw);
  await run(['qemu-img', 'convert', '-O', 'qcow2', raw, disk]);
  await launch();
}, 180_000);
afterAll(async () => {
  await launched.close();
  home.dispose();
  await host.stop();
});

describe('a host over SSH', () => {
  test('is added by its URI; what ssh asks is asked in the window, once', async () => {
    await goTo(page, '/hosts');
    await page.getByRole('button', { name: 'Add host' }).click();
    const form = page.getByRole('dialog');
    await form.getByText('By URI').click();
    const text = host.uri({ known_hosts: own('known-hosts') });
    await form.getByRole('textbox', { name: 'Connection URI' }).fill(text);
    await page.keyboard.press('Enter');
    const question = page.getByRole('dialog', { name: 'Is this the right host?' });
    await question.getByText('ED25519').waitFor({ timeout: 30_000 });
    await question.getByRole('button', { name: 'Trust it' }).click();
    const password = page.getByRole('dialog', { name: 'A host asks' });
    await password.getByLabel(`${host.user}@${host.address}'s password:`).fill(host.password);
    await password.getByRole('button', { name: 'Answer' }).click();
    await page.getByRole('article').filter({ hasText: host.address }).getByText('Connected').waitFor();
    uri = (await ask(page, 'settings.get', {})).hosts[0] ?? '';
    expect(uri).toContain(host.address);
  });

  test('gets a machine by the same page, its disk copied there', async () => {
    await page.keyboard.press('Control+n');
    await page.getByRole('radio', { name: 'Existing disk' }).check();
    await page.getByRole('textbox', { name: 'File' }).fill(disk);
    await page.getByRole('combobox', { name: 'Host' }).click();
    await page.getByRole('option', { name: new RegExp(host.address.replaceAll('.', '\\.')) }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
    const create = page.getByRole('button', { name: 'Create machine' });
    await create.and(page.locator(':not([aria-disabled])')).waitFor({ timeout: 30_000 });
    await create.click();
    await goTo(page, '/machines');
    await row().getByText('Running', { exact: true }).waitFor({ timeout: 60_000 });
    expect(await host.daemon.run(['virsh', 'domstate', name])).toContain('running');
    expect(await host.daemon.run(['virsh', 'vol-list', 'default'])).toContain(name);
    ({ uuid } = await ask(page, 'domains.lookup', { uri, text: name }));
  });

  test('shows the machine’s screen and its serial port, and passes keys on', async () => {
    const screen = await openConsole();
    await screen.getByText('1024 × 768').waitFor({ timeout: 60_000 });
    await expect.poll(async () => await shownColour(screen), { timeout: 30_000 }).toBe('203040');
    await screen.getByRole('application').click();
    await screen.keyboard.press('KeyA');
    await expect.poll(async () => await shownColour(screen)).not.toBe('203040');
    await screen.close();
    const serial = await openConsole('serial0');
    const terminal = serial.locator('.xterm-rows');
    await terminal.waitFor();
    const key = 0x1e;
    await expect
      .poll(
        async () => {
          await ask(page, 'domains.send-key', { uri, uuid, codeset: 'linux', codes: [key] });
          return await terminal.innerText();
        },
        { timeout: 30_000, interval: 500 },
      )
      .toContain('1e9e');
    await serial.close();
  });

  test('that is cut off leaves its machines greyed with their age, and everything else alone', async () => {
    await host.setLink('down');
    await row()
      .getByText(/seen \d+\s+s ago/)
      .waitFor({ timeout: 30_000 });
    expect(await row().getAttribute('data-stale')).toBe('true');
    const age = async (): Promise<number> => Number(/seen (\d+)\s+s/.exec(await row().innerText())?.[1]);
    const before = await age();
    await expect.poll(age).toBeGreaterThan(before);
    // Machines of this computer are made, started and ended meanwhile, and the window is as quick as ever.
    const beganMs = performance.now();
    const xml = `<domain type='qemu'><name>near</name><memory unit='MiB'>64</memory>
      <os><type arch='x86_64' machine='pc'>hvm</type></os></domain>`;
    const near = await ask(page, 'domains.define', { uri: local, xml });
    await ask(page, 'domains.start', { uri: local, uuid: near.uuid });
    await page.getByRole('row').filter({ hasText: 'near' }).getByText('Running').waitFor();
    await ask(page, 'domains.destroy', { uri: local, uuid: near.uuid });
    await page.getByRole('row').filter({ hasText: 'near' }).getByText('Off', { exact: true }).waitFor();
    expect(performance.now() - beganMs).toBeLessThan(10_000);
    await goTo(page, '/hosts');
    await page.getByRole('article').filter({ hasText: host.address }).getByText('Not answering').waitFor();
    await goTo(page, `/machines`);
  });

  test('recovers by itself when the cable is in again, asks nothing, and tells what happens there', async () => {
    await host.setLink('up');
    await row().getByText('Running', { exact: true }).waitFor({ timeout: 60_000 });
    expect(await row().getAttribute('data-stale')).toBe('false');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await host.daemon.run(['virsh', 'suspend', name]);
    await row().getByText('Paused').waitFor();
    await host.daemon.run(['virsh', 'resume', name]);
    await row().getByText('Running', { exact: true }).waitFor();
  });

  test('that is away when the application starts is listed at once, from what was seen', async () => {
    await launched.close();
    await host.setLink('down');
    await launch();
    await row()
      .getByText(/seen .* ago/)
      .waitFor({ timeout: 10_000 });
    await goTo(page, '/hosts');
    const card = page.getByRole('article').filter({ hasText: host.address });
    await card.getByText('Unreachable').waitFor({ timeout: 60_000 });
    await host.setLink('up');
    await card.getByRole('button', { name: 'Try again' }).click();
    const password = page.getByRole('dialog', { name: 'A host asks' });
    await password.getByLabel(/password:/).fill(host.password, { timeout: 30_000 });
    await password.getByRole('button', { name: 'Answer' }).click();
    await card.getByText('Connected').waitFor({ timeout: 30_000 });
    await goTo(page, '/machines');
    await row().getByText('Running', { exact: true }).waitFor();
    expect(errors).toEqual([]);
  });
});
