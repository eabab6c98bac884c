import type { Input } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { unsupported } from '../passes/errors.ts';
import { addressProperties } from './address.ts';
import { aliasOf, type DeviceContext, type DeviceProperties, type ObjectProperties } from './properties.ts';
import { virtioProperties } from './virtio.ts';

const usbDrivers = { mouse: 'usb-mouse', tablet: 'usb-tablet', keyboard: 'usb-kbd' } as const;
const virtioDrivers = {
  mouse: 'virtio-mouse',
  tablet: 'virtio-tablet',
  keyboard: 'virtio-keyboard',
  passthrough: 'virtio-input-host',
} as const;

/** A keyboard, mouse or tablet; `undefined` for those on PS/2, which the board has. */
export function inputProperties(input: Input, { domain, capabilities }: DeviceContext): DeviceProperties | undefined {
  const { type } = input;
  if (input.bus === 'usb') {
    if (type === 'passthrough' || type === 'evdev') throw unsupported(say`An input of type '${type}' can't be on USB.`);
    return { driver: usbDrivers[type], id: aliasOf(input), ...addressProperties(domain, input) };
  }
  if (input.bus !== 'virtio' || type === 'evdev') return undefined;
  return {
    ...virtioProperties(virtioDrivers[type], input, input.model, capabilities),
    id: aliasOf(input),
    evdev: type === 'passthrough' ? input.source?.evdev : undefined,
    ...addressProperties(domain, input),
  };
}

/** An input device of the host that QEMU reads itself. */
export function evdevObject(input: Input): ObjectProperties | undefined {
  if (input.type !== 'evdev') return undefined;
  return {
    'qom-type': 'input-linux',
    id: aliasOf(input),
    evdev: input.source?.dev ?? input.source?.evdev,
    repeat: input.source?.repeat,
    grab_all: input.source?.grab === 'all' ? true : undefined,
    'grab-toggle': input.source?.grabToggle,
  };
}
