import { mkdirSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/ask.ts';
import { launchOn, type OpenedApp } from '../support/launch-on.ts';

const uri = 'test:///default';
const uuid = '6695eb01-f6a4-8304-79aa-97f2502e193f';
let opened: OpenedApp;
let page: Page;

beforeAll(async () => {
  opened = await launchOn(uri);
  ({ page } = opened);
  page.setDefaultTimeout(15_000);
  await page.getByRole('row').nth(1).waitFor();
  await page.evaluate(
    (hash) => {
      window.location.hash = hash;
    },
    `/machine/${encodeURIComponent(uri)}/${uuid}/snapshots`,
  );
});
afterAll(async () => {
  await opened.close();
});

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

async function violations(): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
}

const row = (name: string): ReturnType<Page['getByRole']> => page.getByRole('row', { name: new RegExp(name) });

async function take(name: string, description = ''): Promise<void> {
  await page.getByRole('button', { name: 'Take a snapshot' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill(name);
  await dialog.getByLabel('Description').fill(description);
  await shoot(`snapshots-create-${name.replaceAll(' ', '-')}`);
  await page.keyboard.press('Control+Enter');
  if (await dialog.isVisible()) await dialog.getByRole('button', { name: 'Take snapshot' }).click();
  await dialog.waitFor({ state: 'detached' });
  await row(name).waitFor();
}

describe('snapshots of a machine', () => {
  test('say what they are where there are none', async () => {
    await page.getByRole('heading', { name: 'No snapshots yet' }).waitFor();
    await shoot('snapshots-none');
  });

  test('are taken, and hang together', async () => {
    await take('fresh', 'right after the installation');
    await take('updated');
    expect(await row('fresh').getAttribute('aria-level')).toBe('1');
    expect(await row('updated').getAttribute('aria-level')).toBe('2');
    await row('updated').getByText('You are here').waitFor();
    await shoot('snapshots-list');
    expect(await violations()).toEqual([]);
  });

  test('one that others took appears by itself', async () => {
    const xml = '<domainsnapshot><name>by another</name></domainsnapshot>';
    await ask(page, 'snapshots.create', { uri, uuid, xml });
    await row('by another').getByText('You are here').waitFor();
  });

  test('a name that is taken is refused before it is tried', async () => {
    await page.getByRole('button', { name: 'Take a snapshot' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('fresh');
    await dialog.getByText('The machine has a snapshot of this name.').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('what can’t be taken says why, in the dialog', async () => {
    await page.getByRole('button', { name: 'Take a snapshot' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Disks only, in new files').click();
    await dialog.getByRole('button', { name: 'Take snapshot' }).click();
    await dialog
      .getByText(/unsupported flags/)
      .first()
      .waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  test('one goes back by the keyboard, told what is lost', async () => {
    await page.getByRole('button', { name: 'Go back to fresh' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('what was written to its disks since').waitFor();
    await shoot('snapshots-revert');
    expect(await violations()).toEqual([]);
    await dialog.getByRole('button', { name: 'Go back' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await row('fresh').getByText('You are here').waitFor();
    const { state } = await ask(page, 'domains.state', { uri, uuid });
    expect(state).toBe('running');
  });

  test('one is deleted with those that follow', async () => {
    await page.getByRole('button', { name: 'Delete fresh' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/Also delete the 2 snapshots/).check();
    await shoot('snapshots-delete');
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('heading', { name: 'No snapshots yet' }).waitFor();
    expect(await ask(page, 'snapshots.list', { uri, uuid })).toEqual([]);
  });

  test('the page has thrown no error', () => {
    expect(opened.errors).toEqual([]);
  });
});
