import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/ask.ts';
import { launchOn, type OpenedApp } from '../support/launch-on.ts';
import { goTo, violations } from '../support/page.ts';

const uri = 'test:///default';
const machine = '6695eb01-f6a4-8304-79aa-97f2502e193f';
const lab = `<network><name>lab</name><bridge name='virbr7'/>
  <ip address='192.168.99.1' netmask='255.255.255.0'/></network>`;
let opened: OpenedApp;
let page: Page;
let errors: readonly string[];

beforeAll(async () => {
  opened = await launchOn(uri);
  ({ page, errors } = opened);
  page.setDefaultTimeout(15_000);
  await page.getByRole('row').nth(1).waitFor();
  const { uuid } = await ask(page, 'networks.define', { uri, xml: lab });
  await ask(page, 'networks.start', { uri, uuid });
  await goTo(page, '/networks/topology');
  await port().waitFor();
});
afterAll(async () => {
  await opened.close();
});

const port = (): Locator => page.getByRole('button', { name: /^Card aa:bb:cc:dd:ee:ff of test/ });
const picture = (): Locator => page.getByRole('group', { name: 'Picture of the connections' });
const button = (name: string): Locator => page.getByRole('button', { name, exact: true });
const domainXml = async (): Promise<string> => await ask(page, 'domains.xml', { uri, uuid: machine, inactive: true });

async function drag(to: { readonly x: number; readonly y: number }): Promise<void> {
  const from = await port().boundingBox();
  if (from === null) throw new Error('nothing is drawn');
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x - 60, from.y + 20);
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
}

async function middleOf(node: Locator): Promise<{ x: number; y: number }> {
  const box = await node.boundingBox();
  if (box === null) throw new Error('it is not drawn');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

describe('a cable', () => {
  test('is plugged in elsewhere by dragging it, and back by Undo', async () => {
    await drag(await middleOf(picture().getByRole('link', { name: /^lab/ })));
    await page.getByText('“test” is connected to lab.').waitFor();
    expect(await domainXml()).toContain("<source network='lab'");
    await page.getByRole('row').filter({ hasText: 'aa:bb:cc:dd:ee:ff' }).getByText('Network lab').waitFor();
    await button('Undo').click();
    await expect.poll(domainXml).toContain("<source network='default'");
  });

  test('is unplugged when it is dropped beside everything', async () => {
    const { x, y } = await middleOf(picture().getByRole('link', { name: /^lab/ }));
    await drag({ x: x - 150, y: y + 60 });
    await page.getByText('The cable of “test” is unplugged.').waitFor();
    expect(await domainXml()).toContain("<link state='down'/>");
    await page.getByRole('row').filter({ hasText: 'aa:bb:cc:dd:ee:ff' }).getByText('Unplugged').waitFor();
  });

  test('is picked up, moved and put back from the keyboard', async () => {
    await port().focus();
    await page.keyboard.press('Enter');
    await page
      .getByRole('status')
      .getByText(/is picked up/)
      .waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    expect(await domainXml()).toContain("<link state='down'/>");
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByText('“test” is connected to default.').waitFor();
    expect(await domainXml()).not.toContain("<link state='down'/>");
  });
});

describe('a trace', () => {
  test('names what is in the way, on the picture too, and repairs it', async () => {
    await port().focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Delete');
    await page.getByText('The cable of “test” is unplugged.').last().waitFor();
    await picture().getByRole('link', { name: /^test/ }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Trace from here' }).click();
    const panel = page.getByRole('region', { name: 'Trace', exact: true });
    await panel.getByText('It does not get through: The cable of test is unplugged.').waitFor();
    await page.locator(`[data-node="machine ${machine}"][data-trace="failed"]`).waitFor();
    expect(await violations(page)).toEqual([]);
    await panel.getByRole('button', { name: 'Repair' }).click();
    await panel.getByText('Nothing found in the way, but not everything can be seen.').waitFor();
    expect(await domainXml()).not.toContain("<link state='down'/>");
    await panel.getByText('The rules of the host can not be seen.').waitFor();
    await button('Close the trace').click();
    await panel.waitFor({ state: 'detached' });
  });
});

describe('with two hundred machines', () => {
  test('the picture stays smooth, fits when asked, and has nothing against it', async () => {
    await page.evaluate(async () => {
      const { vivarium } = window as unknown as {
        vivarium: { call(name: string, argument: unknown): Promise<unknown> };
      };
      for (let number = 0; number < 200; number += 1) {
        const network = number % 3 === 0 ? 'lab' : 'default';
        const xml = `<domain type='test'><name>vm-${String(number).padStart(3, '0')}</name><memory>65536</memory><os><type>hvm</type></os>
          <devices><interface type='network'><source network='${network}'/></interface></devices></domain>`;
        await vivarium.call('domains.define', { uri: 'test:///default', xml });
      }
    });
    await page
      .getByRole('link', { name: /^vm-199/ })
      .first()
      .waitFor();
    const drawn = await page.evaluate(
      () =>
        new Promise<{ worstMs: number; meanMs: number }>((resolve) => {
          const area = document.querySelector<HTMLElement>('[aria-label="Picture of the connections"]');
          const handle = document.querySelector<HTMLElement>('[aria-label^="Card aa:bb:cc:dd:ee:ff"]');
          if (area === null || handle === null) throw new Error('nothing is drawn');
          const { left, top } = handle.getBoundingClientRect();
          const event = (type: string, x: number, y: number): void => {
            handle.dispatchEvent(
              new PointerEvent(type, {
                clientX: x,
                clientY: y,
                button: 0,
                pointerId: 1,
                bubbles: true,
                cancelable: true,
              }),
            );
          };
          handle.setPointerCapture = () => undefined;
          event('pointerdown', left + 8, top + 8);
          const times: number[] = [];
          let before = performance.now();
          const frame = (): void => {
            const now = performance.now();
            times.push(now - before);
            before = now;
            if (times.length > 60) {
              event('pointercancel', left, top);
              const rest = times.slice(1);
              resolve({ worstMs: Math.max(...rest), meanMs: rest.reduce((sum, each) => sum + each, 0) / rest.length });
              return;
            }
            event('pointermove', left - 3 * times.length, top + 2 * times.length);
            requestAnimationFrame(frame);
          };
          requestAnimationFrame(frame);
        }),
    );
    console.log(
      `dragging among 200 machines: ${drawn.meanMs.toFixed(1)} ms a frame, worst ${drawn.worstMs.toFixed(1)} ms`,
    );
    expect(drawn.meanMs).toBeLessThan(50);
    await button('Fit the picture').click();
    await expect
      .poll(async () => await picture().evaluate((area) => area.scrollWidth <= area.clientWidth + 1))
      .toBe(true);
    expect(await violations(page)).toEqual([]);
  });
});

test('nothing wrong was said on the way', () => {
  expect(errors).toEqual([]);
});
