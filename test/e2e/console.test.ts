import AxeBuilder from '@axe-core/playwright';
import { chownSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/ask.ts';
import { launchApp, type LaunchedApp } from '../support/electron.ts';
import { smallGuest } from '../support/guest.ts';
import { screenGuestXml, writeScreenGuest } from '../support/screen-guest.ts';
import { appUser } from '../support/stage.ts';

const uri = 'qemu:///session';
let launched: LaunchedApp;
let main: Page;

beforeAll(async () => {
  launched = await launchApp();
  main = launched.window;
  await main.getByRole('navigation').first().waitFor();
});
afterAll(async () => {
  await launched.close();
});

/** Defines and starts a machine; answers its UUID. */
async function startMachine(xml: string): Promise<string> {
  const { uuid } = await ask(main, 'domains.define', { uri, xml });
  await ask(main, 'domains.start', { uri, uuid });
  return uuid;
}

async function openConsole(uuid: string, alias?: string): Promise<Page> {
  const shown = launched.app.waitForEvent('window');
  await ask(main, 'window.open-console', { uri, uuid, ...(alias === undefined ? {} : { alias }) });
  const window = await shown;
  window.on('pageerror', (error) => {
    throw error;
  });
  return window;
}

const screenOf = (window: Page) => window.getByRole('application');
const connected = async (window: Page): Promise<void> => {
  await window.getByText('1024 × 768').waitFor({ timeout: 60_000 });
};

/** The colour in the middle of the guest's screen as the window shows it, `rrggbb`. */
const shownColour = (window: Page): Promise<string> =>
  window.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('[role="application"] canvas');
    const pixel = canvas?.getContext('2d')?.getImageData(512, 384, 1, 1).data ?? [];
    return [...pixel.slice(0, 3)].map((part) => part.toString(16).padStart(2, '0')).join('');
  });

/** How many pixels of the window's canvas differ from the engine's own picture of the guest's screen. */
async function differingPixels(window: Page, uuid: string): Promise<number> {
  const picture = await ask(main, 'domains.screenshot', { uri, uuid });
  return await window.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = document.querySelector<HTMLCanvasElement>('[role="application"] canvas');
    const shown = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
    if (canvas === null || shown === undefined) return -1;
    const other = new OffscreenCanvas(image.width, image.height);
    const context = other.getContext('2d');
    context?.drawImage(image, 0, 0);
    const expected = context?.getImageData(0, 0, image.width, image.height);
    if (expected === undefined || expected.data.length !== shown.data.length) return -1;
    let differing = 0;
    for (let at = 0; at < shown.data.length; at += 4) {
      if ([0, 1, 2].some((part) => shown.data[at + part] !== expected.data[at + part])) differing += 1;
    }
    return differing;
  }, picture);
}

describe.each(['vnc', 'spice'] as const)('a %s console', (graphics) => {
  const name = `screen-${graphics}`;
  let serialLog: string;
  let uuid: string;
  let window: Page;

  /** From here on: what `scanCodes` tells. */
  let from = 0;
  const mark = (): void => {
    from = readFileSync(serialLog, 'latin1').length;
  };
  /** The scan codes that reached the guest since the mark. */
  const scanCodes = (): string => readFileSync(serialLog, 'latin1').slice(from);

  beforeAll(async () => {
    const disk = join(launched.home.folder, `${name}.img`);
    serialLog = join(launched.home.folder, `${name}.log`);
    writeScreenGuest(disk);
    writeFileSync(serialLog, '');
    if (appUser !== undefined) for (const file of [disk, serialLog]) chownSync(file, appUser.uid, appUser.gid);
    uuid = await startMachine(screenGuestXml({ name, disk, graphics, serialLog }));
    window = await openConsole(uuid);
    await connected(window);
  });
  afterAll(async () => {
    await window.close();
    await ask(main, 'domains.destroy', { uri, uuid });
  });

  test('shows exactly what is on the guest’s screen', async () => {
    await expect.poll(() => shownColour(window)).toBe('203040');
    expect(await differingPixels(window, uuid)).toBe(0);
  });

  test('gives the guest the keys while it has the keyboard, and the pixels follow', async () => {
    const screen = screenOf(window);
    await screen.click();
    expect(await screen.getAttribute('data-held')).toBe('true');
    mark();
    await window.keyboard.press('KeyA');
    await window.keyboard.press('ArrowUp');
    await window.keyboard.press('Control+KeyK');
    await expect.poll(() => shownColour(window)).toBe('60f080');
    expect(scanCodes()).toBe('1e9e' + 'e048e0c8' + '1d25a59d');
  });

  test('gives the keyboard back at Ctrl+Alt alone, leaving no key down', async () => {
    await screenOf(window).click();
    mark();
    await window.keyboard.down('Control');
    await window.keyboard.down('Alt');
    await window.keyboard.up('Alt');
    await window.keyboard.up('Control');
    expect(await screenOf(window).getAttribute('data-held')).toBe('false');
    await expect.poll(scanCodes).toBe('1d389db8');
    await window.keyboard.press('KeyB');
    expect(await window.locator('[role="toolbar"] button:focus').count()).toBe(1);
    expect(scanCodes()).toBe('1d389db8');
  });

  test('is taken and used without a mouse', async () => {
    await screenOf(window).focus();
    await window.keyboard.press('Enter');
    expect(await screenOf(window).getAttribute('data-held')).toBe('true');
    mark();
    await window.keyboard.press('Tab');
    await expect.poll(scanCodes).toBe('0f8f');
  });

  test('sends the chords that a desktop keeps for itself', async () => {
    mark();
    await window.getByRole('button', { name: 'Send keys' }).click();
    await window.getByRole('menuitem', { name: 'Ctrl+Alt+Del' }).click();
    await expect.poll(scanCodes).toBe('1d38e053e0d3b89d');
  });

  test('types text, with shift where it is needed', async () => {
    mark();
    await window.getByRole('button', { name: 'Type text…' }).click();
    const dialog = window.getByRole('dialog');
    await dialog.getByRole('textbox').fill('aB1!');
    await dialog.getByRole('button', { name: 'Type', exact: true }).click();
    await expect
      .poll(scanCodes, { timeout: 5_000 })
      .toBe('1e9e' + '2a' + '30b0' + 'aa' + '0282' + '2a' + '0282' + 'aa');
  });

  test('says that the machine is off, starts it, and comes back by itself', async () => {
    await ask(main, 'domains.destroy', { uri, uuid });
    await window.getByRole('heading', { name: `${name} is off` }).waitFor();
    await window.getByRole('button', { name: 'Start' }).click();
    await connected(window);
    await expect.poll(() => shownColour(window)).toBe('203040');
  });

  test('has no accessibility violations', async () => {
    const found = await new AxeBuilder({ page: window }).setLegacyMode(true).analyze();
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
  });
});

describe('a spice console in two windows', () => {
  test('is never taken from the other silently', async () => {
    const name = 'screen-shared';
    const disk = join(launched.home.folder, `${name}.img`);
    const serialLog = join(launched.home.folder, `${name}.log`);
    writeScreenGuest(disk);
    if (appUser !== undefined) chownSync(disk, appUser.uid, appUser.gid);
    const uuid = await startMachine(screenGuestXml({ name, disk, graphics: 'spice', serialLog }));
    const first = await openConsole(uuid);
    await connected(first);
    const place = new URLSearchParams({ uri, uuid });
    await main.evaluate((query) => {
      window.location.hash = `/console?${query}`;
    }, place.toString());
    await main.getByRole('heading', { name: 'This console is in use' }).waitFor();
    await main.getByRole('button', { name: 'Take it over' }).click();
    await connected(main);
    await first.getByRole('heading', { name: 'This console is in use' }).waitFor();
    await first.close();
    await main.evaluate(() => {
      window.location.hash = '/machines';
    });
    await ask(main, 'domains.destroy', { uri, uuid });
  });
});

describe('a serial console', () => {
  test('shows the guest’s shell, takes what is typed, and finds it again', async () => {
    const { kernel, initrd } = smallGuest();
    const uuid = await startMachine(`
      <domain type='qemu'>
        <name>serial</name>
        <memory unit='MiB'>192</memory>
        <os>
          <type arch='x86_64' machine='q35'>hvm</type>
          <kernel>${kernel.replace(/^.*\/guest\//, `${launched.home.folder}/.cache/vivarium/guest/`)}</kernel>
          <initrd>${initrd.replace(/^.*\/guest\//, `${launched.home.folder}/.cache/vivarium/guest/`)}</initrd>
          <cmdline>console=ttyS0</cmdline>
        </os>
        <devices><serial type='pty'/></devices>
      </domain>`);
    const window = await openConsole(uuid);
    const terminal = window.locator('.xterm-rows');
    await expect.poll(() => terminal.innerText(), { timeout: 90_000 }).toContain('small:~#');
    await window.locator('.xterm-screen').click();
    await window.keyboard.type('echo $((6*7))-$((1+1))\n');
    await expect.poll(() => terminal.innerText()).toContain('42-2');
    await window.keyboard.press('Control+Shift+F');
    await window.keyboard.type('42-2');
    await window.getByText('1 of 1').waitFor();
    await window.close();
    await ask(main, 'domains.destroy', { uri, uuid });
  });
});
