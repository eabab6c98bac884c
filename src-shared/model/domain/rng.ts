import { attr, child, element, type ModelOf, text, union } from '../../xml/schema.ts';
import { oneOf, string, unsigned } from '../../xml/values.ts';
import { anyChardev } from './chardev.ts';
import { checkNamedHostEnd } from './chardev-check.ts';
import { deviceInfo, virtioDriverSchema, virtioModels } from './device-info.ts';

const { alias, acpi, address } = deviceInfo;

const backend = union(
  'backend',
  'model',
  { random: { value: text(string).optional() }, egd: anyChardev, builtin: {} },
  undefined,
  { check: (source) => (source.model === 'egd' ? checkNamedHostEnd(source) : undefined) },
);

/** A source of entropy for the guest. */
export const rngSchema = element('rng', {
  model: attr(oneOf(...virtioModels)),
  rate: child(element('rate', { bytes: attr(unsigned), period: attr(unsigned).optional() })).optional(),
  backend: child(backend),
  driver: child(virtioDriverSchema).optional(),
  alias,
  acpi,
  address,
});
export type Rng = ModelOf<typeof rngSchema>;
