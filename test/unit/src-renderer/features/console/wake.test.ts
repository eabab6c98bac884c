import { expect, test } from 'vitest';
import { type Clock, Wake } from '../../../../../src-renderer/features/console/display/vnc/wake.ts';

/** A clock that is moved by hand. */
function handClock(): Clock & { advance(ms: number): void } {
  let time = 0;
  let next = 1;
  const timers = new Map<number, { at: number; act: () => void }>();
  return {
    now: () => time,
    setTimeout(act, ms) {
      timers.set(next, { at: time + ms, act });
      return next++;
    },
    clearTimeout: (timer) => void timers.delete(timer),
    advance(ms) {
      const until = time + ms;
      for (;;) {
        const due = [...timers].filter(([, { at }]) => at <= until).toSorted(([, a], [, b]) => a.at - b.at)[0];
        if (due === undefined) break;
        timers.delete(due[0]);
        time = due[1].at;
        due[1].act();
      }
      time = until;
    },
  };
}

test('nudges after an input until the second picture', () => {
  const clock = handClock();
  let nudges = 0;
  const wake = new Wake(() => (nudges += 1), clock);
  wake.input();
  clock.advance(20);
  expect(nudges).toBe(2);
  wake.picture();
  clock.advance(8);
  expect(nudges).toBe(3);
  wake.picture();
  clock.advance(500);
  expect(nudges).toBe(3);
});

test('gives up on a guest that draws nothing, and is silent without input', () => {
  const clock = handClock();
  let nudges = 0;
  const wake = new Wake(() => (nudges += 1), clock);
  clock.advance(1_000);
  expect(nudges).toBe(0);
  wake.input();
  clock.advance(10_000);
  expect(nudges).toBe(15);
});
