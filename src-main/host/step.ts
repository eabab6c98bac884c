/** A change of the host as data, with its inverse. */
import type { Words } from '../../src-shared/words.ts';

/** `A` is the machine form: a union of typed verbs, never a command line. */
export interface Step<A> {
  /** For people, in the present tense: "Create the bridge virbr0." */
  readonly sentence: string;
  /** The sentence by its key, for windows in other languages. */
  readonly words?: Words;
  readonly action: A;
  /** Absent for what goes away together with an earlier step of the list. */
  readonly inverse?: Undo<A>;
  /**
   * Names what several lists may need at the same time, such as IP forwarding. It is done once, and undone when the last
   * one that needs it is.
   */
  readonly shared?: string;
  /** Leaves something that is still there when the host has been started again: a file. The rest ends with the kernel. */
  readonly lasting?: true;
}

export interface Undo<A> {
  readonly sentence: string;
  readonly words?: Words;
  readonly action: A;
}
