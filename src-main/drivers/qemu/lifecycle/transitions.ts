/**
 * What happens to a running guest when its QEMU tells something: the new state, what is announced, and what has to be
 * done about it. One table, no side effects. The rules are those of libvirt's QEMU driver (`qemuProcessHandle…`).
 */
import type { DomainEvent, LifecycleEvent } from '../../../engine/events.ts';
import type { StateAndReason } from '../../../../src-shared/model/summary.ts';

export type PausedReason = Extract<StateAndReason, { state: 'paused' }>['reason'];
export type RunningReason = Extract<StateAndReason, { state: 'running' }>['reason'];

/** What is known of a guest when something happens. */
export interface Situation {
  readonly state: StateAndReason;
  /** We are stopping the processors, for this reason. */
  readonly pausing?: PausedReason;
  /** We are starting the processors, for this reason. */
  readonly resuming?: RunningReason;
  /** The guest was asked to shut down in order to be started again. */
  readonly rebooting: boolean;
  /** It shut down and is being reset: what happens until it runs again is not shown. */
  readonly restarting: boolean;
  readonly onPoweroff: string;
  readonly onCrash: string;
}

/** What QEMU tells, by its event. */
export type Happening =
  | { readonly kind: 'shutdown'; readonly guest: boolean | undefined }
  | { readonly kind: 'stop' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'panicked' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'suspend-disk' }
  | { readonly kind: 'wakeup' }
  | { readonly kind: 'watchdog'; readonly action: string }
  | {
      readonly kind: 'io-error';
      readonly source: string;
      readonly alias: string;
      readonly action: string;
      readonly reason: string;
    };

/** What has to be done: end QEMU, reset the guest and let it run, or end QEMU because the guest crashed. */
export type FollowUp = 'end' | 'restart' | 'end-crashed';

export interface Outcome {
  /** Absent: as before. */
  readonly state?: StateAndReason;
  readonly events: readonly DomainEvent[];
  readonly then?: FollowUp;
  readonly rebooting?: boolean;
  readonly restarting?: boolean;
}

type Transition<K extends Happening['kind']> = (
  situation: Situation,
  happening: Extract<Happening, { kind: K }>,
) => Outcome;

const lifecycle = (event: LifecycleEvent): DomainEvent => ({ kind: 'lifecycle', ...event });
const nothing: Outcome = { events: [] };

const transitions: { readonly [K in Happening['kind']]: Transition<K> } = {
  shutdown: (situation, { guest }) => {
    if (situation.state.state === 'shutdown') return nothing;
    if (situation.rebooting || situation.onPoweroff === 'restart') {
      return { events: [], then: 'restart', restarting: true };
    }
    const detail = guest === undefined ? 'finished' : guest ? 'guest' : 'host';
    return {
      state: { state: 'shutdown', reason: 'unknown' },
      events: [lifecycle({ event: 'shutdown', detail })],
      then: 'end',
    };
  },

  stop: ({ state, pausing, restarting }) => {
    if (state.state !== 'running' || restarting) return nothing;
    const reason = pausing ?? 'unknown';
    return {
      state: { state: 'paused', reason },
      events: [lifecycle({ event: 'suspended', detail: suspendedDetail(reason) })],
    };
  },

  resume: ({ state, resuming = 'unpaused' }) => {
    if (state.state === 'running') return nothing;
    return {
      state: { state: 'running', reason: resuming },
      events: [lifecycle({ event: 'resumed', detail: resumedDetail(resuming) })],
    };
  },

  // Before the guest has run, a reset is part of bringing it up.
  reset: ({ state }) =>
    state.state === 'paused' && state.reason === 'starting up'
      ? nothing
      : { events: [{ kind: 'reboot' }], rebooting: false },

  panicked: ({ onCrash }) => {
    const crashed: Outcome = {
      state: { state: 'crashed', reason: 'panicked' },
      events: [lifecycle({ event: 'crashed', detail: 'panicked' })],
    };
    switch (onCrash) {
      case 'restart':
      case 'coredump-restart':
        return { ...crashed, then: 'restart', restarting: true };
      case 'preserve':
        return crashed;
      default:
        return { ...crashed, then: 'end-crashed' };
    }
  },

  suspend: ({ state }) =>
    state.state === 'running'
      ? {
          state: { state: 'pmsuspended', reason: 'unknown' },
          events: [lifecycle({ event: 'pmsuspended', detail: 'memory' })],
        }
      : nothing,

  'suspend-disk': ({ state }) =>
    state.state === 'running'
      ? {
          state: { state: 'pmsuspended', reason: 'unknown' },
          events: [lifecycle({ event: 'pmsuspended', detail: 'disk' })],
        }
      : nothing,

  wakeup: ({ state }) =>
    state.state === 'pmsuspended'
      ? {
          state: { state: 'running', reason: 'event wakeup' },
          events: [lifecycle({ event: 'started', detail: 'wakeup' })],
        }
      : nothing,

  watchdog: ({ state }, { action }) => {
    const told: DomainEvent = { kind: 'watchdog', action };
    if (action !== 'pause' || state.state !== 'running') return { events: [told] };
    return {
      state: { state: 'paused', reason: 'watchdog' },
      events: [told, lifecycle({ event: 'suspended', detail: 'watchdog' })],
    };
  },

  'io-error': ({ state }, error) => {
    const told: DomainEvent = error.action === 'stop' ? { ...error, action: 'pause' } : error;
    if (error.action !== 'stop' || state.state !== 'running') return { events: [told] };
    return {
      state: { state: 'paused', reason: 'I/O error' },
      events: [told, lifecycle({ event: 'suspended', detail: 'ioerror' })],
    };
  },
};

/** What becomes of a guest in this situation when this happens. */
export function transition<K extends Happening['kind']>(
  situation: Situation,
  happening: Extract<Happening, { kind: K }>,
): Outcome {
  const kind: K = happening.kind;
  const found: Transition<K> = transitions[kind];
  return found(situation, happening);
}

/** How a guest ended whose monitor closed without our doing. */
export function endOfMonitor(state: StateAndReason): { readonly state: StateAndReason; readonly event: DomainEvent } {
  return state.state === 'shutdown'
    ? {
        state: { state: 'shutoff', reason: 'shutdown' },
        event: lifecycle({ event: 'stopped', detail: 'shutdown' }),
      }
    : { state: { state: 'shutoff', reason: 'crashed' }, event: lifecycle({ event: 'stopped', detail: 'failed' }) };
}

/**
 * The state of a guest after nobody listened for a while, from what was known and `query-status`
 * (`qemuProcessUpdateState`).
 */
export function stateAfterAbsence(known: StateAndReason, status: string): StateAndReason {
  const running = status === 'running';
  if (running && known.state === 'paused') {
    return { state: 'running', reason: known.reason === 'starting up' ? 'booted' : 'unpaused' };
  }
  if (running || known.state !== 'running') return known;
  switch (status) {
    case 'shutdown':
      return { state: 'shutdown', reason: 'unknown' };
    case 'guest-panicked':
      return { state: 'crashed', reason: 'panicked' };
    case 'io-error':
      return { state: 'paused', reason: 'I/O error' };
    case 'watchdog':
      return { state: 'paused', reason: 'watchdog' };
    case 'suspended':
      return { state: 'pmsuspended', reason: 'unknown' };
    case 'save-vm':
    case 'postmigrate':
    case 'finish-migrate':
    case 'inmigrate':
      return { state: 'paused', reason: 'migrating' };
    default:
      return { state: 'paused', reason: 'unknown' };
  }
}

function suspendedDetail(reason: PausedReason): Extract<LifecycleEvent, { event: 'suspended' }>['detail'] {
  switch (reason) {
    case 'migrating':
      return 'migrated';
    case 'from snapshot':
      return 'from-snapshot';
    case 'post-copy':
      return 'postcopy';
    case 'post-copy failed':
      return 'postcopy-failed';
    default:
      return 'paused';
  }
}

function resumedDetail(reason: RunningReason): Extract<LifecycleEvent, { event: 'resumed' }>['detail'] {
  switch (reason) {
    case 'restored':
    case 'from snapshot':
      return 'from-snapshot';
    case 'migrated':
    case 'migration canceled':
      return 'migrated';
    case 'post-copy':
      return 'postcopy';
    case 'post-copy failed':
      return 'postcopy-failed';
    default:
      return 'unpaused';
  }
}
