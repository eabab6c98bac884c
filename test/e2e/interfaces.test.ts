import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/ask.ts';
import { launchOn, type OpenedApp } from '../support/launch-on.ts';
import { goTo, violations } from '../support/page.ts';

const uri = 'test:///default';
let opened: OpenedApp;
let page: Page;

beforeAll(async () => {
  opened = await launchOn(uri);
  ({ page } = opened);
  page.setDefaultTimeout(15_000);
  await page.getByRole('row').nth(1).waitFor();
});
afterAll(async () => {
  await opened.close();
});

const button = (name: string): Locator => page.getByRole('button', { name, exact: true });
const dialog = (): Locator => page.getByRole('dialog');
const details = (name: string): Locator => page.getByRole('complementary', { name: `Details of ${name}` });
const names = async (): Promise<readonly string[]> =>
  (await ask(page, 'interfaces.list', { uri })).map(({ name }) => name);

describe('the interfaces of the host', () => {
  test('are listed with state, kind, addresses and hardware address', async () => {
    await goTo(page, '/networks/interfaces');
    const row = page.getByRole('row').filter({ has: button('eth1') });
    for (const text of ['Up', 'Network card', '192.168.0.5/24', 'aa:bb:cc:dd:ee:ff']) {
      await row.getByText(text, { exact: true }).waitFor();
    }
    await details('eth1').getByText('Default route').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test('get a bridge that was shown before, and is gone when it is rolled back', async () => {
    await button('Make a bridge…').click();
    await dialog().getByText('Create the bridge br0, with the hardware address aa:bb:cc:dd:ee:ff of eth1.').waitFor();
    await dialog().getByText('This host reaches the Internet over eth1: connections stop for a moment.').waitFor();
    expect(await names()).toEqual(['eth1']);
    expect(await violations(page)).toEqual([]);
    await dialog().getByRole('button', { name: 'Make the bridge', disabled: false }).click();
    await dialog().waitFor({ state: 'detached' });
    await page.getByRole('timer').waitFor();
    expect(await names()).toEqual(['br0', 'eth1']);
    expect(await violations(page)).toEqual([]);
    await button('Roll back').click();
    await page.getByRole('timer').waitFor({ state: 'detached' });
    expect(await names()).toEqual(['eth1']);
  });

  test('keep a bridge by the keyboard alone, which takes nothing but Enter once it stands', async () => {
    await button('eth1').focus();
    await page.keyboard.press('Enter');
    await details('eth1').getByRole('button', { name: 'Make a bridge…' }).focus();
    await page.keyboard.press('Enter');
    await dialog().getByRole('button', { name: 'Make the bridge', disabled: false }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('timer').waitFor();
    await expect
      .poll(async () => await button('Keep').evaluate((element) => element === document.activeElement))
      .toBe(true);
    await page.keyboard.press('Enter');
    await page.getByText('The bridge br0 is kept.').waitFor();
    expect(await ask(page, 'interfaces.list', { uri })).toMatchObject([
      { name: 'br0', kind: 'bridge', ports: ['eth1'] },
      { name: 'eth1', master: 'br0' },
    ]);
  });
});
