import AxeBuilder from '@axe-core/playwright';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../support/ask.ts';
import { launchOn, type OpenedApp } from '../support/launch-on.ts';
import { machineXml } from '../support/qemu-engine.ts';

const uri = 'qemu:///session';
const mac = '52:54:00:12:34:56';
const shots = process.env['VIVARIUM_SHOTS'];
let opened: OpenedApp;
let page: Page;
let uuid: string;

beforeAll(async () => {
  opened = await launchOn(uri);
  ({ page } = opened);
  page.setDefaultTimeout(15_000);
  await page.getByRole('navigation').first().waitFor();
  const guest = join(opened.home.folder, '.cache/vivarium/guest');
  const xml = machineXml({
    name: 'talker',
    memoryMiB: 192,
    os: `<kernel>${guest}/vmlinuz</kernel><initrd>${guest}/initrd.gz</initrd><cmdline>console=ttyS0 quiet</cmdline>`,
    devices: `<interface type='user'><mac address='${mac}'/><model type='virtio'/></interface>`,
  });
  ({ uuid } = await ask(page, 'domains.define', { uri, xml }));
  await ask(page, 'domains.start', { uri, uuid, paused: true });
});
afterAll(async () => {
  await opened.close();
});

async function shot(name: string): Promise<void> {
  if (shots === undefined) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: `${shots}/${name}.png` });
}

test('a machine’s packets are listed as they pass, searched, looked into and kept', async () => {
  await page.getByText('talker').first().dblclick();
  await page.getByRole('tab', { name: 'Overview' }).click();
  await page.getByRole('button', { name: 'Capture packets' }).click();
  await page.getByText('Nothing was captured here yet').waitFor();
  await shot('capture-empty');
  await page.getByRole('button', { name: 'Start capture' }).click();
  await page.getByText('Listening').waitFor();
  await ask(page, 'domains.resume', { uri, uuid });

  const packets = page.getByRole('grid', { name: 'Packets' });
  const acknowledged = packets.getByRole('row').filter({ hasText: 'ack, 52:54:00:12:34:56, 10.0.2.15' });
  await acknowledged.waitFor({ timeout: 90_000 });
  await page.getByRole('searchbox', { name: 'Filter packets' }).fill('dhcp -ack');
  await acknowledged.waitFor({ state: 'detached' });
  await expect.poll(async () => (await packets.getByRole('row').allInnerTexts()).slice(1).join()).toContain('discover');

  await packets.getByRole('row').nth(1).click();
  const details = page.getByRole('region', { name: /^Packet \d/ });
  await details.getByText('52:54:00:12:34:56').first().waitFor();
  await details.getByRole('button', { name: 'DHCP' }).click();
  await details.getByText('discover').waitFor();
  await shot('capture-details');
  await packets.focus();
  await page.keyboard.press('ArrowDown');
  await details
    .getByText(/offer|request/)
    .first()
    .waitFor();

  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);

  if (shots !== undefined) {
    await ask(page, 'settings.set', { theme: 'dark' });
    await page.getByRole('searchbox', { name: 'Filter packets' }).fill('');
    await page.waitForTimeout(500);
    await shot('capture-dark');
    await ask(page, 'settings.set', { theme: 'light' });
  }
  await packets.focus();
  await page.keyboard.press('Escape');
  await details.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByText('Stopped', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Remove this capture' }).click();
  await page.getByText('Nothing was captured here yet').waitFor();
  expect((await ask(page, 'domains.state', { uri, uuid })).state).toBe('running');
  expect(opened.errors).toEqual([]);
});

test('a link is made slow by choosing what it is like', async () => {
  await page.getByRole('button', { name: 'Back to the machine' }).click();
  await page.getByRole('button', { name: 'Link conditions' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('spinbutton', { name: 'Delay' }).waitFor();
  // The user-mode network can only hold packets back.
  expect(await dialog.getByRole('spinbutton').count()).toBe(1);
  await dialog.getByRole('combobox', { name: 'Like' }).click();
  await page.getByRole('option', { name: 'Satellite' }).click();
  await shot('conditions');
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: '600 ms' }).waitFor();
  expect(await ask(page, 'domains.link-conditions', { uri, uuid })).toMatchObject([
    { mac, conditions: { delayMs: 600 } },
  ]);
  await shot('overview');
});

test('a port of the host is forwarded on the network’s page, and no longer', async () => {
  const other = await launchOn('test:///default');
  try {
    const { page: second } = other;
    second.setDefaultTimeout(15_000);
    await second.getByRole('row').nth(1).waitFor();
    await second.keyboard.press('Control+2');
    await second.getByRole('link', { name: 'default' }).click();
    await second.getByRole('button', { name: 'Forward a port' }).click();
    const dialog = second.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Guest' }).fill('10.0.0.1');
    await dialog.getByText('no guest’s address of this network').waitFor();
    await dialog.getByRole('textbox', { name: 'Guest' }).fill('192.168.122.3');
    if (shots !== undefined) await second.screenshot({ path: `${shots}/forward-dialog.png` });
    await dialog.getByRole('button', { name: 'Forward a port' }).click();
    await dialog.waitFor({ state: 'detached' });
    await second.getByRole('table', { name: 'Port forwards' }).getByText('8080').waitFor();
    if (shots !== undefined) await second.screenshot({ path: `${shots}/forwards.png` });
    const { violations } = await new AxeBuilder({ page: second }).setLegacyMode(true).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await second.getByRole('button', { name: 'Stop forwarding port 8080' }).click();
    await second.getByRole('table', { name: 'Port forwards' }).waitFor({ state: 'detached' });
    expect(other.errors).toEqual([]);
  } finally {
    await other.close();
  }
});
