import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/ask.ts';
import { launchOn, type OpenedApp } from '../support/launch-on.ts';
import { goTo, violations } from '../support/page.ts';

const uri = 'test:///default';
const machine = '6695eb01-f6a4-8304-79aa-97f2502e193f';
let opened: OpenedApp;
let page: Page;
let errors: readonly string[];

beforeAll(async () => {
  opened = await launchOn(uri);
  ({ page, errors } = opened);
  page.setDefaultTimeout(15_000);
  await page.getByRole('row').nth(1).waitFor();
});
afterAll(async () => {
  await opened.close();
});

async function uuidOf(name: string): Promise<string> {
  const found = (await ask(page, 'nwfilters.list', { uri })).find((filter) => filter.name === name);
  if (found === undefined) throw new Error(`there is no filter ${name}`);
  return found.uuid;
}

/** Pictures for who looks at them. */
const shots = process.env['VIVARIUM_SHOTS'];
async function shoot(name: string): Promise<void> {
  if (shots === undefined) return;
  mkdirSync(shots, { recursive: true });
  for (const theme of ['light', 'dark'] as const) {
    await ask(page, 'settings.set', { theme });
    await page.waitForTimeout(400);
    await page.screenshot({ path: `${shots}/${name}-${theme}.png` });
  }
  await ask(page, 'settings.set', { theme: 'light' });
}

/** Pasted: a browser's own insertion comes with styles, which the window refuses. */
async function type(xml: string): Promise<void> {
  const editor = page.getByRole('textbox', { name: 'Definition as XML' });
  await editor.click();
  await page.keyboard.press('Control+a');
  await editor.evaluate((element, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, xml);
}

describe('network filters', () => {
  test('are listed with what they do', async () => {
    await goTo(page, '/networks/filters');
    const row = page.getByRole('row').filter({ hasText: 'IPv4 and ARP, only in the guest’s own name' });
    await row.getByRole('link', { name: 'clean-traffic', exact: true }).waitFor();
    expect(await page.getByRole('row').count()).toBeGreaterThan(20);
    await shoot('filters-list');
    expect(await violations(page)).toEqual([]);
  });

  test('are made from an example, and refused with the reason', async () => {
    await page.getByRole('button', { name: 'New filter', exact: true }).click();
    await type("<filter name='mine' chain='nothing'/>");
    await page.getByRole('button', { name: 'Create filter' }).click();
    await page
      .getByText(/Invalid chain name 'nothing'/)
      .first()
      .waitFor();
    await type("<filter name='mine' chain='root'>\n  <filterref filter='clean-traffic'/>\n</filter>");
    await page.getByRole('button', { name: 'Create filter' }).click();
    await page.getByRole('heading', { name: 'mine', level: 1 }).waitFor();
    expect(await ask(page, 'nwfilters.xml', { uri, uuid: await uuidOf('mine') })).toContain("filter='clean-traffic'");
  });

  test('show wrong XML at its line, and can not be saved then', async () => {
    await type("<filter name='mine' chain='root'>\n  <rule action='perhaps' direction='out'/>\n</filter>");
    await page
      .getByText(/line 2/)
      .first()
      .waitFor();
    await shoot('filters-wrong');
    expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Discard', exact: true }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).waitFor({ state: 'detached' });
  });

  test("are chosen in a card's hardware settings, and tell who uses them", async () => {
    await goTo(page, `/machine/${encodeURIComponent(uri)}/${machine}/hardware`);
    await page.getByText('Virtual network', { exact: true }).first().click();
    await page.getByRole('combobox', { name: 'Filter' }).click();
    await page.getByRole('option', { name: 'mine', exact: true }).click();
    await page.getByLabel('Address of the guest').fill('192.168.122.7');
    await shoot('filters-card');
    await page.getByRole('region', { name: 'Changes', exact: true }).getByRole('button', { name: 'Apply' }).click();
    await expect
      .poll(async () => await ask(page, 'nwfilters.users', { uri }))
      .toEqual([expect.objectContaining({ uuid: machine, filter: 'mine' })]);
    await goTo(page, `/networks/filters/${await uuidOf('mine')}`);
    await page.getByText('Used by test').waitFor();
    await shoot('filters-page');
  });

  test('are removed after a question', async () => {
    await page.getByRole('button', { name: 'Remove…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('The filter “mine” is removed.').waitFor();
    await page.getByRole('link', { name: 'clean-traffic', exact: true }).waitFor();
  });

  test('leave no error behind', () => {
    expect(errors).toEqual([]);
  });
});
