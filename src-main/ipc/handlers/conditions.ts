/** What the cables of machines are made to be like. */
import { need } from '../../engine/driver.ts';
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';
import { given } from './given.ts';

export function conditionHandlers({ engine }: Services): HandlerSet {
  return {
    'domains.link-conditions': async ({ uri, uuid }) =>
      await need((await engine.open(uri)).domains, 'linkConditions')(uuid),
    'domains.set-link-conditions': async ({ uri, uuid, card, conditions, affects }) => {
      await need((await engine.open(uri)).domains, 'setLinkConditions')(uuid, card, conditions, given(affects));
    },
  };
}
