import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/ask.ts';
import { launchOn, type OpenedApp } from '../support/launch-on.ts';
import { goTo, violations } from '../support/page.ts';

const uri = 'test:///default';
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

const button = (name: string | RegExp): Locator => page.getByRole('button', { name, exact: true });
const dialog = (): Locator => page.getByRole('dialog');
const rowOf = (name: string): Locator =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
const networks = async () => await ask(page, 'networks.list', { uri });

async function uuidOf(name: string): Promise<string> {
  const found = (await networks()).find((network) => network.name === name);
  if (found === undefined) throw new Error(`there is no network ${name}`);
  return found.uuid;
}

async function xmlOf(name: string): Promise<string> {
  return await ask(page, 'networks.xml', { uri, uuid: await uuidOf(name), inactive: true });
}

/** Answers the dialog that is open, once it can be, and waits until it is gone. */
async function answer(verb: string): Promise<void> {
  await dialog().getByRole('button', { name: verb, exact: true, disabled: false }).click();
  await dialog().waitFor({ state: 'detached' });
}

describe('the list of networks', () => {
  test('tells mode, bridge, addresses, state and leases', async () => {
    await page.keyboard.press('Control+2');
    await page.getByRole('heading', { name: 'Networks', level: 1 }).waitFor();
    for (const text of ['Active', 'NAT', 'virbr0', '192.168.122.1/24']) {
      await rowOf('default').getByText(text, { exact: true }).waitFor();
    }
    await expect.poll(async () => await rowOf('default').getByRole('cell').nth(6).innerText()).toBe('1');
  });

  test('says what stopping undoes, and who loses a connection, before it is done', async () => {
    await button('Stop default').click();
    await dialog().getByText('test runs and loses its connection.').waitFor();
    await dialog()
      .getByText(/Remove the bridge virbr0/)
      .waitFor();
    expect((await networks())[0]?.active).toBe(true);
    await answer('Stop');
    await rowOf('default').getByText('Inactive').waitFor();
  });

  test('shows what others do without being asked', async () => {
    await ask(page, 'networks.start', { uri, uuid: await uuidOf('default') });
    await rowOf('default').getByText('Active').waitFor();
  });

  test('switches autostart at once', async () => {
    await page.getByRole('switch', { name: 'Start default with the engine' }).click();
    await expect.poll(async () => (await networks())[0]?.autostart).toBe(true);
  });
});

describe('one network', () => {
  test('reserves a machine’s address by a click, while it runs', async () => {
    await page.getByRole('link', { name: 'default' }).click();
    await page.getByRole('table', { name: 'Leases' }).waitFor();
    await page
      .getByRole('table', { name: 'Machines' })
      .getByRole('button', { name: 'Always give 192.168.122.3 to test' })
      .click();
    await page.getByText('192.168.122.3 is reserved for aa:bb:cc:dd:ee:ff.').waitFor();
    expect(await xmlOf('default')).toContain("<host mac='aa:bb:cc:dd:ee:ff' name='test' ip='192.168.122.3'/>");
  });

  test('takes a new name while it runs, and other settings at its next start', async () => {
    await page.getByRole('tab', { name: 'Settings' }).click();
    await button('Add name').click();
    const names = page.getByRole('group', { name: 'Host names' });
    await names.getByRole('textbox', { name: 'Address' }).fill('192.168.122.1');
    await page.getByRole('status').filter({ hasText: 'has no name' }).first().waitFor();
    await names.getByRole('textbox', { name: 'Names' }).fill('gate router');
    await button('Save').click();
    await page.getByText('“default” is saved.', { exact: true }).waitFor();
    const uuid = await uuidOf('default');
    expect(await ask(page, 'networks.xml', { uri, uuid })).toContain('<hostname>router</hostname>');

    await page.getByText('Bridge and limits').click();
    await page.getByRole('textbox', { name: 'MTU' }).fill('9000');
    await button('Save').click();
    await page.getByText('It runs with its former settings.').waitFor();
    expect(await ask(page, 'networks.xml', { uri, uuid })).not.toContain('9000');
    await page.getByRole('status').getByRole('button', { name: 'Restart…' }).click();
    await answer('Restart');
    await expect.poll(async () => await ask(page, 'networks.xml', { uri, uuid })).toContain("<mtu size='9000'/>");
  });

  test('shows its XML, which is the same edit', async () => {
    await page.getByRole('tab', { name: 'XML' }).click();
    await page.getByText('Valid', { exact: true }).waitFor();
    const editor = page.getByRole('textbox', { name: 'Definition as XML' });
    await editor.getByText('9000').waitFor();
    await editor.press('Control+End');
    await page.keyboard.type('<');
    await page.getByText(/error/).first().waitFor();
    await button('Revert').click();
    await page.getByText('Valid', { exact: true }).waitFor();
  });
});

describe('a new network', () => {
  test('is told what it would collide with while it is typed', async () => {
    await goTo(page, '/networks/new');
    const subnet = page.getByRole('textbox', { name: 'Subnet' });
    await subnet.fill('192.168.122.0/24');
    const checks = page.getByRole('complementary', { name: 'On this host' });
    await checks.getByText(/The subnet 192.168.122.0\/24 is in use already/).waitFor();
    await subnet.fill('10.9.0.0/28');
    await page.getByText(/Host 10.9.0.1, usable 10.9.0.1 – 10.9.0.14. Room for 13 guests./).waitFor();
    await checks.getByText('Nothing stands in its way.').waitFor();
    await checks.getByText(/Give the host the address 10.9.0.1\/28/).waitFor();
  });

  test('is made from the keyboard alone, and started once its plan was read', async () => {
    await goTo(page, '/networks');
    await page.getByRole('heading', { name: 'Networks', level: 1 }).waitFor();
    await tabTo('button', 'New network');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'New network' }).waitFor();
    await tabTo('textbox', 'Name');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('lab');
    await tabTo('radio', 'NAT');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect.poll(async () => await page.getByRole('radio', { name: 'Isolated' }).isChecked()).toBe(true);
    await tabTo('button', 'Create');
    await page.keyboard.press('Enter');
    await dialog()
      .getByText(/Create the bridge virbr1 for the network 'lab'/)
      .waitFor();
    expect((await networks()).find(({ name }) => name === 'lab')?.active).toBe(false);
    await tabTo('button', 'Start');
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    await page.getByText('Active', { exact: true }).waitFor();
    expect((await networks()).find(({ name }) => name === 'lab')).toMatchObject({ mode: 'isolated', active: true });
  });
});

/** Goes on with Tab until the control has the focus. */
async function tabTo(role: 'button' | 'textbox' | 'radio', name: string): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true }).first();
  for (let presses = 0; presses < 80; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never reached ${role} "${name}"`);
}

test('an edit of a network is not lost by leaving its page, and its own tabs keep it', async () => {
  const uuid = await uuidOf('default');
  await goTo(page, `/networks/${uuid}/settings`);
  const title = (): Locator => page.getByRole('textbox', { name: 'Title' });
  const kept = await title().inputValue();
  await title().fill('Not to be kept');
  await goTo(page, `/networks/${uuid}/xml`);
  await page.getByText('Not to be kept').waitFor();
  await goTo(page, `/networks/${uuid}/settings`);
  await goTo(page, '/machines');
  await dialog().getByText('Leave without saving?').waitFor();
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  expect(await title().inputValue()).toBe('Not to be kept');
  await goTo(page, '/machines');
  await answer('Discard and leave');
  await page.getByRole('heading', { name: 'Machines', level: 1 }).waitFor();
  await goTo(page, `/networks/${uuid}/settings`);
  await expect.poll(async () => await title().inputValue()).toBe(kept);
});

describe('what is changed on this host', () => {
  test('is listed with who, when and what, and undone', async () => {
    await goTo(page, '/networks/changes');
    const lab = page.getByRole('region', { name: 'lab', exact: true });
    await lab.getByText(/^by test, /).waitFor();
    await lab.getByText(/Create the bridge virbr1/).waitFor();
    await button('Undo the changes for lab').click();
    await answer('Stop');
    await lab.waitFor({ state: 'detached' });
    expect((await networks()).find(({ name }) => name === 'lab')?.active).toBe(false);
  });
});

describe('without any network', () => {
  test('it is explained, and a click makes the usual one', async () => {
    for (const { uuid, active } of await networks()) {
      if (active) await ask(page, 'networks.destroy', { uri, uuid });
      await ask(page, 'networks.undefine', { uri, uuid });
    }
    await goTo(page, '/networks');
    await page.getByRole('heading', { name: 'No networks yet' }).waitFor();
    await button('Create the usual network').click();
    await dialog()
      .getByText(/Create the bridge virbr0 for the network 'default'/)
      .waitFor();
    await answer('Start');
    await rowOf('default').getByText('Active').waitFor();
    expect(await networks()).toMatchObject([{ name: 'default', mode: 'nat', autostart: true, active: true }]);
  });
});

describe.each(['light', 'dark', 'high-contrast'] as const)('in %s', (theme) => {
  beforeAll(async () => {
    await ask(page, 'settings.set', { theme });
  });

  test('no page of networks has a violation', async () => {
    const uuid = await uuidOf('default');
    for (const [path, role, name] of [
      ['/networks', 'link', 'default'],
      ['/networks/topology', 'table', 'All connections'],
      ['/networks/changes', 'region', 'default'],
      ['/networks/new', 'textbox', 'Subnet'],
      [`/networks/${uuid}`, 'table', 'Leases'],
      [`/networks/${uuid}/settings`, 'textbox', 'Subnet'],
    ] as const) {
      await goTo(page, path);
      await page.getByRole(role, { name }).first().waitFor();
      expect({ path, violations: await violations(page) }).toEqual({ path, violations: [] });
    }
  });

  test('nor has a plan', async () => {
    await goTo(page, '/networks');
    await button('Stop default').click();
    await dialog()
      .getByText(/Remove the bridge/)
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });
});

test('networks speak German too', async () => {
  await ask(page, 'settings.set', { language: 'de', theme: 'light' });
  await goTo(page, '/networks');
  await page.getByRole('heading', { name: 'Netzwerke', level: 1 }).waitFor();
  await page.getByRole('columnheader', { name: 'Leihen' }).waitFor();
  await ask(page, 'settings.set', { language: 'en' });
});

test('an engine without the rights says what it would do, and why it can not', async () => {
  await ask(page, 'settings.set', { defaultUri: 'qemu:///session' });
  await goTo(page, '/networks');
  await button('Create the usual network').click();
  await dialog()
    .getByText(/Create the bridge virbr\d+ for the network 'default'/)
    .waitFor();
  await dialog().getByRole('button', { name: 'Start' }).click();
  const reason = dialog().getByRole('alert');
  await reason.getByText('What to do').waitFor();
  expect(await ask(page, 'networks.list', { uri: 'qemu:///session' })).toMatchObject([{ active: false }]);
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  await ask(page, 'settings.set', { defaultUri: uri });
});

test('nothing wrong was said on the way', () => {
  expect(errors).toEqual([]);
});
