/** What the engine says, in the language of the window. */
import type { ErrorData } from '../../src-shared/errors.ts';
import type { Words } from '../../src-shared/words.ts';
import { sentenceOf } from './i18n.ts';

/** `sentence` is the same in English, and all there is of what somebody else said. */
export const hostText = (sentence: string, words: Words | undefined): string =>
  words === undefined ? sentence : sentenceOf(words, sentence);

/** An error as it is shown; its raw details are the same in every language. */
export function errorText({ words, ...error }: ErrorData): ErrorData {
  return {
    ...error,
    message: hostText(error.message, words?.message),
    ...(error.cause === undefined ? {} : { cause: hostText(error.cause, words?.cause) }),
    ...(error.fix === undefined ? {} : { fix: hostText(error.fix, words?.fix) }),
  };
}
