/** The guest's end of serial ports, parallel ports, channels, consoles and USB redirection. */
import type {
  Channel,
  Console,
  Parallel,
  Redirdev,
  Redirfilter,
  Serial,
} from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { unsupported } from '../passes/errors.ts';
import { addressProperties } from './address.ts';
import {
  aliasOf,
  chardevAlias,
  type DeviceContext,
  type DeviceProperties,
  type NetdevProperties,
  positive,
} from './properties.ts';

export function serialProperties(serial: Serial, { domain, capabilities }: DeviceContext): DeviceProperties {
  const driver = serial.target?.model?.name ?? 'isa-serial';
  if (driver !== 'isa-debugcon' && !capabilities.hasType(driver)) {
    throw unsupported(say`This QEMU has no serial port '${driver}'.`);
  }
  return {
    driver,
    chardev: chardevAlias(serial),
    id: aliasOf(serial),
    index: driver === 'isa-serial' ? serial.target?.port : undefined,
    ...addressProperties(domain, serial),
  };
}

export const parallelProperties = (parallel: Parallel): DeviceProperties => ({
  driver: 'isa-parallel',
  chardev: chardevAlias(parallel),
  id: aliasOf(parallel),
});

const spiceAgent = 'com.redhat.spice.0';

/** A channel on the virtio-serial bus. */
export function channelProperties(channel: Channel, { domain }: DeviceContext): DeviceProperties {
  const name = channel.target?.type === 'virtio' ? channel.target.name : undefined;
  if (channel.type === 'spicevmc' && name !== undefined && name !== spiceAgent) {
    throw unsupported(say`A SPICE channel is called '${spiceAgent}', not '${name}'.`);
  }
  return {
    driver: 'virtserialport',
    ...addressProperties(domain, channel),
    chardev: chardevAlias(channel),
    id: aliasOf(channel),
    name: name ?? (channel.type === 'spicevmc' ? spiceAgent : undefined),
  };
}

/** A console on the virtio-serial bus. */
export const consoleProperties = (console: Console, { domain }: DeviceContext): DeviceProperties => ({
  driver: 'virtconsole',
  ...addressProperties(domain, console),
  chardev: chardevAlias(console),
  id: aliasOf(console),
});

/** A TCP address inside the guest's user network that leads to a character device. */
export function guestForward(channel: Channel): NetdevProperties {
  const { target } = channel;
  if (target?.type !== 'guestfwd') throw unsupported(say`Only a guest forward has an address.`);
  return {
    type: 'user',
    guestfwd: [{ str: `tcp:${target.address}:${target.port}-chardev:${chardevAlias(channel)}` }],
    id: aliasOf(channel),
  };
}

export function redirdevProperties(
  redirdev: Redirdev,
  filter: Redirfilter | undefined,
  { domain }: DeviceContext,
): DeviceProperties {
  return {
    driver: 'usb-redir',
    chardev: chardevAlias(redirdev),
    id: aliasOf(redirdev),
    filter: filter === undefined ? undefined : filter.usbdev.map(formatRule).join('|'),
    bootindex: positive(redirdev.boot?.order),
    ...addressProperties(domain, redirdev),
  };
}

function formatRule(rule: Redirfilter['usbdev'][number]): string {
  const id = (value: number | undefined, digits: number): string =>
    value === undefined || value < 0 ? '-1' : `0x${value.toString(16).toUpperCase().padStart(digits, '0')}`;
  return [
    id(rule.class, 2),
    id(rule.vendor, 4),
    id(rule.product, 4),
    id(bcdVersion(rule.version), 4),
    rule.allow ? '1' : '0',
  ].join(':');
}

/** `1.10` is 0x0110: two digits each, as USB counts. */
function bcdVersion(text: string | undefined): number | undefined {
  if (text === undefined || text === '-1') return undefined;
  const [major = '0', minor = ''] = text.split('.');
  return Number.parseInt(`${major.padStart(2, '0')}${minor.padEnd(2, '0')}`, 16);
}
