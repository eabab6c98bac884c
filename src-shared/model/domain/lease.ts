import { attr, child, childText, element, type ModelOf } from '../../xml/schema.ts';
import { string, unsigned } from '../../xml/values.ts';

/** A lock that must be held on shared storage while the machine runs. */
export const leaseSchema = element('lease', {
  lockspace: childText('lockspace', string).optional(),
  key: childText('key', string).optional(),
  target: child(element('target', { path: attr(string), offset: attr(unsigned).optional() })).optional(),
});
export type Lease = ModelOf<typeof leaseSchema>;
