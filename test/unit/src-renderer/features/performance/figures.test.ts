import { describe, expect, it } from 'vitest';
import { bridged, figuresOf, lineOf, onGrid, perFigure } from '../../../../../src-renderer/app/store/figures.ts';
import { stacked } from '../../../../../src-renderer/components/stack.ts';
import { shares } from '../../../../../src-renderer/features/performance/contributions.ts';

describe('history on a grid', () => {
  const history = {
    timesMs: [1000, 1500, 3000, 99_000],
    values: { cpu: [0.2, 0.4, null, 1] },
    blanks: {},
  };

  it('averages what falls into a step, and leaves the rest open', () => {
    const { timesMs, values } = onGrid(history, 1000, 1000, 4);
    expect(timesMs).toEqual([1000, 2000, 3000, 4000]);
    expect(values.cpu.map((value) => (value === null ? null : Math.round(value * 10) / 10))).toEqual([
      0.3,
      null,
      null,
      null,
    ]);
    expect(values.memory).toEqual([null, null, null, null]);
  });

  it('a short hole is what came before it, a long one is a hole', () => {
    expect(bridged([null, 1, null, null, 2, null], 2)).toEqual([null, 1, 1, 1, 2, null]);
    expect(bridged([1, null, null, null, 2], 2)).toEqual([1, null, null, null, 2]);
  });

  it('figures taken every ten seconds make one line on a grid of seconds', () => {
    const sparse = Array.from({ length: 41 }, (_, second) => (second % 10 === 0 ? second : null));
    const timesMs = sparse.map((_, second) => second * 1000);
    const line = lineOf({ timesMs, values: perFigure(() => sparse) }, 'cpu');
    expect(line.every((value) => value !== null)).toBe(true);
  });
});

it('announced figures have the names that history has', () => {
  expect(figuresOf({ uuid: 'a', state: 'running', cpu: 0.5, memoryUsedKiB: 7, networkRxBytesPerSecond: 3 })).toEqual({
    cpu: 0.5,
    memory: 7,
    networkRx: 3,
  });
});

describe('series on each other', () => {
  it('add up, and have a gap only where all have one', () => {
    expect(
      stacked([
        [1, null, null],
        [2, 3, null],
      ]),
    ).toEqual([
      [1, 0, null],
      [3, 3, null],
    ]);
  });
});

describe('who takes what', () => {
  const of = (machine: string, ...values: readonly number[]): { machine: string; values: readonly number[] } => ({
    machine,
    values,
  });

  it('the largest have a colour, the others are added up', () => {
    const { top, others } = shares([of('small', 1), of('large', 9), of('middle', 5), of('tiny', 0.5)], 3);
    expect(top.map(({ machine }) => machine)).toEqual(['large', 'middle']);
    expect(others).toEqual({ count: 2, values: [1.5] });
  });

  it('as many as there are colours need no others', () => {
    expect(shares([of('a', 1), of('b', 2)], 2).others).toBeUndefined();
  });
});
