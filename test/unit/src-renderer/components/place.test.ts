import { expect, it } from 'vitest';
import { placement } from '../../../../src-renderer/components/place.ts';

const view = { width: 1000, height: 600 };
const size = { width: 200, height: 100 };

it('goes below, or above when there is no room', () => {
  expect(placement(size, { left: 10, top: 10, right: 40, bottom: 30 }, 'below', view)).toEqual({ left: 10, top: 34 });
  expect(placement(size, { left: 10, top: 560, right: 40, bottom: 590 }, 'below', view)).toEqual({
    left: 10,
    top: 456,
  });
});

it('stays in the window', () => {
  expect(placement(size, { left: 980, top: 10, right: 1000, bottom: 30 }, 'below', view).left).toBe(792);
});

it('goes to the other side of what stands at the right edge', () => {
  expect(placement(size, { left: 960, top: 300, right: 990, bottom: 320 }, 'right', view)).toEqual({
    left: 756,
    top: 260,
  });
});
