import type { Console, Serial } from './chardev.ts';
import type { Controller } from './controller.ts';
import type { Devices } from './devices.ts';
import type { Disk } from './disk.ts';

/** Devices that others imply: places on controllers, the controllers, a console for a serial port, a graphics card. */
export function addImpliedDevices(devices: Devices, isHvm: boolean): Devices {
  const placed: Devices = {
    ...devices,
    disk: devices.disk.map(placeByName),
    smartcard: placeSmartcards(devices.smartcard),
    video: devices.video.length === 0 && devices.graphics.length > 0 ? [{ model: { type: 'default' } }] : devices.video,
  };
  const paired = isHvm ? pairConsole(placed) : placed;
  return { ...paired, controller: addControllers(paired) };
}

/** `sdb` is 1, `vdaa` is 26; what does not look like a disk's name is `undefined`. */
export function diskIndex(name: string): number | undefined {
  const letters = /^(?:fd|hd|vd|sd|xvd|ubd)([a-z]+)\d*$/.exec(name)?.[1];
  if (letters === undefined) return undefined;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 96, 0) - 1;
}

/** How many disks a controller's buses take, by the disk's bus. */
const unitsPerBus = { scsi: 7, ide: 2, sata: 6, fdc: 2 } as const;
const busesPerController = { scsi: 1, ide: 2, sata: 1, fdc: 1 } as const;

type PlacedBus = keyof typeof unitsPerBus;
const isPlaced = (bus: string | undefined): bus is PlacedBus => bus !== undefined && bus in unitsPerBus;

function placeByName(disk: Disk): Disk {
  const { bus, dev } = disk.target;
  const index = diskIndex(dev);
  if (disk.address !== undefined || index === undefined || !isPlaced(bus)) return disk;
  const units = unitsPerBus[bus];
  const perController = units * busesPerController[bus];
  return {
    ...disk,
    address: {
      type: 'drive',
      controller: Math.floor(index / perController),
      bus: Math.floor((index % perController) / units),
      target: 0,
      unit: index % units,
    },
  };
}

/** Readers without an address take the next slot of the first controller. */
function placeSmartcards(cards: Devices['smartcard']): Devices['smartcard'] {
  const slots = cards.map(({ address }) =>
    address?.type === 'ccid' && (address.controller ?? 0) === 0 ? (address.slot ?? 0) : -1,
  );
  let next = Math.max(-1, ...slots) + 1;
  return cards.map((card) => {
    if (card.address !== undefined) return card;
    next += 1;
    return { ...card, address: { type: 'ccid', controller: 0, slot: next - 1 } };
  });
}

const indices = (last: number): number[] => Array.from({ length: last + 1 }, (_, index) => index);

/** Controllers that addresses speak of but nobody listed, behind the others of their type. */
function addControllers(devices: Devices): Controller[] {
  const wanted: Controller[] = [];
  for (const bus of ['scsi', 'fdc', 'ide', 'sata'] as const) {
    const used = devices.disk.map(({ target, address }) =>
      target.bus === bus && address?.type === 'drive' ? (address.controller ?? 0) : -1,
    );
    wanted.push(...indices(Math.max(-1, ...used)).map((index): Controller => ({ type: bus, index })));
  }
  for (const { target, address } of [...devices.channel, ...devices.console]) {
    if (target?.type !== 'virtio') continue;
    wanted.push({ type: 'virtio-serial', index: address?.type === 'virtio-serial' ? (address.controller ?? 0) : 0 });
  }
  for (const { address } of devices.smartcard) {
    wanted.push({ type: 'ccid', index: address?.type === 'ccid' ? (address.controller ?? 0) : 0 });
  }
  const hostScsi = devices.hostdev.map(({ type, address }) =>
    type === 'scsi' && address?.type === 'drive' ? (address.controller ?? 0) : -1,
  );
  wanted.push(...indices(Math.max(-1, ...hostScsi)).map((index): Controller => ({ type: 'scsi', index })));

  const all = [...devices.controller];
  for (const controller of wanted) {
    const isThere = all.some(({ type, index }) => type === controller.type && index === controller.index);
    if (isThere) continue;
    const last = all.findLastIndex(({ type }) => type === controller.type);
    if (last < 0) all.push(controller);
    else all.splice(last + 1, 0, controller);
  }
  return all;
}

const separate: readonly (string | undefined)[] = ['pci-serial', 'usb-serial', 'isa-debug'];

/** The first console of a machine is another name for its first serial port; each implies the other. */
function pairConsole(devices: Devices): Devices {
  const [console, ...otherConsoles] = devices.console;
  const [serial] = devices.serial;
  if (console !== undefined && (console.target?.type ?? 'serial') === 'serial') {
    if (serial !== undefined) return { ...devices, console: [standInFor(serial), ...otherConsoles] };
    const { target: _target, ...host } = console;
    return { ...devices, serial: [{ ...host, target: { port: 0 } }] };
  }
  if (serial === undefined || separate.includes(serial.target?.type)) return devices;
  return { ...devices, console: [standInFor(serial), ...devices.console] };
}

function standInFor(serial: Serial): Console {
  const { target: _target, ...host } = serial;
  return { ...host, target: { type: 'serial', port: serial.target?.port ?? 0 } };
}
