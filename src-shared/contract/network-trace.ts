/** Why one end reaches another, and repairing what is in the way. */
import * as z from 'zod';
import { parseAddress } from '../model/network-address.ts';
import type { Trace } from '../model/network-trace.ts';
import { uri, uuid } from './arguments.ts';
import { call } from './call.ts';

const address = z
  .string()
  .max(64)
  .refine((text) => parseAddress(text) !== undefined);

const end = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('machine'), uuid, mac: z.string().max(32).exactOptional() }),
  z.object({ kind: z.literal('network'), uuid }),
  z.object({ kind: z.literal('host') }),
  z.object({ kind: z.literal('internet'), address: address.exactOptional() }),
]);

const question = z.object({
  uri,
  from: end,
  to: end,
  port: z.object({ protocol: z.enum(['tcp', 'udp']), port: z.number().int().min(1).max(65_535) }).exactOptional(),
});

export const networkTraceCalls = {
  'networks.trace': call(question).returns<Trace>(),
  /** Does what the trace offers at a hop; it is looked at anew, and refused when it is not in the way any more. */
  'networks.trace-repair': call(z.object({ ...question.shape, hop: z.string().max(32) })).returns<void>(),
};
