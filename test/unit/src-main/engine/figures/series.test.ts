import { expect, test } from 'vitest';
import { Series } from '../../../../../src-main/engine/figures/series.ts';

const hour = 3_600_000;
/** A whole hour, so that steps of every level begin where the test thinks. */
const start = 480_000 * hour;

function filled(seconds: number, cpu: (second: number) => number): Series {
  const series = new Series();
  for (let second = 0; second < seconds; second += 1) series.add(start + second * 1000, { cpu: cpu(second) });
  return series;
}

test('the last minutes are there second by second', () => {
  const points = filled(300, (second) => second).points(start, start + 299_000, 1000);
  expect(points).toHaveLength(300);
  expect(points[42]).toEqual({ timeMs: start + 42_000, figures: { cpu: 42 } });
});

test('hours are there as averages', () => {
  const points = filled(3600, (second) => second % 10).points(start, start + hour, 360);
  expect(points).toHaveLength(360);
  expect(points.every((point) => point.figures.cpu === 4.5)).toBe(true);
});

test('a day is kept, what is older goes', () => {
  const series = new Series();
  for (let minute = 0; minute < 30 * 60; minute += 1) series.add(start + minute * 60_000, { cpu: 0.5 });
  const points = series.points(start, start + 30 * hour, 4000);
  expect(points[0]?.timeMs).toBeGreaterThanOrEqual(start + 5 * hour);
  expect(points.length).toBeGreaterThanOrEqual(1440);
});

test('never more points than asked for', () => {
  expect(filled(600, () => 1).points(start, start + 600_000, 50).length).toBeLessThanOrEqual(50);
});

test('what was not measured is absent, not zero', () => {
  const series = new Series();
  series.add(start, { cpu: 1 });
  series.add(start + 1000, { memory: 5 });
  expect(series.points(start, start + 2000, 10).map((point) => point.figures)).toEqual([{ cpu: 1 }, { memory: 5 }]);
});

test('a clock set back does not disorder the points', () => {
  const series = new Series();
  series.add(start + 5000, { cpu: 1 });
  series.add(start, { cpu: 2 });
  series.add(start + 6000, { cpu: 3 });
  expect(series.points(start, start + 9000, 10).map((point) => point.timeMs)).toEqual([start + 5000, start + 6000]);
});

test('where nothing was measured for long there is a hole', () => {
  const series = new Series();
  for (const second of [0, 1, 2, 200, 201]) series.add(start + second * 1000, { cpu: 1 });
  const points = series.points(start, start + 300_000, 1000);
  expect(points.map(({ figures }) => figures.cpu)).toEqual([1, 1, 1, undefined, 1, 1]);
});

test('a machine that nobody looks at, sampled each ten seconds, has no holes', () => {
  const series = new Series();
  for (let second = 0; second < 600; second += 10) series.add(start + second * 1000, { cpu: 1 });
  expect(series.points(start, start + 600_000, 1000).every(({ figures }) => figures.cpu === 1)).toBe(true);
});

test('each ten seconds are told once they are over', () => {
  const series = new Series();
  const told: unknown[] = [];
  series.onTenSeconds = ({ timeMs, figures }) => told.push([(timeMs - start) / 1000, figures.cpu]);
  for (let second = 0; second < 25; second += 1) series.add(start + second * 1000, { cpu: second });
  expect(told).toEqual([
    [0, 4.5],
    [10, 14.5],
  ]);
});
