/** What the engine says, in German, for what the main process itself shows; read when it is first needed. */
import { type Sentence, textOf, translated } from '../../src-shared/words.ts';
import type { Language } from './labels.ts';

let german: Promise<Readonly<Record<string, string>>> | undefined;

const readGerman = async (): Promise<Readonly<Record<string, string>>> => {
  const files = await Promise.all([
    import('../../src-shared/locales/de/engine.json'),
    import('../../src-shared/locales/de/engine-network.json'),
    import('../../src-shared/locales/de/engine-qemu.json'),
    import('../../src-shared/locales/de/engine-storage.json'),
  ]);
  return Object.assign({}, ...files.map((file) => file.default)) as Readonly<Record<string, string>>;
};

export async function sentenceIn(language: Language, said: Sentence): Promise<string> {
  if (language === 'en' || typeof said === 'string') return textOf(said);
  german ??= readGerman();
  return translated(said, await german);
}
