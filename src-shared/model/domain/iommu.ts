import { attr, child, element, type ModelOf } from '../../xml/schema.ts';
import { oneOf, onOff, unsigned } from '../../xml/values.ts';
import { deviceInfo } from './device-info.ts';

const { alias, acpi, address } = deviceInfo;

export const iommuSchema = element('iommu', {
  model: attr(oneOf('intel', 'smmuv3', 'virtio', 'amd')),
  driver: child(
    element('driver', {
      intremap: attr(onOff).optional(),
      caching_mode: attr(onOff).optional(),
      eim: attr(onOff).optional(),
      iotlb: attr(onOff).optional(),
      aw_bits: attr(unsigned).optional(),
      dma_translation: attr(onOff).optional(),
      xtsup: attr(onOff).optional(),
      pt: attr(onOff).optional(),
    }),
  ).optional(),
  alias,
  acpi,
  address,
});
export type Iommu = ModelOf<typeof iommuSchema>;
