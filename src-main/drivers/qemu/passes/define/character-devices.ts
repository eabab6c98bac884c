import type { Console, Serial } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import { isSerialStandIn } from '../device-list.ts';
import { placementFailed, unsupported } from '../errors.ts';
import type { CompleteDomain, Pass } from '../types.ts';

/** More than QEMU's ISA bus has. */
const isaSerialPorts = 4;

/** Serial ports know their kind and number. */
export const completeSerialPorts: Pass = ({ devices }) => {
  for (const serial of devices.serial) serial.target ??= {};
  numberIsaPorts(devices.serial);
  for (const serial of devices.serial) completeSerial(serial, devices.serial);
  devices.parallel.forEach((parallel) => {
    parallel.target ??= {};
    parallel.target.port ??= nextPort(devices.parallel);
  });
  devices.console.forEach((console) => {
    console.target ??= {};
    console.target.type ??= 'serial';
    console.target.port ??= nextPort(devices.console);
  });
};

const isIsa = (serial: Serial): boolean => (serial.target?.type ?? 'isa-serial') === 'isa-serial';

function numberIsaPorts(serials: readonly Serial[]): void {
  const used = new Set<number>();
  const isa = serials.filter((serial) => serial.target?.type === 'isa-serial');
  for (const { target } of isa) {
    const port = target?.port;
    if (port === undefined) continue;
    if (port >= isaSerialPorts) throw placementFailed(say`There are at most ${isaSerialPorts} ISA serial ports.`);
    if (used.has(port)) throw placementFailed(say`Two ISA serial ports have the number ${port}.`);
    used.add(port);
  }
  if (isa.length > isaSerialPorts) throw placementFailed(say`There are at most ${isaSerialPorts} ISA serial ports.`);
  for (const { target } of isa) {
    if (target === undefined || target.port !== undefined) continue;
    target.port = Array.from({ length: isaSerialPorts }, (_, port) => port).find((port) => !used.has(port)) ?? 0;
    used.add(target.port);
  }
}

const defaultModels = {
  'isa-serial': 'isa-serial',
  'usb-serial': 'usb-serial',
  'pci-serial': 'pci-serial',
  'isa-debug': 'isa-debugcon',
} as const;

function completeSerial(serial: Serial, all: readonly Serial[]): void {
  const target = (serial.target ??= {});
  target.type ??= 'isa-serial';
  const { type } = target;
  if (target.model === undefined && type in defaultModels) {
    target.model = { name: defaultModels[type as keyof typeof defaultModels] };
  }
  target.port ??= nextPort(all);
}

/** A socket without a path gets one when the machine starts; until then there is nothing to say about it. */
export function forgetEmptySource(
  device: Serial | Console | CompleteDomain['devices']['channel'][number],
  isGenerated: (path: string) => boolean,
): void {
  if (device.type !== 'unix') return;
  const path = device.source?.path ?? '';
  if (path === '' || (device.target?.type === 'virtio' && isGenerated(path))) delete device.source;
}

const nextPort = (devices: readonly { target?: { port?: number } }[]): number =>
  Math.max(-1, ...devices.map((device) => device.target?.port ?? -1)) + 1;

/**
 * The first `<console>` of a machine is another name for its first serial port: each implies the other.
 */
export const pairConsoleWithSerial: Pass = ({ devices }) => {
  const { console: consoles, serial: serials } = devices;
  if (consoles.slice(1).some((item) => item.target?.type === 'serial')) {
    throw unsupported(say`Only the first <console> can be a serial port.`);
  }
  const [first] = consoles;
  if (first !== undefined && isSerialStandIn(first)) {
    const [serial] = serials;
    if (serial === undefined) {
      const { target: _, ...host } = first;
      const made = { ...host, target: { port: 0 } } as Serial;
      serials.push(made);
      completeSerial(made, serials);
    } else consoles[0] = standInFor(serial);
    return;
  }
  const [serial] = serials;
  const type = serial?.target?.type;
  if (serial !== undefined && isIsa(serial) && type !== 'pci-serial' && type !== 'usb-serial' && type !== 'isa-debug') {
    consoles.unshift(standInFor(serial));
  }
};

/** A console is written with the host's end of its serial port. */
function standInFor(serial: Serial): Console {
  const { target: _target, address: _address, acpi: _acpi, alias: _alias, ...host } = serial;
  return { ...host, target: { type: 'serial', port: 0 } };
}
