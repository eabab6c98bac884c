import type { Audio, Sound } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { unsupported } from '../passes/errors.ts';
import type { CompleteDomain } from '../passes/types.ts';
import { addressProperties } from './address.ts';
import {
  aliasOf,
  type DeviceContext,
  type DeviceProperties,
  type Json,
  type JsonProperties,
  positive,
} from './properties.ts';

const drivers: Partial<Record<Sound['model'], string>> = {
  es1370: 'ES1370',
  ac97: 'AC97',
  ich6: 'intel-hda',
  usb: 'usb-audio',
  ich9: 'ich9-intel-hda',
  sb16: 'sb16',
};

const hasCodecs = (sound: Sound): boolean => sound.model === 'ich6' || sound.model === 'ich9';

/** The host's end a card plays through: the one it names, or the first. */
export function audiodevAlias({ devices }: CompleteDomain, id: number | undefined): string {
  const audio = id === undefined || id === 0 ? devices.audio[0] : devices.audio.find((item) => item.id === id);
  if (audio === undefined) throw unsupported(say`There is no <audio id='${id ?? 1}'> for a sound card or display.`);
  return `audio${audio.id}`;
}

/** A sound card and, on HD audio, what is connected to it. */
export function soundProperties(sound: Sound, { domain }: DeviceContext): DeviceProperties[] {
  const driver = drivers[sound.model];
  if (driver === undefined) throw unsupported(say`The sound card '${sound.model}' is not supported.`);
  const audiodev = audiodevAlias(domain, sound.audio?.id);
  const card: DeviceProperties = {
    driver,
    id: aliasOf(sound),
    audiodev: hasCodecs(sound) ? undefined : audiodev,
    ...addressProperties(domain, sound),
  };
  if (!hasCodecs(sound)) return [card];
  const codecs = sound.codec.length === 0 ? [{ type: 'duplex' as const }] : sound.codec;
  return [
    card,
    ...codecs.map((codec, cad) => ({
      driver: `hda-${codec.type}`,
      id: `${aliasOf(sound)}-codec${cad}`,
      bus: `${aliasOf(sound)}.0`,
      cad,
      audiodev,
    })),
  ];
}

type Stream = NonNullable<Audio['input']>;

const backendNames: Partial<Record<Audio['type'], string>> = { pulseaudio: 'pa', file: 'wav' };

/** What `-audiodev` takes. */
export function audiodevProperties(audio: Audio): JsonProperties {
  return {
    id: `audio${audio.id}`,
    driver: backendNames[audio.type] ?? audio.type,
    'timer-period': positive(audio.timerPeriod),
    ...backendProperties(audio),
    in: streamProperties(audio, audio.input),
    out: streamProperties(audio, audio.output),
  };
}

function backendProperties(audio: Audio): JsonProperties {
  switch (audio.type) {
    case 'oss':
      return { 'try-mmap': audio.tryMMap, exclusive: audio.exclusive, 'dsp-policy': audio.dspPolicy };
    case 'pulseaudio':
      return { server: audio.serverName };
    case 'file':
      return { path: audio.path };
    default:
      return {};
  }
}

function streamProperties(audio: Audio, stream: Stream | undefined): Json | undefined {
  if (stream === undefined) return undefined;
  const { fixedSettings, settings } = stream;
  const properties = {
    'mixing-engine': stream.mixingEngine,
    'fixed-settings': fixedSettings,
    voices: positive(stream.voices),
    'buffer-length': positive(stream.bufferLength),
    frequency: fixedSettings === true ? positive(settings?.frequency) : undefined,
    channels: fixedSettings === true ? positive(settings?.channels) : undefined,
    format: fixedSettings === true ? settings?.format : undefined,
    ...ownStreamProperties(audio, stream),
  };
  return Object.values(properties).some((value) => value !== undefined) ? properties : undefined;
}

function ownStreamProperties(audio: Audio, stream: Stream): JsonProperties {
  const text = (name: string): string | undefined => {
    const value: unknown = (stream as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : undefined;
  };
  const number = (name: string): number | undefined => {
    const value: unknown = (stream as Record<string, unknown>)[name];
    return typeof value === 'number' ? positive(value) : undefined;
  };
  const flag = (name: string): boolean | undefined => {
    const value: unknown = (stream as Record<string, unknown>)[name];
    return typeof value === 'boolean' ? value : undefined;
  };
  switch (audio.type) {
    case 'alsa':
      return { dev: text('dev') };
    case 'coreaudio':
    case 'sdl':
      return { 'buffer-count': number('bufferCount') };
    case 'jack':
      return {
        'server-name': text('serverName'),
        'client-name': text('clientName'),
        'connect-ports': text('connectPorts'),
        'exact-name': flag('exactName'),
      };
    case 'oss':
      return { dev: text('dev'), 'buffer-count': number('bufferCount'), 'try-poll': flag('tryPoll') };
    case 'pulseaudio':
    case 'pipewire':
      return { name: text('name'), 'stream-name': text('streamName'), latency: number('latency') };
    default:
      return {};
  }
}
