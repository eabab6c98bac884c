import * as z from 'zod';
import type { ForwardedPort } from '../model/port-forward.ts';
import { maximumForwards, type NetworkForward, networkForwardSchema } from '../model/network-forwards.ts';
import { affects, domain, uri, uuid } from './arguments.ts';
import { call } from './call.ts';

const port = z.number().int().min(1).max(65_535);
const protocol = z.enum(['tcp', 'udp']);

export const forwardCalls = {
  /** Of a card on the user-mode network, in the running guest and in the definition; answers what there is then. */
  'domains.change-forwards': call(
    z.object({
      ...domain.shape,
      card: z.string().min(1).max(64).optional(),
      add: z
        .array(
          z.object({
            protocol,
            address: z.union([z.ipv4(), z.ipv6()]).exactOptional(),
            hostPort: port,
            guestPort: port,
          }),
        )
        .max(256),
      remove: z.array(z.object({ protocol, hostPort: port })).max(256),
    }),
  ).returns<readonly ForwardedPort[]>(),
  /** Of a virtual network, to its guests' addresses. */
  'networks.port-forwards': call(z.object({ uri, uuid })).returns<readonly NetworkForward[]>(),
  'networks.set-port-forwards': call(
    z.object({
      ...{ uri, uuid },
      ...affects.shape,
      forwards: z.array(networkForwardSchema).max(maximumForwards),
    }),
  ).returns<void>(),
};
