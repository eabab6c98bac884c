/** The console in the window beside a reader of the same socket: frames, key to pixels, open to first pixels. */
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { setTimeout as delay } from 'node:timers/promises';
import { ask } from '../support/ask.ts';
import setUpStage from '../support/e2e-setup.ts';
import { launchApp, type LaunchedApp } from '../support/electron.ts';
import { screenGuestXml, writeScreenGuest } from '../support/screen-guest.ts';
import { appUser } from '../support/stage.ts';
import { RawVnc } from './raw-vnc.ts';
import { median, type Row, type Section } from './report.ts';

const uri = 'qemu:///session';
const framesForMs = 5_000;
const keys = 15;
/** Long enough for QEMU to look at the guest's screen but seldom. */
const idleMs = 900;
const keyA = 97;

export async function consoleSection(): Promise<Section> {
  const tearDown = await setUpStage();
  const launched = await launchApp();
  try {
    return { title: 'Console (VNC)', rows: await measure(launched) };
  } finally {
    await launched.close();
    await tearDown();
  }
}

async function measure(launched: LaunchedApp): Promise<Row[]> {
  const { window: page } = launched;
  await page.getByRole('navigation').first().waitFor();
  // What compiles this file wraps functions in a helper that the page does not have.
  await page.evaluate('window.__name = (it) => it');
  const colours = await paintedFrames(launched, 'colours');
  const noise = await paintedFrames(launched, 'noise');

  const idle = await startGuest(launched, 'idle');
  await showConsole(page, idle.uuid);
  await delay(1_500);
  const keyTimes: number[] = [];
  for (let key = 0; key < keys; key += 1) {
    await delay(idleMs + 37 * key);
    keyTimes.push(await page.evaluate(keyToPixels));
  }
  await leave(page);
  const rawKey = await keyToPixelsRaw(idle.socketPath);
  // The second time, as nearly always: what the console is made of has been loaded.
  await delay(idleMs);
  const opened = await showConsole(page, idle.uuid);
  await leave(page);
  await ask(page, 'domains.destroy', { uri, uuid: idle.uuid });
  return [
    { ...painting, measure: 'full frames, guest painting colours', ours: colours.ours, peer: colours.raw },
    { ...painting, measure: 'full frames, guest painting noise', ours: noise.ours, peer: noise.raw },
    { measure: 'key down to all pixels', unit: 'ms', ours: median(keyTimes), goal: 52 },
    { measure: 'key down to all pixels', unit: 'ms', ours: median(keyTimes), peer: rawKey, goal: 0.6 },
    { measure: 'open to first pixels, first time', unit: 'ms', ours: colours.openMs, goal: 300 },
    { measure: 'open to first pixels', unit: 'ms', ours: opened, goal: 90 },
  ];
}

const painting = { unit: '1/s', goal: 0.97, atLeast: true };

/** A guest that repaints its screen without pause: in the window, then read raw from its socket. */
async function paintedFrames(
  launched: LaunchedApp,
  paint: 'colours' | 'noise',
): Promise<{ readonly ours: number; readonly raw: number; readonly openMs: number }> {
  const { window: page } = launched;
  const guest = await startGuest(launched, paint, paint);
  const openMs = await showConsole(page, guest.uuid);
  await delay(1_500);
  const ours = await page.evaluate(countFrames, framesForMs);
  await leave(page);
  const raw = await frames(guest.socketPath);
  await ask(page, 'domains.destroy', { uri, uuid: guest.uuid });
  return { ours, raw, openMs };
}

async function startGuest(
  { window: page, home }: LaunchedApp,
  name: string,
  paint?: 'colours' | 'noise',
): Promise<{ readonly uuid: string; readonly socketPath: string }> {
  const disk = join(home.folder, `${name}.img`);
  const serialLog = join(home.folder, `${name}.log`);
  writeScreenGuest(disk, paint === undefined ? {} : { paint });
  writeFileSync(serialLog, '');
  if (appUser !== undefined) for (const file of [disk, serialLog]) chownSync(file, appUser.uid, appUser.gid);
  const xml = screenGuestXml({ name, disk, graphics: 'vnc', serialLog });
  const { uuid } = await ask(page, 'domains.define', { uri, xml });
  await ask(page, 'domains.start', { uri, uuid });
  await delay(3_000);
  const { socketPath } = await ask(page, 'domains.open-console', { uri, uuid, kind: 'vnc' });
  return { uuid, socketPath };
}

/** Goes to the machine's console; answers after how long its first pixels were drawn. */
async function showConsole(page: Page, uuid: string): Promise<number> {
  return await page.evaluate(async (place) => {
    const begun = performance.now();
    const drawImage = CanvasRenderingContext2D.prototype.drawImage;
    const drawn = new Promise<number>((resolve) => {
      CanvasRenderingContext2D.prototype.drawImage = function (this: CanvasRenderingContext2D, ...given: unknown[]) {
        (drawImage as (...all: unknown[]) => void).apply(this, given);
        if (this.canvas.closest('[role="application"]') === null) return;
        // The canvas is drawn empty first; no colour of the guest's is black.
        const [red = 0, green = 0, blue = 0] = this.getImageData(0, 0, 1, 1).data;
        if (red + green + blue > 0) resolve(performance.now() - begun);
      };
    });
    window.location.hash = `/console?${place}`;
    const ms = await drawn;
    CanvasRenderingContext2D.prototype.drawImage = drawImage;
    return ms;
  }, new URLSearchParams({ uri, uuid }).toString());
}

async function leave(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.location.hash = '/machines';
  });
  await page.getByRole('application').waitFor({ state: 'detached' });
}

/** In the page: full screens drawn a second. The client draws an update on the visible canvas with one call. */
async function countFrames(forMs: number): Promise<number> {
  const drawImage = CanvasRenderingContext2D.prototype.drawImage;
  let pixels = 0;
  let screen = 1;
  CanvasRenderingContext2D.prototype.drawImage = function (this: CanvasRenderingContext2D, ...given: unknown[]) {
    (drawImage as (...all: unknown[]) => void).apply(this, given);
    if (this.canvas.closest('[role="application"]') === null) return;
    pixels += Number(given[3]) * Number(given[4]);
    screen = this.canvas.width * this.canvas.height;
  };
  const begun = performance.now();
  await new Promise((resolve) => setTimeout(resolve, forMs));
  CanvasRenderingContext2D.prototype.drawImage = drawImage;
  return pixels / screen / ((performance.now() - begun) / 1000);
}

/** In the page: from a key of the user's to all the pixels it changed. */
async function keyToPixels(): Promise<number> {
  const screen = document.querySelector<HTMLElement>('[role="application"]');
  if (screen === null) throw new Error('there is no screen');
  const press = (type: string, code: string, key: string): boolean =>
    screen.dispatchEvent(new KeyboardEvent(type, { code, key, bubbles: true, cancelable: true }));
  if (screen.dataset['held'] !== 'true') {
    screen.focus();
    press('keydown', 'Enter', 'Enter');
    await new Promise((resolve) => setTimeout(resolve, 900));
  }
  const drawImage = CanvasRenderingContext2D.prototype.drawImage;
  const begun = performance.now();
  const done = new Promise<number>((resolve) => {
    let pixels = 0;
    CanvasRenderingContext2D.prototype.drawImage = function (this: CanvasRenderingContext2D, ...given: unknown[]) {
      (drawImage as (...all: unknown[]) => void).apply(this, given);
      if (this.canvas.closest('[role="application"]') === null) return;
      pixels += Number(given[3]) * Number(given[4]);
      if (pixels >= this.canvas.width * this.canvas.height) resolve(performance.now() - begun);
    };
  });
  press('keydown', 'KeyA', 'a');
  const ms = await done;
  CanvasRenderingContext2D.prototype.drawImage = drawImage;
  press('keyup', 'KeyA', 'a');
  return ms;
}

async function frames(socketPath: string): Promise<number> {
  const vnc = await RawVnc.open(socketPath);
  await vnc.update(false);
  const begun = performance.now();
  let pixels = 0;
  while (performance.now() - begun < framesForMs) pixels += await vnc.update(true);
  const perSecond = pixels / vnc.pixels / ((performance.now() - begun) / 1000);
  vnc.close();
  return perSecond;
}

async function keyToPixelsRaw(socketPath: string): Promise<number> {
  const vnc = await RawVnc.open(socketPath);
  await vnc.update(false);
  const times: number[] = [];
  for (let key = 0; key < keys; key += 1) {
    let pixels = 0;
    let next = vnc.update(true);
    await delay(idleMs + 37 * key);
    const begun = performance.now();
    vnc.key(keyA, true);
    for (;;) {
      pixels += await next;
      if (pixels >= vnc.pixels) break;
      next = vnc.update(true);
    }
    times.push(performance.now() - begun);
    vnc.key(keyA, false);
  }
  vnc.close();
  return median(times);
}
