/**
 * What the engine says to people: sentences that come with what they are made of, so that a window can say the same in
 * its language. Nobody takes an English sentence apart for that.
 *
 * A sentence is either one of a table (`host-words.ts`), known by its key, or written where it is said with `say`, and
 * then its own key, with `{{0}}`, `{{1}}` … in the places of its values, as in gettext.
 */

/** A sentence by its key, for whoever says it in another language. A value that is a sentence itself is one here too. */
export interface Words {
  readonly key: string;
  readonly values?: Readonly<Record<string, string | Words>>;
}

/** A sentence in English, and what it is made of. */
export interface Told {
  readonly sentence: string;
  readonly words: Words;
}

/** Something said. Plain text is somebody else's (a program's, a kernel's, a daemon's) and the same in every language. */
export type Sentence = string | Told;

type Value = Sentence | number | undefined;

/** A sentence: ``say`There is no job '${id}'.` ``. */
export function say(texts: TemplateStringsArray, ...given: readonly Value[]): Told {
  const key = texts.reduce((start, text, index) => `${start}{{${index - 1}}}${text}`);
  const values = Object.fromEntries(given.map((value, index) => [String(index), wordsOf(value)]));
  return {
    sentence: texts.reduce((start, text, index) => `${start}${textOf(given[index - 1])}${text}`),
    words: given.length === 0 ? { key } : { key, values },
  };
}

/** Several sentences, one after another. */
export function together(...sentences: readonly (Sentence | undefined)[]): Sentence | undefined {
  return sentences
    .filter((sentence) => sentence !== undefined && sentence !== '')
    .reduce<Sentence | undefined>(
      (start, next) => (start === undefined ? next : say`${start} ${next ?? ''}`),
      undefined,
    );
}

/** What is said, in English. */
export const textOf = (said: Value): string => (typeof said === 'object' ? said.sentence : String(said));

const wordsOf = (said: Value): string | Words => (typeof said === 'object' ? said.words : String(said));
