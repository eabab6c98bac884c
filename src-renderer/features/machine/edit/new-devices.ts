/** Devices to add, as plain as they can be: the engine fills in the rest. Pure. */
import type {
  Channel,
  Graphics,
  Input,
  Panic,
  Rng,
  Serial,
  Sound,
  Tpm,
  Video,
  Watchdog,
} from '../../../../src-shared/model/domain/index.ts';

export const soundModels = [
  'ich9',
  'ich6',
  'ac97',
  'usb',
  'es1370',
  'sb16',
] as const satisfies readonly Sound['model'][];
export const videoModels = ['virtio', 'qxl', 'vga', 'bochs', 'cirrus', 'ramfb', 'none'] as const;
export const inputTypes = ['tablet', 'mouse', 'keyboard'] as const satisfies readonly Input['type'][];
export const inputBuses = ['usb', 'virtio', 'ps2'] as const;
export const tpmModels = ['tpm-crb', 'tpm-tis'] as const;
export const tpmVersions = ['2.0', '1.2'] as const;
export const watchdogModels = ['itco', 'i6300esb', 'ib700'] as const;
export const watchdogActions = ['reset', 'shutdown', 'poweroff', 'pause', 'dump', 'none', 'inject-nmi'] as const;
export const panicModels = ['isa', 'pvpanic', 'hyperv'] as const;
export const rngSources = ['/dev/urandom', '/dev/random', 'builtin'] as const;
export const graphicsTypes = ['spice', 'vnc'] as const;
export const channelKinds = ['agent', 'spice', 'vdagent'] as const;

export const newSound = (model: Sound['model']): Sound => ({ model, codec: [] });
export const newVideo = (type: (typeof videoModels)[number]): Video => ({ model: { type } });
export const newInput = (type: Input['type'], bus: NonNullable<Input['bus']>): Input => ({ type, bus });
export const newTpm = (model: (typeof tpmModels)[number]): Tpm => ({
  model,
  backend: { type: 'emulator', version: '2.0' },
});
export const newWatchdog = (model: (typeof watchdogModels)[number]): Watchdog => ({ model, action: 'reset' });
export const newPanic = (model: (typeof panicModels)[number]): Panic => ({ model });
export const newSerial = (): Serial => ({ type: 'pty' });

export function newRng(source: (typeof rngSources)[number]): Rng {
  return {
    model: 'virtio',
    backend: source === 'builtin' ? { model: 'builtin' } : { model: 'random', value: source },
  };
}

/** On a socket of this machine's own: nobody else on the host can connect. */
export function newGraphics(type: (typeof graphicsTypes)[number]): Graphics {
  const listens: Graphics & { type: 'vnc' } = { type: 'vnc', listens: [{ type: 'socket' }] };
  return type === 'vnc' ? listens : { type: 'spice', listens: [{ type: 'socket' }], channel: [] };
}

export function newChannel(kind: (typeof channelKinds)[number]): Channel {
  const target = (name: string): NonNullable<Channel['target']> => ({ type: 'virtio', name });
  switch (kind) {
    case 'agent':
      return { type: 'unix', target: target('org.qemu.guest_agent.0') };
    case 'spice':
      return { type: 'spicevmc', target: target('com.redhat.spice.0') };
    case 'vdagent':
      return { type: 'qemu-vdagent', source: { clipboard: { copypaste: true } }, target: target('com.redhat.spice.0') };
  }
}
