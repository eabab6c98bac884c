import { attr, child, element, type Fields, type ModelOf, tag, union } from '../../xml/schema.ts';
import { integer, oneOf, string, unsigned, yesNo } from '../../xml/values.ts';

const settings = element('settings', {
  frequency: attr(unsigned).optional(),
  channels: attr(unsigned).optional(),
  format: attr(oneOf('u8', 's8', 'u16', 's16', 'u32', 's32', 'f32')).optional(),
});

/** `<input>` and `<output>`: the same settings, and some only one backend knows. */
const streams = <F extends Fields>(backend: F) => {
  const fields = {
    mixingEngine: attr(yesNo).optional(),
    fixedSettings: attr(yesNo).optional(),
    voices: attr(unsigned).optional(),
    bufferLength: attr(unsigned).optional(),
    ...backend,
    settings: child(settings).optional(),
  };
  return {
    input: child(element('input', fields)).optional(),
    output: child(element('output', fields)).optional(),
  };
};

const dev = { dev: attr(string).optional() };
const bufferCount = { bufferCount: attr(unsigned).optional() };

const head = { id: attr(unsigned), type: tag(), timerPeriod: attr(unsigned).optional() };

/** How sound cards are heard on the host. */
export const audioSchema = union('audio', 'type', {
  none: { ...head, ...streams({}) },
  alsa: { ...head, ...streams(dev) },
  coreaudio: { ...head, ...streams(bufferCount) },
  jack: {
    ...head,
    ...streams({
      serverName: attr(string).optional(),
      clientName: attr(string).optional(),
      connectPorts: attr(string).optional(),
      exactName: attr(yesNo).optional(),
    }),
  },
  oss: {
    ...head,
    tryMMap: attr(yesNo).optional(),
    exclusive: attr(yesNo).optional(),
    dspPolicy: attr(integer).optional(),
    ...streams({ ...dev, ...bufferCount, tryPoll: attr(yesNo).optional() }),
  },
  pulseaudio: {
    ...head,
    serverName: attr(string).optional(),
    ...streams({
      name: attr(string).optional(),
      streamName: attr(string).optional(),
      latency: attr(unsigned).optional(),
    }),
  },
  pipewire: {
    ...head,
    runtimeDir: attr(string).optional(),
    ...streams({
      name: attr(string).optional(),
      streamName: attr(string).optional(),
      latency: attr(unsigned).optional(),
    }),
  },
  sdl: {
    ...head,
    driver: attr(oneOf('esd', 'alsa', 'arts', 'pulseaudio')).optional(),
    ...streams(bufferCount),
  },
  spice: { ...head, ...streams({}) },
  file: { ...head, path: attr(string).optional(), ...streams({}) },
  dbus: { ...head, ...streams({}) },
});
export type Audio = ModelOf<typeof audioSchema>;
