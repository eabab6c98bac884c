import { describe, expect, it } from 'vitest';
import {
  endOfMonitor,
  type Happening,
  type Situation,
  stateAfterAbsence,
  transition,
} from '../../../../../../src-main/drivers/qemu/lifecycle/transitions.ts';

const running: Situation = {
  state: { state: 'running', reason: 'booted' },
  rebooting: false,
  restarting: false,
  onPoweroff: 'destroy',
  onCrash: 'destroy',
};
const paused: Situation = { ...running, state: { state: 'paused', reason: 'user' } };
const starting: Situation = { ...running, state: { state: 'paused', reason: 'starting up' } };

const words = (situation: Situation, happening: Happening): string[] =>
  transition(situation, happening).events.map((event) =>
    event.kind === 'lifecycle' ? `${event.event} ${event.detail}` : event.kind,
  );

describe('a guest that shuts down', () => {
  it('is told with who wanted it, and its QEMU is ended', () => {
    const outcome = transition(running, { kind: 'shutdown', guest: true });
    expect(outcome).toMatchObject({ state: { state: 'shutdown', reason: 'unknown' }, then: 'end' });
    expect(words(running, { kind: 'shutdown', guest: true })).toEqual(['shutdown guest']);
    expect(words(running, { kind: 'shutdown', guest: false })).toEqual(['shutdown host']);
    expect(words(running, { kind: 'shutdown', guest: undefined })).toEqual(['shutdown finished']);
  });

  it('is not told twice', () => {
    const down: Situation = { ...running, state: { state: 'shutdown', reason: 'unknown' } };
    expect(transition(down, { kind: 'shutdown', guest: true })).toEqual({ events: [] });
    expect(transition(down, { kind: 'stop' })).toEqual({ events: [] });
  });

  it('is started again in silence when that was asked for, or defined', () => {
    for (const situation of [
      { ...running, rebooting: true },
      { ...running, onPoweroff: 'restart' },
    ]) {
      const outcome = transition(situation, { kind: 'shutdown', guest: true });
      expect(outcome).toEqual({ events: [], then: 'restart', restarting: true });
    }
    expect(transition({ ...running, restarting: true }, { kind: 'stop' })).toEqual({ events: [] });
  });
});

describe('a guest that is paused or resumed', () => {
  it('is told once, with the reason it was done for', () => {
    expect(transition({ ...running, pausing: 'saving' }, { kind: 'stop' })).toMatchObject({
      state: { state: 'paused', reason: 'saving' },
    });
    expect(words({ ...running, pausing: 'migrating' }, { kind: 'stop' })).toEqual(['suspended migrated']);
    expect(words(paused, { kind: 'stop' })).toEqual([]);
    expect(words({ ...paused, resuming: 'restored' }, { kind: 'resume' })).toEqual(['resumed from-snapshot']);
    expect(words(running, { kind: 'resume' })).toEqual([]);
  });

  it('boots as resumed, unpaused', () => {
    const outcome = transition({ ...starting, resuming: 'booted' }, { kind: 'resume' });
    expect(outcome.state).toEqual({ state: 'running', reason: 'booted' });
    expect(words({ ...starting, resuming: 'booted' }, { kind: 'resume' })).toEqual(['resumed unpaused']);
  });
});

describe('a reset', () => {
  it('is told as a reboot, but not while the guest is brought up', () => {
    expect(transition(running, { kind: 'reset' })).toEqual({ events: [{ kind: 'reboot' }], rebooting: false });
    expect(transition(starting, { kind: 'reset' })).toEqual({ events: [] });
  });
});

describe('a guest that panics', () => {
  it.each([
    ['destroy', 'end-crashed'],
    ['coredump-destroy', 'end-crashed'],
    ['restart', 'restart'],
    ['coredump-restart', 'restart'],
    ['preserve', undefined],
  ])('with on_crash=%s', (onCrash, then) => {
    const outcome = transition({ ...running, onCrash }, { kind: 'panicked' });
    expect(outcome.state).toEqual({ state: 'crashed', reason: 'panicked' });
    expect(outcome.then).toBe(then);
  });
});

describe('a guest that stops by itself', () => {
  it('on an I/O error is paused only when its disk says stop', () => {
    const error = { kind: 'io-error', source: '/d', alias: 'virtio-disk0', reason: 'enospc' } as const;
    expect(words(running, { ...error, action: 'stop' })).toEqual(['io-error', 'suspended ioerror']);
    expect(words(running, { ...error, action: 'report' })).toEqual(['io-error']);
    expect(transition(running, { ...error, action: 'stop' }).events[0]).toMatchObject({ action: 'pause' });
  });

  it('by its watchdog', () => {
    expect(words(running, { kind: 'watchdog', action: 'pause' })).toEqual(['watchdog', 'suspended watchdog']);
    expect(words(running, { kind: 'watchdog', action: 'reset' })).toEqual(['watchdog']);
  });

  it('sleeps and wakes up', () => {
    const asleep: Situation = { ...running, state: { state: 'pmsuspended', reason: 'unknown' } };
    expect(words(running, { kind: 'suspend' })).toEqual(['pmsuspended memory']);
    expect(words(running, { kind: 'suspend-disk' })).toEqual(['pmsuspended disk']);
    expect(words(asleep, { kind: 'wakeup' })).toEqual(['started wakeup']);
    expect(words(running, { kind: 'wakeup' })).toEqual([]);
  });
});

describe('the end of a monitor', () => {
  it('is the end of a shutdown, or a crash', () => {
    expect(endOfMonitor({ state: 'shutdown', reason: 'unknown' }).state.reason).toBe('shutdown');
    expect(endOfMonitor(running.state)).toMatchObject({
      state: { state: 'shutoff', reason: 'crashed' },
      event: { event: 'stopped', detail: 'failed' },
    });
  });
});

describe('a guest nobody listened to for a while', () => {
  it.each([
    [running.state, 'running', running.state],
    [running.state, 'shutdown', { state: 'shutdown', reason: 'unknown' }],
    [running.state, 'guest-panicked', { state: 'crashed', reason: 'panicked' }],
    [running.state, 'io-error', { state: 'paused', reason: 'I/O error' }],
    [running.state, 'paused', { state: 'paused', reason: 'unknown' }],
    [paused.state, 'running', { state: 'running', reason: 'unpaused' }],
    [paused.state, 'paused', paused.state],
    [starting.state, 'running', { state: 'running', reason: 'booted' }],
  ] as const)('%o and %s', (known, status, expected) => {
    expect(stateAfterAbsence(known, status)).toEqual(expected);
  });
});
