/**
 * What is asked of the side that executes: what is wanted, never how. It looks at the host and plans by itself, so that a
 * caller has no say in what is written or run.
 */
import * as z from 'zod';
import { linkPattern } from './actions.ts';

const link = z
  .string()
  .regex(linkPattern)
  .refine((name) => !name.includes('..'));
const confirmSeconds = z.number().int().min(5).max(600).exactOptional();

const request = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('define'), xml: z.string().max(65_536) }),
  z.object({ verb: z.literal('undefine'), name: link }),
  z.object({ verb: z.literal('create'), name: link }),
  z.object({ verb: z.literal('destroy'), name: link }),
  z.object({ verb: z.literal('begin') }),
  z.object({ verb: z.literal('commit') }),
  z.object({ verb: z.literal('rollback') }),
  z.object({
    verb: z.literal('bridge'),
    device: link,
    bridge: link,
    stp: z.boolean().exactOptional(),
    delaySeconds: z.number().int().min(0).max(30).exactOptional(),
    confirmSeconds,
  }),
  z.object({ verb: z.literal('unbridge'), bridge: link, confirmSeconds }),
]);
export type InterfaceRequest = z.infer<typeof request>;

/** @throws when it is none of ours. */
export const checkRequest = (value: unknown): InterfaceRequest => request.parse(value);
