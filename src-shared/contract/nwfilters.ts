import { z } from 'zod';
import type { NwfilterBindingSummary, NwfilterSummary, NwfilterUser } from '../model/nwfilter-summary.ts';
import { uri, uuid, xml } from './arguments.ts';
import { call } from './call.ts';

const filter = z.object({ uri, uuid });
const binding = z.object({ uri, portDev: z.string().min(1).max(255) });

export const nwfilterCalls = {
  'nwfilters.list': call(z.object({ uri })).returns<readonly NwfilterSummary[]>(),
  'nwfilters.xml': call(filter).returns<string>(),
  'nwfilters.define': call(z.object({ uri, xml, author: z.string().max(64).optional() })).returns<NwfilterSummary>(),
  'nwfilters.undefine': call(filter).returns<void>(),
  /** The machines whose definitions name a filter, card by card. */
  'nwfilters.users': call(z.object({ uri })).returns<readonly NwfilterUser[]>(),
  'nwfilters.bindings': call(z.object({ uri })).returns<readonly NwfilterBindingSummary[]>(),
  'nwfilters.binding-xml': call(binding).returns<string>(),
  'nwfilters.create-binding': call(z.object({ uri, xml })).returns<NwfilterBindingSummary>(),
  'nwfilters.delete-binding': call(binding).returns<void>(),
};
