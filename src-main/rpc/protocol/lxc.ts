/** The program of what only LXC has. */
import { uint } from '../xdr/scalars.ts';
import { domain } from './objects.ts';
import { call } from './procedure.ts';

export const lxcProcedures = {
  domainOpenNamespace: call(1, { dom: domain, flags: uint }),
};
