import { attr, child, element, type ModelOf } from '../../xml/schema.ts';
import { oneOf, onOff, string, unsigned } from '../../xml/values.ts';
import { mebibytes } from '../size.ts';
import { deviceInfo } from './device-info.ts';

const { alias, acpi, address } = deviceInfo;

/** Memory shared between machines. */
export const shmemSchema = element('shmem', {
  name: attr(string),
  role: attr(oneOf('master', 'peer')).optional(),
  model: child(element('model', { type: attr(oneOf('ivshmem', 'ivshmem-plain', 'ivshmem-doorbell')) })).optional(),
  size: child(mebibytes('size')).optional(),
  server: child(element('server', { path: attr(string).optional() })).optional(),
  msi: child(element('msi', { vectors: attr(unsigned).optional(), ioeventfd: attr(onOff).optional() })).optional(),
  alias,
  acpi,
  address,
});
export type Shmem = ModelOf<typeof shmemSchema>;
