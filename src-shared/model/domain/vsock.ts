import { attr, child, element, type ModelOf } from '../../xml/schema.ts';
import { oneOf, unsigned, yesNo } from '../../xml/values.ts';
import { deviceInfo, virtioDriverSchema, virtioModels } from './device-info.ts';

const { alias, acpi, address } = deviceInfo;

/** Sockets between host and guest that need no network. */
export const vsockSchema = element('vsock', {
  model: attr(oneOf(...virtioModels)).optional(),
  cid: child(element('cid', { auto: attr(yesNo).optional(), address: attr(unsigned).optional() })).optional(),
  alias,
  acpi,
  address,
  driver: child(virtioDriverSchema).optional(),
});
export type Vsock = ModelOf<typeof vsockSchema>;
