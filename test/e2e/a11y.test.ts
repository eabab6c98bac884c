import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/ask.ts';
import type { LaunchedApp } from '../support/electron.ts';
import { launchOn, type OpenedApp } from '../support/launch-on.ts';
import { goTo, violations } from '../support/page.ts';
import { type Language, type Screen, screens, screensOf, show, textsOf } from '../support/screens.ts';

const uri = 'test:///many?n=40';
let opened: OpenedApp;
let page: Page;
let launched: LaunchedApp;

beforeAll(async () => {
  opened = await launchOn(uri);
  ({ page, launched } = opened);
  await page.getByRole('row').nth(3).waitFor();
});
afterAll(async () => {
  await opened.close();
});

const english = textsOf('en');
/** A page of a machine and of a network, once the window knows them. */
async function allScreens(): Promise<readonly Screen[]> {
  const [machine] = await ask(page, 'domains.list', { uri });
  const [network] = await ask(page, 'networks.list', { uri });
  if (machine === undefined || network === undefined) throw new Error('there is nothing to be shown');
  return [...screens, ...screensOf(uri, machine.uuid, network.uuid)];
}

const go = async (path: string): Promise<void> =>
  await show(page, { name: path, path, heading: 'common:nav.machines' }, english);

/** Shows one screen after another in a language, and collects what axe has against them. */
async function eachScreen(language: Language): Promise<void> {
  const texts = textsOf(language);
  await ask(page, 'settings.set', { language });
  await expect.poll(async () => await page.evaluate(() => document.documentElement.lang)).toBe(language);
  try {
    const found: string[] = [];
    for (const screen of await allScreens()) {
      await show(page, screen, texts);
      found.push(...(await violations(page, 'serious')).map((line) => `${screen.name}: ${line}`));
    }
    expect(found).toEqual([]);
  } finally {
    await ask(page, 'settings.set', { language: 'en' });
    await expect.poll(async () => await page.evaluate(() => document.documentElement.lang)).toBe('en');
  }
}

/** Where a dialog is, and the button that opens it. */
const dialogs = [
  ['/machines', /tasks?$/],
  ['/storage', /^New volume/],
  ['/hosts', /^Add (a )?host/],
] as const;

describe.each(['light', 'dark', 'high-contrast'] as const)('in %s', (theme) => {
  beforeAll(async () => {
    await ask(page, 'settings.set', { theme });
  });

  test('no screen has a serious violation', async () => {
    await eachScreen('en');
  });

  test('neither has the list of tasks, nor dialogs of storage and hosts', async () => {
    for (const [path, opener] of dialogs) {
      await goTo(page, path);
      await page.getByRole('button', { name: opener }).first().click();
      await page.getByRole('dialog').waitFor();
      expect({ path, found: await violations(page, 'serious') }).toEqual({ path, found: [] });
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  });

  test('neither has the grid of pictures', async () => {
    await ask(page, 'settings.set', { machinesView: 'grid' });
    await go('/machines');
    await page.getByRole('option').first().waitFor();
    expect(await violations(page, 'serious')).toEqual([]);
    await ask(page, 'settings.set', { machinesView: 'list' });
  });

  test('nor a menu, a dialog or the palette', async () => {
    await go('/machines');
    await page.getByRole('row').nth(2).click();
    await page.getByRole('row').nth(2).click({ button: 'right' });
    await page.getByRole('menu').waitFor();
    expect(await violations(page, 'serious')).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+t');
    await page.getByRole('dialog').waitFor();
    expect(await violations(page, 'serious')).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    expect(await violations(page, 'serious')).toEqual([]);
    await page.keyboard.press('Escape');
  });
});

test('no screen has a serious violation in German', async () => {
  await ask(page, 'settings.set', { theme: 'light' });
  await eachScreen('de');
});

test('every control of the list is at least 24 pixels high and wide', async () => {
  await go('/machines');
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, a[href], input:not([type="radio"])')]
      .map((element) => ({ box: element.getBoundingClientRect(), name: element.outerHTML.slice(0, 120) }))
      .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
      .map(({ name }) => name),
  );
  expect(small).toEqual([]);
});

test('nothing moves when motion is reduced', async () => {
  await ask(page, 'settings.set', { reducedMotion: 'on' });
  await expect.poll(async () => await page.evaluate(() => document.documentElement.dataset['motion'])).toBe('reduced');
  const durations = await page.evaluate(() =>
    [...document.querySelectorAll('button, a[href]')].map((element) => getComputedStyle(element).transitionDuration),
  );
  expect(durations.filter((duration) => duration.split(',').some((part) => Number.parseFloat(part) > 0))).toEqual([]);
});

test.each(screens)('at 400 %% $name fits the width, and all of it can be reached', async (screen) => {
  const zoom = async (factor: number): Promise<void> =>
    await launched.app.evaluate(({ BrowserWindow }, to) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.setContentSize(1280, 800);
      window?.webContents.setZoomFactor(to);
    }, factor);
  await zoom(4);
  try {
    await expect.poll(async () => await page.evaluate(() => window.innerWidth)).toBeLessThanOrEqual(340);
    await show(page, screen, english);
    const lost = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, a[href], input, [role="combobox"]')]
        .filter((element) => element.checkVisibility() && element.closest('table, [role="grid"]') === null)
        .filter((element) => {
          element.scrollIntoView({ block: 'center', inline: 'nearest' });
          const { left, right, top, bottom } = element.getBoundingClientRect();
          return left < -1 || right > window.innerWidth + 1 || bottom <= 0 || top >= window.innerHeight;
        })
        .map((element) => element.outerHTML.slice(0, 140)),
    );
    expect(lost).toEqual([]);
  } finally {
    await zoom(1);
  }
});
