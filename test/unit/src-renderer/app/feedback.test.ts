import { describe, expect, it, vi } from 'vitest';
import { delayed } from '../../../../src-renderer/app/feedback/delayed.ts';
import { forEachLimited } from '../../../../src-renderer/app/feedback/each.ts';

describe('something that can be undone for a while', () => {
  it('happens after its time, once', () => {
    vi.useFakeTimers();
    const action = vi.fn();
    delayed(5000, action);
    vi.advanceTimersByTime(4999);
    expect(action).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60_000);
    expect(action).toHaveBeenCalledTimes(1);
    vi.useRealTimers();
  });

  it('never happens once it was undone', () => {
    vi.useFakeTimers();
    const action = vi.fn();
    delayed(5000, action).cancel();
    vi.advanceTimersByTime(60_000);
    expect(action).not.toHaveBeenCalled();
    vi.useRealTimers();
  });
});

describe('the same for several', () => {
  it('goes on after a failure and tells each', async () => {
    const done: number[] = [];
    const failures = await forEachLimited([1, 2, 3, 4], 2, async (item) => {
      if (item % 2 === 0) throw new Error(`no ${item}`);
      done.push(item);
      await Promise.resolve();
    });
    expect(done).toEqual([1, 3]);
    expect(failures.map(({ item, error }) => [item, String(error)])).toEqual([
      [2, 'Error: no 2'],
      [4, 'Error: no 4'],
    ]);
  });

  it('never has more under way than allowed', async () => {
    let now = 0;
    let most = 0;
    await forEachLimited([...Array(20).keys()], 3, async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
    });
    expect(most).toBe(3);
  });
});
