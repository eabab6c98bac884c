/** The sections of character devices: ports, channels, consoles, and what else has a stream at its other end. */
import {
  channelProperties,
  consoleProperties,
  guestForward,
  parallelProperties,
  redirdevProperties,
  serialProperties,
} from '../devices/character-device.ts';
import { asCharacterDevice } from '../devices/chardev.ts';
import { chardevAlias } from '../devices/properties.ts';
import { smartcardProperties } from '../devices/small-devices.ts';
import { unsupported } from '../passes/errors.ts';
import type { Section } from './types.ts';
import { say } from '../../../../src-shared/words.ts';

export const smartcards: Section = (options, context) => {
  const [card] = context.domain.devices.smartcard;
  if (card === undefined) return;
  if (card.mode === 'passthrough') {
    options.chardev(asCharacterDevice(card), chardevAlias(card), context.launch.chardev);
  }
  options.device(smartcardProperties(card, context));
};

export const serialPorts: Section = (options, context) => {
  const { serial: serials, graphics } = context.domain.devices;
  const hasSpice = graphics.some((display) => display.type === 'spice');
  for (const serial of serials) {
    if (serial.type === 'spiceport' && !hasSpice) continue;
    options.chardev(serial, chardevAlias(serial), context.launch.chardev);
    options.device(serialProperties(serial, context));
  }
};

export const parallelPorts: Section = (options, context) => {
  for (const parallel of context.domain.devices.parallel) {
    options.chardev(parallel, chardevAlias(parallel), context.launch.chardev);
    options.device(parallelProperties(parallel));
  }
};

export const channels: Section = (options, context) => {
  for (const channel of context.domain.devices.channel) {
    options.chardev(channel, chardevAlias(channel), context.launch.chardev);
    if (channel.target?.type === 'guestfwd') options.netdev(guestForward(channel));
    else if (channel.target?.type === 'virtio') options.device(channelProperties(channel, context));
    else throw unsupported(say`A <channel> with a target of type '${channel.target?.type}' is not supported.`);
  }
};

export const consoles: Section = (options, context) => {
  for (const console of context.domain.devices.console) {
    const type = console.target?.type ?? 'serial';
    if (type === 'serial') continue;
    if (type !== 'virtio') throw unsupported(say`A <console> with a target of type '${type}' is not supported.`);
    options.chardev(console, chardevAlias(console), context.launch.chardev);
    options.device(consoleProperties(console, context));
  }
};

export const usbRedirection: Section = (options, context) => {
  const { redirdev: devices, redirfilter } = context.domain.devices;
  for (const redirdev of devices) {
    options.chardev(redirdev, chardevAlias(redirdev), context.launch.chardev);
    options.device(redirdevProperties(redirdev, redirfilter, context));
  }
};
