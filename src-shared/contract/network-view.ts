/** What the networks screen asks besides the networks themselves. */
import * as z from 'zod';
import type { HostChange, HostDevice, NetworkCard } from '../model/network-view.ts';
import type { HostNames } from '../model/network-host-names.ts';
import type { NetworkPlan, NetworkZone } from '../model/network-summary.ts';
import { affects, uri, uuid, xml } from './arguments.ts';
import { call } from './call.ts';

export const networkViewCalls = {
  /** What starting a network would change that is not stored yet, and what stands in its way. */
  'networks.plan-xml': call(z.object({ uri, xml })).returns<NetworkPlan>(),
  /** The cards of all machines, or of those named. */
  'networks.cards': call(z.object({ uri, machines: z.array(uuid).max(10_000).optional() })).returns<
    readonly NetworkCard[]
  >(),
  'networks.host-devices': call(z.object({ uri })).returns<readonly HostDevice[]>(),
  /** What is changed on the host at present, newest first. */
  'networks.host-changes': call(z.object({ uri })).returns<readonly HostChange[]>(),
  /** Of one owner, or all of them; answers what could not be undone. */
  'networks.undo-changes': call(z.object({ uri, owner: z.string().max(256).optional() })).returns<readonly string[]>(),
  /** What guests are called on the host, and whether it finds them by that; undefined where nobody can tell. */
  'networks.host-names': call(z.object({ uri, uuid })).returns<HostNames | undefined>(),
  'networks.set-host-names': call(z.object({ uri, uuid, wanted: z.boolean(), ...affects.shape })).returns<void>(),
  /** firewalld's zone of a network, and why it is that one. */
  'networks.zone': call(z.object({ uri, uuid })).returns<NetworkZone | undefined>(),
};
