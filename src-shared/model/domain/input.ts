import { attr, child, element, type ModelOf } from '../../xml/schema.ts';
import { oneOf, onOff, string } from '../../xml/values.ts';
import { deviceInfo, virtioDriverSchema, virtioModels } from './device-info.ts';

const { alias, acpi, address } = deviceInfo;

/** A keyboard, mouse or tablet; `evdev` and `passthrough` hand over one of the host's. */
export const inputSchema = element('input', {
  type: attr(oneOf('mouse', 'tablet', 'keyboard', 'passthrough', 'evdev')),
  bus: attr(oneOf('ps2', 'usb', 'xen', 'parallels', 'virtio', 'none')).optional(),
  model: attr(oneOf(...virtioModels)).optional(),
  driver: child(virtioDriverSchema).optional(),
  source: child(
    element('source', {
      dev: attr(string).optional(),
      evdev: attr(string).optional(),
      grab: attr(oneOf('all')).optional(),
      grabToggle: attr(
        oneOf('ctrl-ctrl', 'alt-alt', 'shift-shift', 'meta-meta', 'scrolllock', 'ctrl-scrolllock'),
      ).optional(),
      repeat: attr(onOff).optional(),
    }),
  ).optional(),
  alias,
  acpi,
  address,
});
export type Input = ModelOf<typeof inputSchema>;
