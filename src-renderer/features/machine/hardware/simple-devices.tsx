/** Devices that are a few choices each, said as data: what is asked, what is set. */
import Bug from 'lucide-react/icons/bug';
import Cable from 'lucide-react/icons/cable';
import Dices from 'lucide-react/icons/dices';
import Gpu from 'lucide-react/icons/gpu';
import Keyboard from 'lucide-react/icons/keyboard';
import Microchip from 'lucide-react/icons/microchip';
import Mouse from 'lucide-react/icons/mouse';
import ShieldCheck from 'lucide-react/icons/shield-check';
import Terminal from 'lucide-react/icons/terminal';
import Timer from 'lucide-react/icons/timer';
import Volume from 'lucide-react/icons/volume-2';
import type { Channel, Controller, Rng } from '../../../../src-shared/model/domain/index.ts';
import { t, textOf } from '../../../app/i18n.ts';
import type { IconType } from '../../../components/icon.tsx';
import { joined } from '../device-words.ts';
import { type DeviceList, type DeviceOf, having } from '../edit/domain-edit.ts';
import {
  inputBuses,
  inputTypes,
  newChannel,
  newRng,
  panicModels,
  rngSources,
  soundModels,
  tpmModels,
  tpmVersions,
  videoModels,
  watchdogActions,
  watchdogModels,
} from '../edit/new-devices.ts';
import type { Group } from './item.ts';

/** One question about a device. `set` answers undefined for a word it does not know. */
export interface Question<D> {
  readonly label: string;
  readonly names: string;
  readonly values: readonly string[];
  readonly value: string;
  readonly set: (device: D, value: string) => D | undefined;
}

export interface SimpleDevice<K extends DeviceList> {
  readonly group: Group;
  readonly icon: (device: DeviceOf<K>) => IconType;
  readonly name: (device: DeviceOf<K>) => string;
  readonly detail: (device: DeviceOf<K>) => string;
  readonly questions: (device: DeviceOf<K>) => readonly Question<DeviceOf<K>>[];
}

function question<D, V extends string>(
  label: string,
  names: string,
  values: readonly V[],
  value: string | undefined,
  set: (device: D, value: V) => D,
): Question<D> {
  return {
    label,
    names,
    values,
    value: value ?? '',
    set: (device, word) => {
      const known = values.find((each) => each === word);
      return known === undefined ? undefined : set(device, known);
    },
  };
}

/** A device that becomes another kind sits elsewhere. */
const moved = <D extends { address?: unknown; alias?: unknown }>(device: D, change: Partial<D>): D =>
  having<D>({ ...device, ...change }, { address: undefined, alias: undefined } as Partial<D>);

const model = (): string => t('machine:simple.model');
const word = (names: string, value: string | undefined): string =>
  value === undefined ? '' : textOf(`${names}.${value.replaceAll('.', '-')}`, value);

const sourceOf = ({ backend }: Rng): string =>
  backend.model === 'random' ? (backend.value ?? '/dev/urandom') : backend.model;

const channelNames: Readonly<Record<string, string>> = {
  'org.qemu.guest_agent.0': 'agent',
  'com.redhat.spice.0': 'spice',
};

function channelName({ type, target }: Channel): string {
  const name = target?.type === 'virtio' ? target.name : undefined;
  const kind = type === 'qemu-vdagent' ? 'vdagent' : channelNames[name ?? ''];
  return kind === undefined ? (name ?? textOf('machine:device.channel', 'channel')) : word('machine:channel', kind);
}

const usbModels = ['qemu-xhci', 'nec-xhci', 'ich9-ehci1', 'piix3-uhci'] as const;
const scsiModels = ['virtio-scsi', 'lsilogic', 'lsisas1068', 'vmpvscsi'] as const;

function controllerQuestions(controller: Controller): readonly Question<Controller>[] {
  if (controller.type === 'usb') {
    return [
      question<Controller, (typeof usbModels)[number]>(
        model(),
        'machine:controller',
        usbModels,
        controller.model,
        (device, next) => (device.type === 'usb' ? moved(device, { model: next }) : device),
      ),
    ];
  }
  if (controller.type === 'scsi') {
    return [
      question<Controller, (typeof scsiModels)[number]>(
        model(),
        'machine:controller',
        scsiModels,
        controller.model,
        (device, next) => (device.type === 'scsi' ? moved(device, { model: next }) : device),
      ),
    ];
  }
  return [];
}

export const simpleDevices: { readonly [K in DeviceList]?: SimpleDevice<K> } = {
  video: {
    group: 'display',
    icon: () => Gpu,
    name: () => t('create:display.video'),
    detail: (device) => word('create:video', device.model?.type),
    questions: (device) => [
      question(model(), 'create:video', videoModels, device.model?.type, (old, type) =>
        // Memory sizes are the old card's.
        moved(old, {
          model: having<NonNullable<DeviceOf<'video'>['model']>>(
            { type },
            { heads: old.model?.heads, primary: old.model?.primary },
          ),
        }),
      ),
    ],
  },
  sound: {
    group: 'sound',
    icon: () => Volume,
    name: () => t('create:display.sound'),
    detail: (device) => word('create:sound', device.model),
    questions: (device) => [
      question(model(), 'create:sound', soundModels, device.model, (old, next) => moved(old, { model: next })),
    ],
  },
  input: {
    group: 'sound',
    icon: ({ type }) => (type === 'keyboard' ? Keyboard : Mouse),
    name: ({ type }) => word('machine:input', type),
    detail: ({ bus }) => word('machine:inputBus', bus),
    questions: (device) => [
      question(t('machine:simple.kind'), 'machine:input', inputTypes, device.type, (old, type) => moved(old, { type })),
      question(t('create:storage.bus'), 'machine:inputBus', inputBuses, device.bus, (old, bus) => moved(old, { bus })),
    ],
  },
  tpm: {
    group: 'platform',
    icon: () => ShieldCheck,
    name: () => 'TPM',
    detail: ({ backend, model: kind }) =>
      joined(backend.type === 'emulator' ? (backend.version ?? '2.0') : backend.type, word('machine:tpm', kind)),
    questions: ({ model: kind, backend }) => [
      question(model(), 'machine:tpm', tpmModels, kind ?? 'tpm-tis', (old, next) => ({ ...old, model: next })),
      ...(backend.type === 'emulator'
        ? [
            question<DeviceOf<'tpm'>, (typeof tpmVersions)[number]>(
              t('machine:simple.version'),
              'machine:tpm',
              tpmVersions,
              backend.version ?? '2.0',
              (old, version) =>
                old.backend.type === 'emulator' ? { ...old, backend: { ...old.backend, version } } : old,
            ),
          ]
        : []),
    ],
  },
  rng: {
    group: 'platform',
    icon: () => Dices,
    name: () => t('machine:simple.rng'),
    detail: (device) => word('machine:rng', sourceOf(device)),
    questions: (device) => [
      question(t('machine:simple.source'), 'machine:rng', rngSources, sourceOf(device), (old, source) => ({
        ...old,
        backend: newRng(source).backend,
      })),
    ],
  },
  watchdog: {
    group: 'platform',
    icon: () => Timer,
    name: () => t('machine:simple.watchdog'),
    detail: (device) => joined(word('machine:watchdog', device.model), word('machine:watchdogAction', device.action)),
    questions: (device) => [
      question(model(), 'machine:watchdog', watchdogModels, device.model, (old, next) => moved(old, { model: next })),
      question(t('machine:simple.action'), 'machine:watchdogAction', watchdogActions, device.action, (old, action) => ({
        ...old,
        action,
      })),
    ],
  },
  panic: {
    group: 'platform',
    icon: () => Bug,
    name: () => t('machine:simple.panic'),
    detail: (device) => word('machine:panic', device.model),
    questions: (device) => [
      question(model(), 'machine:panic', panicModels, device.model, (old, next) => moved(old, { model: next })),
    ],
  },
  serial: {
    group: 'ports',
    icon: () => Terminal,
    name: ({ target }) => t('machine:simple.serial', { port: (target?.port ?? 0) + 1 }),
    detail: ({ type }) => word('machine:chardev', type),
    questions: (device) => [
      question(
        t('machine:simple.leadsTo'),
        'machine:chardev',
        ['pty', 'unix', 'null'] as const,
        device.type,
        (old, type) => having<typeof old>({ type }, { target: old.target, address: old.address }),
      ),
    ],
  },
  console: {
    group: 'ports',
    icon: () => Terminal,
    name: () => t('machine:simple.console'),
    detail: ({ type, target }) => joined(word('machine:chardev', type), target?.type),
    questions: () => [],
  },
  channel: {
    group: 'ports',
    icon: () => Cable,
    name: channelName,
    detail: ({ type, target }) => joined(word('machine:chardev', type), target?.type === 'virtio' && target.name),
    questions: ({ type, target }) =>
      target?.type === 'virtio' && target.name === 'com.redhat.spice.0'
        ? [
            question(
              t('machine:simple.leadsTo'),
              'machine:chardev',
              ['spicevmc', 'qemu-vdagent'] as const,
              type,
              (old, next) =>
                having<Channel>(newChannel(next === 'spicevmc' ? 'spice' : 'vdagent'), { address: old.address }),
            ),
          ]
        : [],
  },
  controller: {
    group: 'controllers',
    icon: () => Microchip,
    name: ({ type, index }) => joined(word('machine:controllerType', type), index === undefined ? '' : String(index)),
    detail: (device) => ('model' in device ? word('machine:controller', device.model) : ''),
    questions: controllerQuestions,
  },
};
