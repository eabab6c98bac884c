/** Questions on the way to a host. */
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';

export function promptHandlers({ prompts }: Services): HandlerSet {
  return {
    'prompts.serve': ({ on }, client) => {
      client.onDisconnect('prompts', on ? prompts.serve() : undefined);
      return prompts.list();
    },
    'prompts.ask': async ({ asking, ...question }) => await prompts.ask(question, asking),
    'prompts.answer': ({ id, answer }) => {
      prompts.answer(id, answer);
    },
  };
}
