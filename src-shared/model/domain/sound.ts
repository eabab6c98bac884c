import { attr, child, children, element, type ModelOf } from '../../xml/schema.ts';
import { oneOf, onOff, unsigned, yesNo } from '../../xml/values.ts';
import { deviceInfo, virtioOptions } from './device-info.ts';

const { alias, acpi, address } = deviceInfo;

/** A sound card; `audio` names the host backend that plays it. */
export const soundSchema = element('sound', {
  model: attr(oneOf('sb16', 'es1370', 'pcspk', 'ac97', 'ich6', 'ich9', 'usb', 'ich7', 'virtio')),
  multichannel: attr(yesNo).optional(),
  streams: attr(unsigned).optional(),
  codec: children(element('codec', { type: attr(oneOf('duplex', 'micro', 'output')) })),
  audio: child(element('audio', { id: attr(unsigned) })).optional(),
  driver: child(element('driver', { ...virtioOptions, packed: attr(onOff).optional() })).optional(),
  alias,
  acpi,
  address,
});
export type Sound = ModelOf<typeof soundSchema>;
