import { attr, child, element, type ModelOf } from '../../xml/schema.ts';
import { oneOf, onOff, unsigned } from '../../xml/values.ts';
import { deviceInfo, virtioDriverSchema } from './device-info.ts';

const { alias, acpi, address } = deviceInfo;

/** Memory taken from and given back to the running guest. */
export const memballoonSchema = element('memballoon', {
  model: attr(oneOf('virtio', 'xen', 'none', 'virtio-transitional', 'virtio-non-transitional')),
  autodeflate: attr(onOff).optional(),
  freePageReporting: attr(onOff).optional(),
  stats: child(element('stats', { period: attr(unsigned) })).optional(),
  alias,
  acpi,
  address,
  driver: child(virtioDriverSchema).optional(),
});
export type Memballoon = ModelOf<typeof memballoonSchema>;
