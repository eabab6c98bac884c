import { attr, element, type ModelOf } from '../../xml/schema.ts';
import { oneOf } from '../../xml/values.ts';
import { deviceInfo } from './device-info.ts';

const { alias, acpi, address } = deviceInfo;

/** How the guest tells that its kernel crashed. */
export const panicSchema = element('panic', {
  model: attr(oneOf('isa', 'pseries', 'hyperv', 's390', 'pvpanic')).optional(),
  alias,
  acpi,
  address,
});
export type Panic = ModelOf<typeof panicSchema>;
