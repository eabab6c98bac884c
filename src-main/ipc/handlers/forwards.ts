/** Ports of the host that lead to guests. */
import { need } from '../../engine/driver.ts';
import { changePortForwards } from '../../engine/port-forwards.ts';
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';
import { given } from './given.ts';

export function forwardHandlers({ engine }: Services): HandlerSet {
  return {
    'domains.change-forwards': async ({ uri, uuid, card, add, remove }) =>
      await changePortForwards((await engine.open(uri)).domains, uuid, card, { add, remove }),
    'networks.port-forwards': async ({ uri, uuid }) =>
      await need((await engine.open(uri)).networks, 'portForwards')(uuid),
    'networks.set-port-forwards': async ({ uri, uuid, forwards, ...affects }) => {
      await need((await engine.open(uri)).networks, 'setPortForwards')(uuid, forwards, given(affects));
    },
  };
}
