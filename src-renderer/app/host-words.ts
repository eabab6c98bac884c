/** What the engine says about the host, in the language of the window. */
import type { Words } from '../../src-shared/words.ts';
import { textOf } from './i18n.ts';

/** `sentence` is the same in English, for what has no key. */
export const hostText = (sentence: string, words: Words | undefined): string =>
  words === undefined ? sentence : textOf(`host:${words.key}`, sentence, words.values);
