/** Questions on the way to a host, answered by whoever has the user's attention. */
import * as z from 'zod';
import { call } from './call.ts';
import { name } from './arguments.ts';

/** The environment variable that says on whose behalf a program asks. */
export const askingVariable = 'VIVARIUM_ASKPASS_FOR';

export interface PromptInfo {
  readonly id: string;
  /** The words of the program that asks, which may have them from the other host: never to be interpreted. */
  readonly text: string;
  /** What is typed is hidden; or only a yes or a no is wanted, as `yes` and `no`. */
  readonly kind: 'secret' | 'text' | 'confirm';
}

export const promptCalls = {
  /** The client puts questions to the user from now on, and is told of them as `prompts` events. */
  'prompts.serve': call(z.object({ on: z.boolean() })).returns<readonly PromptInfo[]>(),
  /** Waits for the user; undefined when the user declines or nobody can be asked. */
  'prompts.ask': call(
    z.object({
      text: z.string().max(4096),
      kind: z.enum(['secret', 'text', 'confirm']),
      /** On whose behalf, as the engine has told the program that asks. */
      asking: z.string().max(64).optional(),
    }),
  ).returns<string | undefined>(),
  /** Without an answer, the question is declined. */
  'prompts.answer': call(z.object({ id: name, answer: z.string().max(4096).optional() })).returns<void>(),
};
