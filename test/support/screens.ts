/** Every screen of the window, by where it is and the heading it has in each language. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { goTo } from './page.ts';

export type Language = 'en' | 'de';

export interface Screen {
  readonly name: string;
  readonly path: string;
  /** `namespace:key` of its heading; undefined where that is a name. */
  readonly heading: string | undefined;
}

const networks = 'common:nav.networks';
const settings = 'common:nav.settings';

/** Screens that are there whatever is managed. */
export const screens: readonly Screen[] = [
  { name: 'the list', path: '/machines', heading: 'common:nav.machines' },
  { name: 'the page that makes a machine', path: '/create', heading: 'create:title' },
  { name: 'networks', path: '/networks', heading: networks },
  { name: 'the topology', path: '/networks/topology', heading: networks },
  { name: 'interfaces of the host', path: '/networks/interfaces', heading: networks },
  { name: 'network filters', path: '/networks/filters', heading: networks },
  { name: 'the page that makes a filter', path: '/networks/filters/new', heading: 'filters:new' },
  { name: 'changes to the host', path: '/networks/changes', heading: networks },
  { name: 'the page that makes a network', path: '/networks/new', heading: 'networks:new.title' },
  { name: 'storage', path: '/storage', heading: 'common:nav.storage' },
  { name: 'performance', path: '/performance', heading: 'common:nav.performance' },
  { name: 'hosts', path: '/hosts', heading: 'common:nav.hosts' },
  { name: 'the bin', path: '/bin', heading: 'storage:bin.title' },
  ...['appearance', 'machines', 'console', 'clients', 'shortcuts', 'about'].map((each) => ({
    name: `preferences, ${each}`,
    path: `/settings/${each}`,
    heading: settings,
  })),
];

const tabs = ['overview', 'console', 'hardware', 'snapshots', 'performance', 'log', 'xml'] as const;

/** The pages of one machine, and of one network. */
export const screensOf = (uri: string, machine: string, network: string): readonly Screen[] => [
  ...tabs.map((tab) => ({
    name: `a machine, ${tab}`,
    path: `/machine/${encodeURIComponent(uri)}/${machine}/${tab}`,
    heading: undefined,
  })),
  { name: 'a network', path: `/networks/${network}`, heading: undefined },
];

const folder = new URL('../../src-renderer/locales/', import.meta.url);

/** All texts of a language, by `namespace:key`. */
export function textsOf(language: Language): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const add = (path: string, value: unknown): void => {
    if (typeof value === 'string') texts.set(path, value);
    else
      for (const [key, inner] of Object.entries(value as object))
        add(`${path}${path.endsWith(':') ? '' : '.'}${key}`, inner);
  };
  for (const file of readdirSync(new URL(`${language}/`, folder))) {
    add(`${file.replace('.json', '')}:`, JSON.parse(readFileSync(new URL(`${language}/${file}`, folder), 'utf8')));
  }
  return texts;
}

/** Shows a screen and waits until it is there whole. */
export async function show(page: Page, { path, heading }: Screen, texts: ReadonlyMap<string, string>): Promise<void> {
  await goTo(page, path);
  const name = heading === undefined ? undefined : texts.get(heading);
  if (heading !== undefined && name === undefined) throw new Error(`there is no text ${heading}`);
  await page
    .getByRole('heading', name === undefined ? { level: 1 } : { name })
    .first()
    .waitFor();
  await page.waitForFunction(() => document.querySelector('main [aria-busy="true"]') === null);
  // What is laid out after that is there two frames later.
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
      }),
  );
}
