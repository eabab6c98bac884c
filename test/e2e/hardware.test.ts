/** Hardware edited in its forms: everything is staged, what is wrong is told before it is applied, discarding leaves nothing. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/ask.ts';
import { launchOn, type OpenedApp } from '../support/launch-on.ts';

const uri = 'qemu:///session';
let opened: OpenedApp;
let page: Page;
let uuid: string;
let pool: string;

beforeAll(async () => {
  opened = await launchOn(uri);
  ({ page } = opened);
  page.setDefaultTimeout(15_000);
  await page.getByRole('navigation').first().waitFor();
  pool = (await ask(page, 'storage.default-pool', { uri })).uuid;
  const xml = `
    <domain type='qemu'>
      <name>forms</name>
      <memory unit='MiB'>64</memory>
      <os><type arch='x86_64' machine='q35'>hvm</type></os>
      <devices><interface type='user'><mac address='52:54:00:11:22:33'/><model type='virtio'/></interface></devices>
    </domain>`;
  ({ uuid } = await ask(page, 'domains.define', { uri, xml }));
  await page.evaluate(
    (hash) => {
      window.location.hash = hash;
    },
    `#/machine/${encodeURIComponent(uri)}/${uuid}/hardware`,
  );
  await page.getByRole('button', { name: 'Add hardware' }).waitFor();
});
afterAll(async () => {
  await opened.close();
});

const bar = () => page.getByRole('region', { name: 'Changes', exact: true });
const apply = () => bar().getByRole('button', { name: 'Apply' });
const definition = async (): Promise<string> => await ask(page, 'domains.xml', { uri, uuid, inactive: true });
const volumes = async (): Promise<readonly string[]> =>
  (await ask(page, 'storage.volumes', { uri, pool })).map(({ name }) => name);

describe('a MAC address', () => {
  const field = () => page.getByRole('textbox', { name: 'MAC address' });

  test('that is none is staged, told and not applied', async () => {
    await page.getByText('Through this computer', { exact: true }).first().click();
    await field().fill('52:54:00:zz');
    await page.keyboard.press('Tab');
    await page.getByText('Six pairs of hexadecimal digits').first().waitFor();
    await bar().getByRole('alert').waitFor();
    await expect.poll(async () => await apply().getAttribute('aria-disabled')).toBe('true');
    expect(await definition()).toContain('52:54:00:11:22:33');
  });

  test('that is one is applied', async () => {
    await field().fill('52-54-00-AA-BB-CC');
    await page.keyboard.press('Tab');
    await apply().and(page.locator(':not([aria-disabled])')).click();
    await bar().waitFor({ state: 'detached' });
    expect(await definition()).toContain("<mac address='52:54:00:aa:bb:cc'/>");
  });
});

test('an edit is not lost by leaving the page: that is asked first', async () => {
  const field = (): Locator => page.getByRole('textbox', { name: 'MAC address' });
  await field().fill('52:54:00:99:99:99');
  await page.keyboard.press('Tab');
  await bar().waitFor();
  const question = page.getByRole('dialog', { name: 'Leave without applying?' });
  const address = (): Promise<string> => page.evaluate(() => globalThis.location.hash);
  const before = await address();
  // By the mouse and by the keyboard; what is open stays until the answer.
  await page.getByRole('navigation').first().getByRole('link').nth(1).click();
  await question.waitFor();
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  expect(await address()).toBe(before);
  expect(await field().inputValue()).toBe('52:54:00:99:99:99');
  await page.keyboard.press('Control+2');
  await question.getByRole('button', { name: 'Discard and leave' }).click();
  await expect.poll(address).toBe('#/networks');
  expect(await definition()).toContain('52:54:00:aa:bb:cc');
  await page.goBack();
  await expect.poll(address).toBe(before);
  await field().waitFor();
  expect(await field().inputValue()).toBe('52:54:00:aa:bb:cc');
  await bar().waitFor({ state: 'detached' });
});

describe('a new disk', () => {
  const add = async (name: string): Promise<void> => {
    await page.getByRole('button', { name: 'Add hardware' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await bar().waitFor();
  };

  test('that is discarded leaves no file', async () => {
    await add('unwanted');
    await bar().getByRole('button', { name: 'Discard' }).click();
    await bar().waitFor({ state: 'detached' });
    expect(await volumes()).toEqual([]);
  });

  test('has its file once it is applied', async () => {
    await add('wanted');
    expect(await volumes()).toEqual([]);
    await apply().and(page.locator(':not([aria-disabled])')).click();
    await bar().waitFor({ state: 'detached' });
    expect(await volumes()).toEqual(['wanted.qcow2']);
    expect(await definition()).toContain('wanted.qcow2');
  });
});

test('a machine made from a copied disk is one task', async () => {
  const [wanted] = await ask(page, 'storage.volumes', { uri, pool });
  await page.keyboard.press('Control+n');
  await page.getByRole('radio', { name: 'Existing disk' }).check();
  await page.getByRole('textbox', { name: 'File' }).fill(wanted?.path ?? '');
  await page.getByRole('checkbox', { name: 'Work on a copy' }).check();
  await page.getByRole('textbox', { name: 'Name' }).fill('by-copy');
  await page.getByRole('checkbox', { name: 'Start it right away' }).uncheck();
  await page.getByRole('button', { name: 'Create machine' }).and(page.locator(':not([aria-disabled])')).click();
  await page.getByRole('row').filter({ hasText: 'by-copy' }).waitFor({ timeout: 60_000 });
  await page.keyboard.press('Control+Shift+t');
  const tasks = page.getByRole('dialog', { name: 'Tasks' });
  await tasks.getByText('by-copy').first().waitFor();
  const told = await tasks.getByRole('listitem').allInnerTexts();
  expect(told.filter((text) => text.includes('by-copy'))).toHaveLength(1);
});
