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

/** The key of a sentence whose parts between its values are `texts`. */
export const keyOf = (texts: readonly string[]): string =>
  texts.reduce((start, text, index) => `${start}{{${index - 1}}}${text}`);

type Value = Sentence | number | undefined;

/** A sentence: ``say`There is no job '${id}'.` ``. */
export function say(texts: TemplateStringsArray, ...given: readonly Value[]): Told {
  const key = keyOf(texts);
  const values = Object.fromEntries(given.map((value, index) => [String(index), wordsOf(value)]));
  return {
    sentence: texts.reduce((start, text, index) => `${start}${textOf(given[index - 1])}${text}`),
    words: given.length === 0 ? { key } : { key, values },
  };
}

/** What is said in parts, as it crosses a boundary: in English, and beside that what the sentences are made of. */
export function crossing<Part extends string>(
  parts: Readonly<Partial<Record<Part, Sentence | undefined>>>,
): { readonly [P in Part]?: string } & { readonly words?: Readonly<Partial<Record<Part, Words>>> } {
  const said = Object.entries<Sentence | undefined>(parts).filter(isSaid);
  const told = said.flatMap(([part, sentence]) => (typeof sentence === 'object' ? [[part, sentence.words]] : []));
  const texts = Object.fromEntries(said.map(([part, sentence]) => [part, textOf(sentence)]));
  return { ...(texts as { [P in Part]?: string }), ...(told.length === 0 ? {} : { words: Object.fromEntries(told) }) };
}

const isSaid = (part: readonly [string, Sentence | undefined]): part is [string, Sentence] => part[1] !== undefined;

/** The same in another language, from a dictionary of it by key; English where that has no entry. */
export function translated(said: Sentence, dictionary: Readonly<Record<string, string>>): string {
  if (typeof said === 'string') return said;
  const text = dictionary[said.words.key];
  return text === undefined ? said.sentence : filled(text, said.words.values ?? {}, dictionary);
}

function filled(
  text: string,
  values: NonNullable<Words['values']>,
  dictionary: Readonly<Record<string, string>>,
): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name] ?? '';
    if (typeof value === 'string') return value;
    return filled(dictionary[value.key] ?? value.key, value.values ?? {}, dictionary);
  });
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
