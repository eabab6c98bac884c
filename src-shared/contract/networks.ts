import { z } from 'zod';
import { networkSections } from '../model/network-update.ts';
import type { NetworkLease, NetworkPlan, NetworkPortSummary, NetworkSummary } from '../model/network-summary.ts';
import { affects, uri, uuid, xml } from './arguments.ts';
import { call } from './call.ts';

const network = z.object({ uri, uuid });

export const networkCalls = {
  'networks.list': call(z.object({ uri })).returns<readonly NetworkSummary[]>(),
  'networks.xml': call(z.object({ ...network.shape, inactive: z.boolean().optional() })).returns<string>(),
  'networks.define': call(z.object({ uri, xml, author: z.string().max(64).optional() })).returns<NetworkSummary>(),
  'networks.create-xml': call(z.object({ uri, xml })).returns<NetworkSummary>(),
  'networks.undefine': call(network).returns<void>(),
  /** What starting it would change on the host; nothing is changed. */
  'networks.plan': call(network).returns<NetworkPlan>(),
  'networks.start': call(network).returns<void>(),
  'networks.destroy': call(network).returns<void>(),
  'networks.set-autostart': call(z.object({ ...network.shape, autostart: z.boolean() })).returns<void>(),
  'networks.update': call(
    z.object({
      ...network.shape,
      ...affects.shape,
      command: z.enum(['modify', 'delete', 'add-last', 'add-first']),
      section: z.enum(networkSections),
      parentIndex: z.number().int().min(-1).max(1024).optional(),
      xml,
    }),
  ).returns<void>(),
  /** The machines that are plugged in. */
  'networks.ports': call(network).returns<readonly NetworkPortSummary[]>(),
  'networks.port-xml': call(z.object({ ...network.shape, port: z.uuid() })).returns<string>(),
  'networks.delete-port': call(z.object({ ...network.shape, port: z.uuid() })).returns<void>(),
  'networks.leases': call(z.object({ ...network.shape, mac: z.string().max(32).optional() })).returns<
    readonly NetworkLease[]
  >(),
};
