import { attr, child, children, element, type ModelOf, union } from '../../xml/schema.ts';
import { integer, oneOf, string, unsigned, yesNo } from '../../xml/values.ts';

const timer = element('timer', {
  name: attr(oneOf('platform', 'pit', 'rtc', 'hpet', 'tsc', 'kvmclock', 'hypervclock', 'armvtimer')),
  present: attr(yesNo).optional(),
  tickpolicy: attr(oneOf('delay', 'catchup', 'merge', 'discard')).optional(),
  track: attr(oneOf('boot', 'guest', 'wall', 'realtime')).optional(),
  frequency: attr(unsigned).optional(),
  mode: attr(oneOf('auto', 'native', 'emulate', 'paravirt', 'smpsafe')).optional(),
  catchup: child(
    element('catchup', {
      threshold: attr(unsigned).optional(),
      slew: attr(unsigned).optional(),
      limit: attr(unsigned).optional(),
    }),
  ).optional(),
});
export type Timer = ModelOf<typeof timer>;

const timers = { timer: children(timer) };

/** The guest's idea of time; `offset` says what its clock starts from. */
export const clockSchema = union(
  'clock',
  'offset',
  {
    /** `adjustment` is `reset`, or seconds: then libvirt makes it a `variable` clock. */
    utc: { adjustment: attr(string).optional(), ...timers },
    localtime: { adjustment: attr(string).optional(), ...timers },
    variable: {
      adjustment: attr(integer).optional(),
      basis: attr(oneOf('utc', 'localtime')).optional(),
      adjustment0: attr(integer).optional(),
      ...timers,
    },
    timezone: { timezone: attr(string), ...timers },
    absolute: { start: attr(unsigned), ...timers },
  },
  'utc',
);
export type Clock = ModelOf<typeof clockSchema>;
