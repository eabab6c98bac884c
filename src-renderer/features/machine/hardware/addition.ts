/** What the dialog that adds hardware asks, and the device that comes of it. Pure. */
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { type cardModels, newCard } from '../edit/cards.ts';
import { type DiskBus, type ImageFormat, newCdrom, newDisk } from '../edit/disks.ts';
import { addDevice } from '../edit/domain-edit.ts';
import { isQ35 } from '../edit/firmware.ts';
import {
  type channelKinds,
  type inputBuses,
  type inputTypes,
  newChannel,
  newGraphics,
  newInput,
  newPanic,
  newRng,
  newSerial,
  newSound,
  newTpm,
  newVideo,
  newWatchdog,
  type graphicsTypes,
  type panicModels,
  type rngSources,
  type soundModels,
  type tpmModels,
  type videoModels,
  type watchdogModels,
} from '../edit/new-devices.ts';

export const additionKinds = [
  'disk',
  'cdrom',
  'interface',
  'graphics',
  'video',
  'sound',
  'input',
  'serial',
  'channel',
  'tpm',
  'rng',
  'watchdog',
  'panic',
] as const;
export type AdditionKind = (typeof additionKinds)[number];

export interface Addition {
  readonly kind: AdditionKind;
  readonly diskFrom: 'new' | 'file';
  readonly name: string;
  readonly sizeGiB: number;
  readonly newFormat: 'qcow2' | 'raw';
  readonly pool: string | undefined;
  readonly bus: DiskBus;
  readonly path: string;
  readonly fileFormat: ImageFormat;
  readonly cardModel: (typeof cardModels)[number];
  readonly graphics: (typeof graphicsTypes)[number];
  readonly video: (typeof videoModels)[number];
  readonly sound: (typeof soundModels)[number];
  readonly input: (typeof inputTypes)[number];
  readonly inputBus: (typeof inputBuses)[number];
  readonly channel: (typeof channelKinds)[number];
  readonly tpm: (typeof tpmModels)[number];
  readonly rng: (typeof rngSources)[number];
  readonly watchdog: (typeof watchdogModels)[number];
  readonly panic: (typeof panicModels)[number];
}

/** `web.qcow2` is taken: `web-1`. */
export function firstAddition(domain: Domain): Addition {
  return {
    kind: 'disk',
    diskFrom: 'new',
    name: `${domain.name}-${(domain.devices?.disk.length ?? 0) + 1}`,
    sizeGiB: 20,
    newFormat: 'qcow2',
    pool: undefined,
    bus: domain.devices?.disk.some((disk) => disk.target.bus === 'virtio') === false ? 'sata' : 'virtio',
    path: '',
    fileFormat: 'raw',
    cardModel: 'virtio',
    graphics: 'spice',
    video: 'virtio',
    sound: 'ich9',
    input: 'tablet',
    inputBus: 'usb',
    channel: 'agent',
    tpm: 'tpm-crb',
    rng: '/dev/urandom',
    watchdog: isQ35(domain) ? 'itco' : 'i6300esb',
    panic: 'isa',
  };
}

/** The domain with the device; for a new disk `path` is where its file is. */
export function withAddition(domain: Domain, addition: Addition, path: string): Domain {
  switch (addition.kind) {
    case 'disk': {
      const format = addition.diskFrom === 'new' ? addition.newFormat : addition.fileFormat;
      return addDevice(domain, 'disk', newDisk(domain, { path, format, bus: addition.bus }));
    }
    case 'cdrom':
      return addDevice(domain, 'disk', newCdrom(domain, path === '' ? undefined : path));
    case 'interface':
      return addDevice(domain, 'interface', newCard(addition.cardModel));
    case 'graphics':
      return addDevice(domain, 'graphics', newGraphics(addition.graphics));
    case 'video':
      return addDevice(domain, 'video', newVideo(addition.video));
    case 'sound':
      return addDevice(domain, 'sound', newSound(addition.sound));
    case 'input':
      return addDevice(domain, 'input', newInput(addition.input, addition.inputBus));
    case 'serial':
      return addDevice(domain, 'serial', newSerial());
    case 'channel':
      return addDevice(domain, 'channel', newChannel(addition.channel));
    case 'tpm':
      return addDevice(domain, 'tpm', newTpm(addition.tpm));
    case 'rng':
      return addDevice(domain, 'rng', newRng(addition.rng));
    case 'watchdog':
      return addDevice(domain, 'watchdog', newWatchdog(addition.watchdog));
    case 'panic':
      return addDevice(domain, 'panic', newPanic(addition.panic));
  }
}

/** Of these a machine has one at most. */
export function isTaken(domain: Domain, kind: AdditionKind): boolean {
  if (kind !== 'tpm' && kind !== 'watchdog' && kind !== 'panic') return false;
  return (domain.devices?.[kind].length ?? 0) > 0;
}
