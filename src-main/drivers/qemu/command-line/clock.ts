import type { Timer } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { unsupported } from '../passes/errors.ts';
import type { BuildContext, Section } from './types.ts';

/** What the guest's clock starts from, and how its timers make up for lost ticks. */
export const clock: Section = (options, context) => {
  const { domain, capabilities } = context;
  const timers = domain.clock?.timer ?? [];
  const rtc = timers.find((timer) => timer.name === 'rtc');
  options.add('-rtc', [`base=${base(context)}`, ...rtcOptions(rtc)].join(','));
  if (domain.clock?.offset === 'timezone') options.environment['TZ'] = domain.clock.timezone;
  for (const timer of timers) {
    if (timer.name === 'pit' && capabilities.hasProperty('kvm-pit', 'lost_tick_policy')) {
      const policy = timer.tickpolicy ?? 'delay';
      if (policy === 'delay' || policy === 'discard') options.add('-global', `kvm-pit.lost_tick_policy=${policy}`);
      else if (policy === 'merge') throw unsupported(say`The timer 'pit' can't merge lost ticks.`);
    } else if (timer.name === 'hpet' && timer.present === false && !capabilities.hasOption('machine', 'hpet')) {
      options.add('-no-hpet');
    } else if (timer.name === 'platform') throw unsupported(say`QEMU has no timer 'platform'.`);
  }
};

function base({ domain, launch }: BuildContext): string {
  const { clock: definition } = domain;
  const seconds = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 19);
  switch (definition?.offset) {
    case undefined:
    case 'utc':
      return 'utc';
    case 'localtime':
    case 'timezone':
      return 'localtime';
    case 'variable': {
      const local = definition.basis === 'localtime' ? -launch.now.getTimezoneOffset() * 60 : 0;
      return seconds(launch.now.getTime() + ((definition.adjustment ?? 0) + local) * 1000);
    }
    case 'absolute':
      return seconds(definition.start * 1000);
  }
}

function rtcOptions(timer: Timer | undefined): string[] {
  if (timer === undefined) return [];
  const options: string[] = [];
  switch (timer.track) {
    case undefined:
      break;
    case 'guest':
      options.push('clock=vm');
      break;
    case 'wall':
      options.push('clock=host');
      break;
    case 'realtime':
      options.push('clock=rt');
      break;
    case 'boot':
      throw unsupported(say`The timer 'rtc' can't track 'boot'.`);
  }
  if (timer.tickpolicy === 'catchup') options.push('driftfix=slew');
  else if (timer.tickpolicy === 'merge' || timer.tickpolicy === 'discard') {
    throw unsupported(say`The timer 'rtc' can't ${timer.tickpolicy} lost ticks.`);
  }
  return options;
}
