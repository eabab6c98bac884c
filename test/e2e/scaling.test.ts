/** On a display with a fractional scale factor, one pixel of the guest is one of the display, where it is shown. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppHome, createHome } from '../support/app-home.ts';
import { writeSettings } from '../support/app-settings.ts';
import { ask } from '../support/ask.ts';
import { launchApp, type LaunchedApp } from '../support/electron.ts';

const uri = 'qemu:///session';

/** Firmware that finds nothing to start: its text has edges of one pixel. */
const textXml = (graphics: string): string => `
<domain type='qemu'>
  <name>text-${graphics}</name>
  <memory unit='MiB'>32</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices>
    <graphics type='${graphics}'><listen type='socket'/></graphics>
    <video><model type='vga'/></video>
    <memballoon model='none'/>
  </devices>
</domain>`;

/** How many pixels of the window's picture, in the place of the guest's screen, are not those of the guest. */
async function differingPixels(page: Page): Promise<number> {
  const picture = (await page.screenshot({ scale: 'device' })).toString('base64');
  return await page.evaluate(async (base64) => {
    const canvas = document.querySelector<HTMLCanvasElement>('[role="application"] canvas');
    const guest = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
    if (canvas === null || guest === undefined) return -1;
    const box = canvas.getBoundingClientRect();
    const ratio = window.devicePixelRatio;
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const copy = new OffscreenCanvas(image.width, image.height);
    const context = copy.getContext('2d');
    context?.drawImage(image, 0, 0);
    const differing = (left: number, top: number): number => {
      const shown = context?.getImageData(left, top, guest.width, guest.height).data ?? [];
      let count = 0;
      for (let at = 0; at < guest.data.length; at += 4) {
        if ([0, 1, 2].some((part) => shown[at + part] !== guest.data[at + part])) count += 1;
      }
      return count;
    };
    // What begins between two pixels is put on one of them by the browser.
    const places = (start: number): readonly number[] => [Math.floor(start * ratio), Math.ceil(start * ratio)];
    return Math.min(...places(box.left).flatMap((left) => places(box.top).map((top) => differing(left, top))));
  }, picture);
}

const colours = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('[role="application"] canvas');
    const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return new Set(Array.from({ length: data.length / 4 }, (_, pixel) => data[pixel * 4])).size;
  });

describe.each([1.25, 1.5])('at a scale factor of %d', (factor) => {
  let home: AppHome;
  let launched: LaunchedApp;
  let page: Page;

  beforeAll(async () => {
    home = createHome();
    writeSettings(home, { defaultUri: uri, language: 'en', theme: 'light', consoleScaling: 'fit' });
    launched = await launchApp({ home, args: [`--force-device-scale-factor=${factor}`] });
    page = launched.window;
    await page.getByRole('navigation').first().waitFor();
  });
  afterAll(async () => {
    await launched.close();
    home.dispose();
  });

  test.each(['vnc', 'spice'])('a %s console is as sharp as the guest drew it', async (graphics) => {
    expect(await page.evaluate(() => window.devicePixelRatio)).toBe(factor);
    const { uuid } = await ask(page, 'domains.define', { uri, xml: textXml(graphics) });
    await ask(page, 'domains.start', { uri, uuid });
    await page.evaluate(
      (hash) => {
        window.location.hash = hash;
      },
      `#/machine/${encodeURIComponent(uri)}/${uuid}/console`,
    );
    await page.getByText('720 × 400').waitFor({ timeout: 60_000 });
    await expect.poll(() => colours(page), { timeout: 60_000 }).toBeGreaterThan(1);
    // Its cursor blinks otherwise.
    await ask(page, 'domains.suspend', { uri, uuid });
    await expect.poll(() => differingPixels(page), { timeout: 20_000 }).toBe(0);
    for (const size of [
      // Whole pixels at both factors, and an odd number of them.
      { width: 1004, height: 716 },
      { width: 1148, height: 684 },
    ]) {
      // Asked of the window: a page's own emulated size would have a scale factor of its own.
      await launched.app.evaluate(({ BrowserWindow }, { width, height }) => {
        BrowserWindow.getAllWindows()[0]?.setContentSize(width, height);
      }, size);
      await expect
        .poll(() => page.evaluate(() => [window.innerWidth, window.innerHeight]), { timeout: 10_000 })
        .toEqual([size.width, size.height]);
      await expect.poll(() => differingPixels(page), { timeout: 20_000 }).toBe(0);
    }
    await ask(page, 'domains.destroy', { uri, uuid });
  });
});
