import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/ask.ts';
import type { LaunchedApp } from '../support/electron.ts';
import { launchOn, type OpenedApp } from '../support/launch-on.ts';

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

async function violations(): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`));
}

async function go(path: string, heading: string | RegExp): Promise<void> {
  await page.evaluate((hash) => {
    window.location.hash = hash;
  }, path);
  await page.getByRole('heading', { name: heading }).first().waitFor();
}

const screens: readonly (readonly [string, string, string | RegExp])[] = [
  ['the list', '/machines', 'Machines'],
  ['the page that makes a machine', '/create', 'New machine'],
  ['networks', '/networks', 'Networks'],
  ['the topology', '/networks/topology', 'Networks'],
  ['the page that makes a network', '/networks/new', 'New network'],
  ['storage', '/storage', 'Storage'],
  ['performance', '/performance', 'Performance'],
  ['hosts', '/hosts', 'Hosts'],
  ['preferences', '/settings/appearance', 'Settings'],
  ['machine preferences', '/settings/machines', 'Settings'],
  ["preferences for libvirt's clients", '/settings/clients', 'Settings'],
  ['shortcuts', '/settings/shortcuts', 'Settings'],
  ['the bin', '/bin', 'Bin'],
];

describe.each(['light', 'dark', 'high-contrast'] as const)('in %s', (theme) => {
  beforeAll(async () => {
    await ask(page, 'settings.set', { theme });
  });

  test.each(screens)('%s has no serious violation', async (_name, path, heading) => {
    await go(path, heading);
    expect(await violations()).toEqual([]);
  });

  test('neither has the grid of pictures', async () => {
    await ask(page, 'settings.set', { machinesView: 'grid' });
    await go('/machines', 'Machines');
    await page.getByRole('option').first().waitFor();
    expect(await violations()).toEqual([]);
    await ask(page, 'settings.set', { machinesView: 'list' });
  });

  test('nor a menu, a dialog or the palette', async () => {
    await go('/machines', 'Machines');
    await page.getByRole('row').nth(2).click();
    await page.getByRole('row').nth(2).click({ button: 'right' });
    await page.getByRole('menu').waitFor();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+t');
    await page.getByRole('dialog').waitFor();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
  });
});

test('every control of the list is at least 24 pixels high and wide', async () => {
  await go('/machines', 'Machines');
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

test.each(screens)('at 400 %% %s fits the width, and all of it can be reached', async (_name, path, heading) => {
  const zoom = async (factor: number): Promise<void> =>
    await launched.app.evaluate(({ BrowserWindow }, to) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.setContentSize(1280, 800);
      window?.webContents.setZoomFactor(to);
    }, factor);
  await zoom(4);
  try {
    await expect.poll(async () => await page.evaluate(() => window.innerWidth)).toBeLessThanOrEqual(340);
    await go(path, heading);
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
