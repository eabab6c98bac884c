/** The window in German: no screen shows a text of the English locale, or a sentence of the engine in English. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostWords } from '../../src-shared/host-words.ts';
import { ask } from '../support/ask.ts';
import { launchOn, type OpenedApp } from '../support/launch-on.ts';
import { goTo } from '../support/page.ts';
import { screens, screensOf, show, textsOf } from '../support/screens.ts';

const uri = 'test:///default';
const texts = textsOf('de');
let opened: OpenedApp;
let page: Page;

beforeAll(async () => {
  opened = await launchOn(uri, { language: 'de' });
  ({ page } = opened);
  page.setDefaultTimeout(15_000);
  await page.getByRole('row').nth(1).waitFor();
});
afterAll(async () => {
  await opened.close();
});

/** Whatever a person can read or is told of: text, names, hints. */
async function visibleTexts(): Promise<readonly string[]> {
  return await page.evaluate(() => {
    const found = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const { parentElement, nodeValue } = node;
      if (parentElement?.closest('script, style, pre, code, .cm-editor') !== null) continue;
      if (parentElement.checkVisibility()) found.add((nodeValue ?? '').trim());
    }
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
      for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
        found.add(element.getAttribute(name)?.trim() ?? '');
    }
    found.delete('');
    return [...found];
  });
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
/** Matches what a text says, whatever is put into its places. */
const patternOf = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split(/\{\{[^}]*\}\}/)
      .map(escaped)
      .join('.+')}$`,
    'su',
  );

/** English texts that are not German too (`Name`, `NAT`), and long enough to be words. */
function englishPatterns(): readonly RegExp[] {
  const german = new Set(texts.values());
  const locale = [...textsOf('en').values()].filter((text) => !german.has(text));
  const folder = new URL('../../src-shared/locales/de/', import.meta.url);
  const engine = readdirSync(folder).flatMap((file) => {
    const sentences = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Record<string, string>;
    return Object.entries(sentences).flatMap(([english, said]) => (english === said ? [] : [english]));
  });
  const isWord = (text: string): boolean => /\p{L}{3}/u.test(text.replaceAll(/\{\{[^}]*\}\}/g, ''));
  return [...locale, ...engine, ...Object.values(hostWords)].filter(isWord).map(patternOf);
}

const english = englishPatterns();
/** Names of the test connection's own things are the same in every language. */
const names = new Set(['default', 'test', 'default-pool', 'eth1']);

async function inEnglish(): Promise<readonly string[]> {
  const shown = await visibleTexts();
  const isGerman = [...texts.values()].map(patternOf);
  return shown.filter(
    (text) =>
      !names.has(text) &&
      english.some((pattern) => pattern.test(text)) &&
      !isGerman.some((pattern) => pattern.source !== '^.+$' && pattern.test(text)),
  );
}

describe('in German', () => {
  test('no screen says anything in English', async () => {
    const [machine] = await ask(page, 'domains.list', { uri });
    const [network] = await ask(page, 'networks.list', { uri });
    if (machine === undefined || network === undefined) throw new Error('there is nothing to be shown');
    const found: Record<string, readonly string[]> = {};
    for (const screen of [...screens, ...screensOf(uri, machine.uuid, network.uuid)]) {
      await show(page, screen, texts);
      const left = await inEnglish();
      if (left.length > 0) found[screen.name] = left;
    }
    expect(found).toEqual({});
  });

  test('checks of the host are German, with what they found', async () => {
    await goTo(page, '/hosts');
    const checks = await ask(page, 'app.checks', {});
    // A path is the same in every language.
    const plain = checks.filter(({ words, found }) => words?.found === undefined && !found.startsWith('/'));
    expect(plain).toEqual([]);
    await page.getByText(/^[\d.]+ GiB frei in \//).waitFor({ state: 'attached' });
  });

  test('an error of the engine is German, its raw details as they are', async () => {
    const [network] = await ask(page, 'networks.list', { uri });
    if (network === undefined) throw new Error('there is no network');
    await goTo(page, '/networks');
    await page.getByRole('button', { name: 'default anhalten' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    // Somebody else is faster.
    await ask(page, 'networks.destroy', { uri, uuid: network.uuid });
    await dialog.getByRole('button', { name: 'Anhalten', exact: true }).click();
    await page.getByText('Das Netzwerk „default“ läuft nicht').first().waitFor();
    expect(await inEnglish()).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });
});

test('in English, the same search finds what it looks for', async () => {
  await ask(page, 'settings.set', { language: 'en' });
  await goTo(page, '/hosts');
  await page.getByRole('heading', { name: 'Hosts' }).waitFor();
  expect((await inEnglish()).length).toBeGreaterThan(10);
});

test('nothing wrong was said on the way', () => {
  expect(opened.errors).toEqual([]);
});
