import { fstatSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { coverInherited } from '../../../../src-main/host/inherited-fds.ts';

test('leaves a child’s descriptors alone in plain Node', () => {
  expect(coverInherited(['ignore', 'pipe', 'pipe'], false)).toEqual(['ignore', 'pipe', 'pipe']);
});

test('covers what Electron holds open with /dev/null, and nothing that the child is given', () => {
  const covered = coverInherited(['ignore', 5, 5, 20], true, [0, 1, 2, 3, 5, 6, 9, 20]);
  const nothing = covered[5];
  expect(covered).toEqual([
    'ignore',
    5,
    5,
    20,
    'ignore',
    nothing,
    nothing,
    'ignore',
    'ignore',
    nothing,
    ...Array(10).fill('ignore'),
    nothing,
  ]);
  if (typeof nothing !== 'number') throw new Error('nothing is open there');
  expect(fstatSync(nothing).rdev).toBe(statSync('/dev/null').rdev);
});
