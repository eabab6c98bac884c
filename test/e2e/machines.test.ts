import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/ask.ts';
import { launchOn, type OpenedApp } from '../support/launch-on.ts';

const uri = 'test:///many?n=1000';
let opened: OpenedApp;
let page: Page;
let errors: readonly string[];

beforeAll(async () => {
  opened = await launchOn(uri);
  ({ page, errors } = opened);
  await page.getByRole('row').nth(3).waitFor();
});
afterAll(async () => {
  await opened.close();
});

const grid = () => page.getByRole('grid');
const rowOf = (name: string) => page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) });
const chosen = () => page.locator('[role="row"][aria-selected="true"]');

/** A machine of this connection in some state. */
async function machineThat(state: string): Promise<{ readonly name: string; readonly uuid: string }> {
  const machine = (await ask(page, 'domains.list', { uri })).find((each) => each.state === state);
  if (machine === undefined) throw new Error(`no machine is ${state}`);
  return machine;
}

async function search(text: string): Promise<void> {
  await page.keyboard.press('Control+f');
  await page.getByRole('searchbox').fill(text);
}

describe('a list of a thousand machines', () => {
  test('tells how many there are, and has only the rows in sight', async () => {
    expect(Number(await grid().getAttribute('aria-rowcount'))).toBe(1001);
    expect(await page.getByRole('row').count()).toBeLessThan(80);
    expect(await page.getByText('1000 machines').count()).toBeGreaterThan(0);
  });

  test('is reached to its end by one key', async () => {
    await grid().focus();
    await page.keyboard.press('End');
    await expect.poll(async () => await chosen().getAttribute('aria-rowindex')).toBe('1001');
    expect(await chosen().isVisible()).toBe(true);
    await page.keyboard.press('Home');
    await expect.poll(async () => await chosen().getAttribute('aria-rowindex')).toBe('2');
  });

  test('chooses a range with Shift and tells about it', async () => {
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    expect(await chosen().count()).toBe(3);
    await page.getByRole('complementary').getByRole('heading', { name: '3 machines' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await chosen().count()).toBe(0);
  });

  test('finds a machine by its name and shows all again', async () => {
    const { name } = await machineThat('shutoff');
    await search(name);
    await expect.poll(async () => await rowOf(name).count()).toBe(1);
    await page.keyboard.press('Escape');
    await expect.poll(async () => await grid().getAttribute('aria-rowcount')).toBe('1001');
  });

  test('is sorted by a click on a column', async () => {
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
    expect(await page.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe('descending');
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  });
});

describe('a machine in the list', () => {
  test('starts by a key and is stopped from its menu', async () => {
    const { name, uuid } = await machineThat('shutoff');
    await search(name);
    await rowOf(name).click();
    await page.keyboard.press('Control+r');
    await rowOf(name).getByText('Running').waitFor();
    expect((await ask(page, 'domains.state', { uri, uuid })).state).toBe('running');

    await rowOf(name).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Force off' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Force off' }).click();
    await rowOf(name).getByText('Off', { exact: true }).waitFor();
    await page.keyboard.press('Control+f');
    await page.keyboard.press('Escape');
  });

  test('is renamed in its place', async () => {
    const { name } = await machineThat('shutoff');
    await search(name);
    await rowOf(name).click();
    await page.keyboard.press('F2');
    await page.getByRole('textbox', { name: `New name of ${name}` }).fill('renamed-here');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+f');
    await page.getByRole('searchbox').fill('renamed-here');
    await expect.poll(async () => await rowOf('renamed-here').count()).toBe(1);
    await page.keyboard.press('Escape');
  });

  test('shows what the engine announces without being asked', async () => {
    const { name, uuid } = await machineThat('shutoff');
    await search(name);
    await rowOf(name).getByText('Off', { exact: true }).waitFor();
    await ask(page, 'domains.start', { uri, uuid });
    await rowOf(name).getByText('Running').waitFor();
    await page.keyboard.press('Escape');
  });
});

describe('several machines', () => {
  test('are forced off together only after five seconds, with Undo', async () => {
    const running = async (): Promise<readonly string[]> =>
      (await ask(page, 'domains.list', { uri })).filter((each) => each.id !== undefined).map((each) => each.uuid);
    const forceOffTwo = async (first: number): Promise<void> => {
      await page.getByRole('row').nth(first).click();
      await page.keyboard.press('Shift+ArrowDown');
      await page
        .getByRole('complementary')
        .getByRole('button', { name: /Force off/ })
        .click();
      await page.getByText(/2 machines will be forced off/).waitFor();
    };
    await page.getByRole('button', { name: /^Running/ }).click();
    const before = await running();
    await forceOffTwo(1);
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(await running()).toEqual(before);
    // Two others, not undone: once they are off, the time of those that were undone is over too.
    await forceOffTwo(4);
    expect(await running()).toEqual(before);
    await expect.poll(async () => (await running()).length, { timeout: 15_000 }).toBe(before.length - 2);
    await page.getByRole('button', { name: /^All machines/ }).click();
  });

  test('get a tag, which becomes a view', async () => {
    await grid().focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Control+t');
    await page.getByRole('dialog').getByRole('textbox').fill('by-test');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
    const view = page.getByRole('region', { name: 'Tags' }).getByRole('button', { name: /by-test/ });
    await view.click();
    await expect.poll(async () => await grid().getAttribute('aria-rowcount')).toBe('3');
    await page.getByRole('button', { name: /^All machines/ }).click();
  });
});

describe('the window', () => {
  test('runs a command from the palette', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('appearance dark');
    await page.keyboard.press('Enter');
    await expect.poll(async () => await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
  });

  test('speaks German from one moment to the next', async () => {
    await ask(page, 'settings.set', { language: 'de' });
    await page.getByRole('heading', { name: 'Maschinen' }).waitFor();
    await ask(page, 'settings.set', { language: 'en' });
    await page.getByRole('heading', { name: 'Machines' }).waitFor();
  });

  test('goes to every section by its key', async () => {
    for (const [key, heading] of [
      ['2', 'Networks'],
      ['3', 'Storage'],
      ['4', 'Performance'],
      ['5', 'Hosts'],
      [',', 'Settings'],
      ['1', 'Machines'],
    ] as const) {
      await page.keyboard.press(`Control+${key}`);
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    }
  });

  test('has said nothing wrong on the way', () => {
    expect(errors).toEqual([]);
  });
});
