import { attr, child, element, type ModelOf } from '../../xml/schema.ts';
import { oneOf, unsigned } from '../../xml/values.ts';
import { deviceInfo, virtioDriverSchema } from './device-info.ts';

const { alias, acpi, address } = deviceInfo;

/** A crypto accelerator (libvirt 9.1 and later). */
export const cryptoSchema = element('crypto', {
  model: attr(oneOf('virtio')),
  type: attr(oneOf('qemu')),
  backend: child(element('backend', { model: attr(oneOf('builtin', 'lkcf')), queues: attr(unsigned).optional() })),
  driver: child(virtioDriverSchema).optional(),
  alias,
  acpi,
  address,
});
export type Crypto = ModelOf<typeof cryptoSchema>;
