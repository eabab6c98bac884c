import { describe, expect, test } from 'vitest';
import { QuietMemory } from '../../../../src-main/host/quiet-memory.ts';

const MiB = 1024 * 1024;

function pretended(): { used: number; cpu: number; collected: number; memory: QuietMemory } {
  const state = { used: 40 * MiB, cpu: 100, collected: 0 };
  const memory = new QuietMemory({
    usedBytes: () => state.used,
    cpuMs: () => state.cpu,
    collect: () => {
      state.collected += 1;
      state.used = 30 * MiB;
      state.cpu += 60;
    },
  });
  return Object.assign(state, { memory });
}

describe('memory', () => {
  test('is given back in the first quiet seconds after work', () => {
    const state = pretended();
    state.cpu += 400;
    expect(state.memory.look()).toBe(false);
    state.cpu += 5;
    expect(state.memory.look()).toBe(true);
    // What collecting took is no work.
    expect([state.memory.look(), state.memory.look()]).toEqual([true, true]);
    // There is nothing new.
    expect([state.memory.look(), state.memory.look(), state.collected]).toEqual([false, false, 3]);
  });

  test('is not collected while there is work again', () => {
    const state = pretended();
    expect(state.memory.look()).toBe(true);
    state.cpu += 400;
    expect(state.memory.look()).toBe(false);
    state.cpu += 5;
    expect(state.memory.look()).toBe(true);
  });

  test('is left alone until a collection is worth it', () => {
    const state = pretended();
    for (let time = 0; time < 3; time += 1) state.memory.look();
    state.used = 37 * MiB;
    expect(state.memory.look()).toBe(false);
    state.used = 39 * MiB;
    expect(state.memory.look()).toBe(true);
  });

  test('is really given back by this process', () => {
    const memory = new QuietMemory();
    memory.look();
    const held = { words: Array.from({ length: 300_000 }, (_, index) => ({ index })) };
    const before = process.memoryUsage().heapUsed;
    held.words = [];
    let collected = false;
    for (let tries = 0; tries < 5 && !collected; tries += 1) collected = memory.look();
    expect(collected).toBe(true);
    expect(process.memoryUsage().heapUsed).toBeLessThan(before);
  });
});
