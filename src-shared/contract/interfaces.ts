/** Network interfaces of a connection's host. */
import * as z from 'zod';
import type {
  ConfigurationKeeper,
  InterfacePlan,
  InterfaceSummary,
  PendingChange,
} from '../model/interface-summary.ts';
import { name, uri, xml } from './arguments.ts';
import { call } from './call.ts';

const one = z.object({ uri, name });
const bridge = z.object({
  uri,
  device: name,
  bridge: name,
  stp: z.boolean().optional(),
  delaySeconds: z.number().int().min(0).max(30).optional(),
});
const confirmSeconds = z.number().int().min(5).max(600).optional();

export const interfaceCalls = {
  'interfaces.list': call(z.object({ uri })).returns<readonly InterfaceSummary[]>(),
  'interfaces.xml': call(z.object({ ...one.shape, inactive: z.boolean().optional() })).returns<string>(),
  'interfaces.define': call(z.object({ uri, xml })).returns<InterfaceSummary>(),
  'interfaces.undefine': call(one).returns<void>(),
  'interfaces.create': call(one).returns<void>(),
  'interfaces.destroy': call(one).returns<void>(),
  'interfaces.begin': call(z.object({ uri })).returns<void>(),
  /** Keeps the change that stands. */
  'interfaces.commit': call(z.object({ uri })).returns<void>(),
  'interfaces.rollback': call(z.object({ uri })).returns<void>(),
  /** Who keeps the host's configuration; absent where bridges can't be made. */
  'interfaces.keeper': call(z.object({ uri })).returns<ConfigurationKeeper | undefined>(),
  /** The change that stands, and until when. */
  'interfaces.pending': call(z.object({ uri })).returns<PendingChange | undefined>(),
  'interfaces.plan-bridge': call(bridge).returns<InterfacePlan>(),
  'interfaces.bridge': call(z.object({ ...bridge.shape, confirmSeconds })).returns<PendingChange | undefined>(),
  'interfaces.plan-unbridge': call(z.object({ uri, bridge: name })).returns<InterfacePlan>(),
  'interfaces.unbridge': call(z.object({ uri, bridge: name, confirmSeconds })).returns<PendingChange | undefined>(),
};
