import { attr, child, element, type ModelOf } from '../../xml/schema.ts';
import { onOff, string, unsigned, yesNo } from '../../xml/values.ts';
import { addressSchema } from './address.ts';

export const aliasSchema = element('alias', { name: attr(string) });

const boot = element('boot', { order: attr(unsigned), loadparm: attr(string).optional() });

const rom = element('rom', {
  enabled: attr(yesNo).optional(),
  bar: attr(onOff).optional(),
  file: attr(string).optional(),
});

/** The parts nearly every device ends with: its name, its place, and how firmware treats it. */
export const deviceInfo = {
  boot: child(boot).optional().describe('The place of this device in the boot order, counted from 1.'),
  alias: child(aliasSchema)
    .optional()
    .describe('The name the running machine knows this device by; own names start with ua-.'),
  rom: child(rom)
    .optional()
    .describe("The device's option ROM: whether it is shown to the guest, or a file to use instead."),
  acpi: child(element('acpi', { index: attr(unsigned) }))
    .optional()
    .describe('A number the guest derives a stable name from.'),
  address: child(addressSchema).optional().describe("Where the device sits on the guest's buses; chosen when absent."),
};

/** Switches every virtio device has, as attributes of its `<driver>`. */
export const virtioOptions = {
  iommu: attr(onOff).optional(),
  ats: attr(onOff).optional(),
  packed: attr(onOff).optional(),
  page_per_vq: attr(onOff).optional(),
};

/** The `<driver>` of a virtio device that has no other settings. */
export const virtioDriverSchema = element('driver', virtioOptions);

/** The words of `model` for devices that exist as virtio only. */
export const virtioModels = ['virtio', 'virtio-transitional', 'virtio-non-transitional'] as const;

/** Whether and how long to try again when the other end of a socket goes away. */
export const reconnectSchema = element(
  'reconnect',
  { enabled: attr(yesNo), timeout: attr(unsigned).optional() },
  { check: ({ enabled, timeout }) => (enabled && timeout === undefined ? 'Reconnecting needs a timeout.' : undefined) },
);
export type Reconnect = ModelOf<typeof reconnectSchema>;
