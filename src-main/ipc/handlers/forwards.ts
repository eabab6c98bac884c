/** Ports of the host that lead to guests. */
import { changePortForwards } from '../../engine/port-forwards.ts';
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';

export function forwardHandlers({ engine }: Services): HandlerSet {
  return {
    'domains.change-forwards': async ({ uri, uuid, card, add, remove }) =>
      await changePortForwards((await engine.open(uri)).domains, uuid, card, { add, remove }),
  };
}
