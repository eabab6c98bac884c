import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseFileHeader } from '../../src-main/network/capture/pcap.ts';
import { ask } from '../support/ask.ts';
import { launchOn, type OpenedApp } from '../support/launch-on.ts';
import { goTo, violations } from '../support/page.ts';
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

/** In every theme, in both languages. */
async function nothingAgainstIt(): Promise<void> {
  for (const theme of ['light', 'dark', 'high-contrast'] as const) {
    for (const language of ['en', 'de'] as const) {
      await ask(page, 'settings.set', { theme, language });
      await expect.poll(async () => await page.evaluate(() => document.documentElement.lang)).toBe(language);
      expect({ theme, language, found: await violations(page) }).toEqual({ theme, language, found: [] });
    }
  }
  await ask(page, 'settings.set', { theme: 'light', language: 'en' });
  await expect.poll(async () => await page.evaluate(() => document.documentElement.lang)).toBe('en');
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

  await nothingAgainstIt();

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
  expect(await violations(page)).toEqual([]);
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

test('a cable of the topology leads to its captures and to its conditions, in the picture and in the table', async () => {
  const { folder } = opened.home;
  const picture = page.getByRole('group', { name: 'Picture of the connections' });
  const menuOf = [
    async () => await picture.getByRole('link', { name: /^talker/ }).click({ button: 'right' }),
    async () =>
      await page
        .getByRole('table', { name: 'All connections' })
        .getByRole('row')
        .filter({ hasText: mac })
        .getByRole('button')
        .last()
        .click(),
  ];
  for (const openMenu of menuOf) {
    await goTo(page, '/networks/topology');
    await openMenu();
    await page.getByRole('menuitem', { name: `Condition of card ${mac}’s link…` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('spinbutton', { name: 'Delay' }).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await openMenu();
    await page.getByRole('menuitem', { name: `Capture packets of card ${mac}` }).click();
    await page.getByRole('button', { name: 'Start capture' }).waitFor();
  }
  // The guest starts anew and asks for an address, which the capture shows and keeps.
  await page.getByRole('button', { name: 'Start capture' }).click();
  await page.getByText('Listening').waitFor();
  await ask(page, 'domains.reset', { uri, uuid });
  const row = page.getByRole('grid', { name: 'Packets' }).getByRole('row').filter({ hasText: 'DHCP' }).first();
  await row.waitFor({ timeout: 90_000 });
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByText('Stopped', { exact: true }).waitFor();
  const [capture] = await ask(page, 'captures.list', { uri, uuid });
  if (capture === undefined) throw new Error('there is no capture');
  const file = join(folder, 'cable.pcap');
  await ask(page, 'captures.save', { uri, id: capture.id, path: file });
  const bytes = readFileSync(file);
  expect(parseFileHeader(bytes)).toMatchObject({ linkType: 1 });
  expect(spawnSync('tcpdump', ['-n', '-r', file], { encoding: 'utf8' }).stdout).toMatch(
    /BOOTP\/DHCP, Request from 52:54:00:12:34:56/,
  );
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
    expect(await violations(second)).toEqual([]);
    await second.getByRole('button', { name: 'Stop forwarding port 8080' }).click();
    await second.getByRole('table', { name: 'Port forwards' }).waitFor({ state: 'detached' });
    expect(other.errors).toEqual([]);
  } finally {
    await other.close();
  }
});
