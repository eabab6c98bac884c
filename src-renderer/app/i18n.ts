/**
 * Text in the language of the window. English is the source and the fallback; a namespace is a file in each language's
 * folder. What the first screen needs comes with the program, the rest with the screen that needs it.
 */
import i18next, { type TFunction } from 'i18next';
import type { Settings } from '../../src-shared/contract/app.ts';
import type { Words } from '../../src-shared/words.ts';
import common from '../locales/en/common.json';
import machines from '../locales/en/machines.json';
import { nameKeys } from '../components/key-names.ts';
import { setFormatLanguage } from './format.ts';
import type {} from './i18n-types.ts';

/**
 * The text of a key, `namespace:key` or a key of `common`. Ask while rendering: when the language changes, everything is
 * rendered anew.
 */
export const t: TFunction<
  [
    'common',
    'cable',
    'console',
    'create',
    'filters',
    'hosts',
    'interfaces',
    'machine',
    'machines',
    'networks',
    'performance',
    'settings',
    'snapshots',
    'storage',
    'trace',
  ]
> = i18next.t;

const languages = ['en', 'de'] as const;
type Language = (typeof languages)[number];

const files = import.meta.glob<Record<string, unknown>>(['../locales/*/*.json', '../../src-shared/locales/*/*.json'], {
  import: 'default',
});
const firstNamespaces = ['common', 'machines'];
/** What the engine says. It comes in English, so that only other languages have these; an error can come at any time. */
const engineNamespaces = ['host', 'engine', 'engine-network', 'engine-storage', 'engine-qemu'];
const loaded = new Set([...firstNamespaces, ...engineNamespaces]);

export function resolveLanguage(wish: Settings['language'], system: readonly string[]): Language {
  if (wish !== 'system') return wish;
  const found = system.map((tag) => tag.slice(0, 2)).find((tag) => languages.some((language) => language === tag));
  return languages.find((language) => language === found) ?? 'en';
}

async function load(language: Language, namespace: string): Promise<void> {
  if (i18next.hasResourceBundle(language, namespace)) return;
  const place = `locales/${language}/${namespace}.json`;
  const file = files[`../${place}`] ?? files[`../../src-shared/${place}`];
  if (file !== undefined) i18next.addResourceBundle(language, namespace, await file());
}

/** Starts with English at hand, so that nothing waits for it; another language is awaited. */
export async function startI18n(wish: Settings['language']): Promise<void> {
  const language = resolveLanguage(wish, navigator.languages);
  await i18next.init({
    lng: language,
    fallbackLng: 'en',
    ns: firstNamespaces,
    defaultNS: 'common',
    resources: { en: { common, machines } },
    partialBundledLanguages: true,
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  await setLanguage(language);
}

/** The language there is, or that is on its way: a screen that opens meanwhile loads its text in it too. */
let wanted: Language = 'en';

async function setLanguage(language: Language): Promise<void> {
  wanted = language;
  if (language !== 'en') await Promise.all([...loaded].map((namespace) => load(language, namespace)));
  setFormatLanguage(language);
  document.documentElement.lang = language;
  if (i18next.language !== language) await i18next.changeLanguage(language);
  nameKeys(i18next.getResource(language, 'common', 'keyNames') as Readonly<Record<string, string>>);
}

export async function changeLanguage(wish: Settings['language']): Promise<void> {
  await setLanguage(resolveLanguage(wish, navigator.languages));
}

/** A screen's own text, before the screen is shown. */
export async function loadNamespaces(...namespaces: readonly string[]): Promise<void> {
  const spoken = wanted === 'en' ? (['en'] as const) : (['en', wanted] as const);
  for (const namespace of namespaces) loaded.add(namespace);
  await Promise.all(namespaces.flatMap((namespace) => spoken.map((language) => load(language, namespace))));
}

/** Text for a key that only the engine knows (a job's kind, a check's id), or `fallback` when there is none. */
export function textOf(key: string, fallback: string, values: Readonly<Record<string, unknown>> = {}): string {
  const untyped = i18next.t as (key: string, options: Readonly<Record<string, unknown>>) => string;
  return untyped(key, { ...values, defaultValue: fallback });
}

/** A sentence of the engine; `english` is what it says itself. */
export function sentenceOf({ key, values = {} }: Words, english: string): string {
  if (i18next.language === 'en') return english;
  const said = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : sentenceOf(value, value.key),
  ]);
  const untyped = i18next.t as (key: string, options: Readonly<Record<string, unknown>>) => string;
  // Sentences are keys as they are, with their dots and colons.
  const asWritten = { ns: engineNamespaces, nsSeparator: false, keySeparator: false };
  return untyped(key, { ...Object.fromEntries(said), ...asWritten, defaultValue: english });
}
