/** The main job from end to end: one click to a guest, seen and typed into; the application dies, the guest does not. */
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppHome, createHome } from '../support/app-home.ts';
import { writeSettings } from '../support/app-settings.ts';
import { ask } from '../support/ask.ts';
import { launchApp, type LaunchedApp } from '../support/electron.ts';

const uri = 'qemu:///session';
const pictures = process.env['VIVARIUM_TEST_PICTURES'];
let home: AppHome;
let launched: LaunchedApp;
let page: Page;
let uuid: string;
let runningId: number | undefined;

/** For people who want to look; tests do not compare pictures. */
async function picture(name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

async function launch(): Promise<void> {
  launched = await launchApp({ home });
  page = launched.window;
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** How many different colours the console's canvas shows: a blank screen has one. */
async function coloursOnScreen(): Promise<number> {
  return await page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('[role="application"] canvas');
    const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
    if (data === undefined) return 0;
    const colours = new Set<number>();
    for (let at = 0; at < data.length; at += 4) {
      colours.add(((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0));
    }
    return colours.size;
  });
}

const stateOf = async (): Promise<string> => (await ask(page, 'domains.state', { uri, uuid })).state;

beforeAll(async () => {
  home = createHome();
  writeSettings(home, { defaultUri: uri, language: 'en', theme: 'light', defaultGraphics: 'vnc' });
  await launch();
});

afterAll(async () => {
  await launched.close();
  home.dispose();
});

test('one click makes a machine, starts it and shows its console', async () => {
  await page.getByRole('button', { name: /Try a small Linux/ }).waitFor({ timeout: 60_000 });
  await picture('1-first-run');
  await page.getByRole('button', { name: /Try a small Linux/ }).click();
  await page.getByRole('application').waitFor({ timeout: 60_000 });
  // The terrarium of the small guest has five colours and more.
  await expect.poll(coloursOnScreen, { timeout: 90_000, interval: 500 }).toBeGreaterThan(4);
  await picture('2-console');
  const [machine] = await ask(page, 'domains.list', { uri });
  uuid = machine?.uuid ?? '';
  runningId = machine?.id;
  expect(machine).toMatchObject({ state: 'running' });
});

test('keys typed in the window reach the guest', async () => {
  // The shell is there once the agent tells an address.
  const ready = async (): Promise<boolean> => {
    const { addresses } = await ask(page, 'domains.lookup', { uri, text: uuid });
    return addresses.length > 0;
  };
  await expect.poll(ready, { timeout: 60_000, interval: 500 }).toBe(true);
  const { socketPath } = await ask(page, 'domains.open-console', { uri, uuid, kind: 'serial' });
  const serial = connect(socketPath);
  let said = '';
  serial.on('data', (chunk) => (said += chunk.toString()));
  try {
    await page.getByRole('application').click();
    await page.keyboard.type('echo seen-42 ', { delay: 40 });
    // A key with Shift, as hands press it: `type` would send the character without.
    await page.keyboard.press('Shift+Period', { delay: 40 });
    await page.keyboard.type('/dev/tty', { delay: 40 });
    await page.keyboard.press('Shift+KeyS', { delay: 40 });
    await page.keyboard.type('0', { delay: 40 });
    await expect
      .poll(
        async () => {
          await page.keyboard.press('Enter');
          return said;
        },
        { timeout: 20_000, interval: 1000 },
      )
      .toContain('seen-42');
  } finally {
    serial.destroy();
  }
});

test('its figures move', async () => {
  await page.evaluate(
    (hash) => {
      window.location.hash = hash;
    },
    `#/machine/${encodeURIComponent(uri)}/${uuid}/performance`,
  );
  await ask(page, 'stats.watch', { uri, pace: 'fine' });
  await expect
    .poll(
      async () => {
        const nowMs = Date.now();
        const series = await ask(page, 'stats.history', { uri, uuid, fromMs: nowMs - 60_000, toMs: nowMs, points: 60 });
        return (series.values['cpu'] ?? []).filter((value) => value !== null).length;
      },
      { timeout: 30_000, interval: 1000 },
    )
    .toBeGreaterThan(3);
  await page.waitForTimeout(1500);
  await picture('3-performance');
});

test('it pauses and goes on', async () => {
  await ask(page, 'domains.suspend', { uri, uuid });
  expect(await stateOf()).toBe('paused');
  await ask(page, 'domains.resume', { uri, uuid });
  expect(await stateOf()).toBe('running');
});

test('its hardware can be edited: some now, some at the next boot', async () => {
  const xml = await ask(page, 'domains.xml', { uri, uuid, inactive: true });
  const edited = xml
    .replace('</devices>', "<input type='keyboard' bus='usb'/></devices>")
    .replace(/<vcpu[^>]*>1<\/vcpu>/, "<vcpu placement='static'>2</vcpu>");
  const plan = await ask(page, 'domains.plan-edit', { uri, uuid, xml: edited });
  expect(plan.changes.map(({ path, when }) => `${path} ${when}`)).toEqual(
    expect.arrayContaining(['/domain/vcpu next-boot', '/domain/devices/input now']),
  );
  await ask(page, 'domains.apply-edit', { uri, uuid, xml: edited });
  expect(await ask(page, 'domains.xml', { uri, uuid })).toContain("<input type='keyboard' bus='usb'>");
  expect((await ask(page, 'domains.lookup', { uri, text: uuid })).pendingChanges).toBe(true);
  for (const tab of ['overview', 'hardware', 'log', 'xml']) {
    await page.evaluate(
      (hash) => {
        window.location.hash = hash;
      },
      `#/machine/${encodeURIComponent(uri)}/${uuid}/${tab}`,
    );
    await page.waitForTimeout(1200);
    await picture(`4-${tab}`);
  }
});

test('it survives the death of the application, which finds it again', async () => {
  await launched.kill();
  await launch();
  await page.getByRole('row').filter({ hasText: 'small-linux' }).getByText('Running').waitFor({ timeout: 60_000 });
  await picture('5-machines');
  const machine = await ask(page, 'domains.lookup', { uri, text: uuid });
  expect(machine).toMatchObject({ state: 'running', id: runningId });
  await page.evaluate(
    (hash) => {
      window.location.hash = hash;
    },
    `#/machine/${encodeURIComponent(uri)}/${uuid}/console`,
  );
  await page.getByRole('application').waitFor({ timeout: 30_000 });
  await picture('5-console-again');
  await expect.poll(coloursOnScreen, { timeout: 60_000, interval: 500 }).toBeGreaterThan(4);
});

test('it stops, goes to the bin and comes back', async () => {
  await ask(page, 'domains.destroy', { uri, uuid });
  expect(await stateOf()).toBe('shutoff');
  const disks = [
    ...(await ask(page, 'domains.xml', { uri, uuid, inactive: true })).matchAll(/<source file='([^']+qcow2)'/g),
  ];
  const entry = await ask(page, 'domains.delete', { uri, uuid, disks: disks.map((match) => match[1] ?? '') });
  expect(await ask(page, 'domains.list', { uri })).toEqual([]);
  await page.evaluate(() => {
    window.location.hash = '#/bin';
  });
  await page.getByText('small-linux').first().waitFor();
  await picture('6-bin');
  await ask(page, 'bin.restore', { id: entry.id });
  expect(await ask(page, 'domains.lookup', { uri, text: uuid })).toMatchObject({ state: 'shutoff' });
  await ask(page, 'domains.start', { uri, uuid });
  expect(await stateOf()).toBe('running');
});
