import type { NetworkFinding } from '../../src-shared/model/network-summary.ts';
import type { Told } from '../../src-shared/words.ts';

/** A finding of a sentence, and of one that says what can be done. */
export function found(id: string, severity: NetworkFinding['severity'], message: Told, fix?: Told): NetworkFinding {
  return {
    ...{ id, severity, message: message.sentence, ...(fix === undefined ? {} : { fix: fix.sentence }) },
    words: { message: message.words, ...(fix === undefined ? {} : { fix: fix.words }) },
  };
}
