import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BusLab, whatIsMissing } from '../engine/helper/bus-lab.ts';
import { internetAddress } from '../engine/network/lab.ts';
import { createHome } from '../support/app-home.ts';
import { writeSettings } from '../support/app-settings.ts';
import { ask } from '../support/ask.ts';
import { launchApp, type LaunchedApp } from '../support/electron.ts';
import { electronInLab } from '../support/electron-in-lab.ts';

const missing = whatIsMissing();
if (missing !== undefined) console.warn(`a bridge over a real card is not made in the window: ${missing}`);

const uri = 'qemu:///session';
const rule = `polkit.addRule(function (action, subject) {
  if (subject.user === 'nobody' && action.id.indexOf('io.github.vivarium.') === 0) return polkit.Result.YES;
});
`;

describe.skipIf(missing !== undefined)('a bridge over the card of a host, made in the window by the helper', () => {
  const home = createHome();
  let lab: BusLab;
  let launched: LaunchedApp;
  let page: Page;
  let before: string;

  const state = async (): Promise<string> =>
    await lab.lab.sh(
      'ip -json address show dev wan0; ip -json -4 route show; ip -json -6 route show; ip -br link show',
    );
  const button = (name: string): Locator => page.getByRole('button', { name, exact: true });
  const show = async (place: string): Promise<void> =>
    await page.evaluate((hash) => {
      window.location.hash = hash;
    }, place);

  beforeAll(async () => {
    lab = await BusLab.open();
    await lab.lab.run(['sh', '-c', 'cat >/etc/polkit-1/rules.d/05-window.rules'], { input: rule });
    writeSettings(home, { defaultUri: uri, language: 'en', theme: 'light' });
    launched = await launchApp({ home, program: electronInLab(home.folder, lab.lab.enter([])) });
    page = launched.window;
    page.setDefaultTimeout(20_000);
    await page.getByRole('navigation').first().waitFor();
    before = await state();
  });
  afterAll(async () => {
    await (launched as LaunchedApp | undefined)?.close();
    await (lab as BusLab | undefined)?.close();
    home.dispose();
  });

  async function make(seconds: string): Promise<void> {
    await show('/networks/interfaces');
    await button('wan0').click();
    await button('Make a bridge…').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Time to keep it').click();
    await page.getByRole('option', { name: seconds }).click();
    await dialog.getByRole('button', { name: 'Make the bridge', disabled: false }).click();
    await page.getByRole('timer').waitFor();
  }

  test('is rolled back when nobody keeps it, and that is said', async () => {
    await make('15 seconds');
    expect(await lab.lab.sh('ip -br address show dev br0')).toContain('198.51.100.2/24');
    expect(await lab.lab.reaches('host', internetAddress)).toBe(true);
    await page.getByRole('timer').waitFor({ state: 'detached', timeout: 30_000 });
    await page.getByText('Nobody kept the bridge br0: wan0 is as it was before.').waitFor();
    expect(await state()).toBe(before);
    expect(await ask(page, 'networks.host-changes', { uri })).toEqual([]);
  });

  test('is among the changes to the host once it is kept, and taken back there', async () => {
    await make('60 seconds');
    await show('/networks/changes');
    await page.getByRole('heading', { name: 'A change of interfaces that nobody has kept yet' }).waitFor();
    await button('Keep').click();
    await page.getByRole('timer').waitFor({ state: 'detached' });
    const change = page.getByRole('region', { name: 'Interface br0' });
    await change.getByText('Make wan0 a port of br0.').waitFor();
    await change.getByText(/^by nobody, /).waitFor();
    await change.getByRole('button', { name: /Undo/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Undo', exact: true }).click();
    await page.getByText('This host is as it was', { exact: true }).waitFor();
    expect(await state()).toBe(before);
    expect(await lab.lab.reaches('host', internetAddress)).toBe(true);
  });
});
