import { attr, child, element, type ModelOf } from '../../xml/schema.ts';
import { oneOf, onOff, string, unsigned, yesNo } from '../../xml/values.ts';
import { deviceInfo, virtioOptions } from './device-info.ts';

const { alias, acpi, address } = deviceInfo;

/** Sizes are in KiB. */
const model = element('model', {
  type: attr(
    oneOf(
      ...(['default', 'vga', 'cirrus', 'vmvga', 'xen', 'vbox', 'qxl'] as const),
      ...(['parallels', 'virtio', 'gop', 'none', 'bochs', 'ramfb'] as const),
    ),
  ).optional(),
  ram: attr(unsigned).optional(),
  vram: attr(unsigned).optional(),
  vram64: attr(unsigned).optional(),
  vgamem: attr(unsigned).optional(),
  heads: attr(unsigned).optional(),
  primary: attr(yesNo).optional(),
  blob: attr(onOff).optional(),
  edid: attr(onOff).optional(),
  acceleration: child(
    element('acceleration', {
      accel3d: attr(yesNo).optional(),
      accel2d: attr(yesNo).optional(),
      rendernode: attr(string).optional(),
    }),
  ).optional(),
  resolution: child(element('resolution', { x: attr(unsigned), y: attr(unsigned) })).optional(),
});
export type VideoModel = ModelOf<typeof model>;

/** A graphics card. */
export const videoSchema = element('video', {
  driver: child(
    element('driver', {
      ...virtioOptions,
      vgaconf: attr(oneOf('io', 'on', 'off')).optional(),
      name: attr(oneOf('qemu', 'vhostuser')).optional(),
    }),
  ).optional(),
  model: child(model).optional(),
  alias,
  acpi,
  address,
});
export type Video = ModelOf<typeof videoSchema>;
