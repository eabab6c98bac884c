import * as z from 'zod';
import { type CardConditions, linkConditionsSchema } from '../model/link-conditions.ts';
import { affects, domain } from './arguments.ts';
import { call } from './call.ts';

export const conditionCalls = {
  /** What each card's cable is made to be like. */
  'domains.link-conditions': call(domain).returns<readonly CardConditions[]>(),
  /** Left out: the cable is as good as it is. */
  'domains.set-link-conditions': call(
    z.object({
      ...domain.shape,
      card: z.string().min(1).max(64),
      conditions: linkConditionsSchema.optional(),
      affects,
    }),
  ).returns<void>(),
};
