import { describe, expect, it } from 'vitest';
import {
  choose,
  chooseAll,
  chooseForMenu,
  keepExisting,
  move,
  nothingSelected,
  type Selection,
} from '../../../../../src-renderer/features/machines/selection.ts';

const order = ['a', 'b', 'c', 'd', 'e'];
const plain = { toggle: false, range: false };
const ctrl = { toggle: true, range: false };
const shift = { toggle: false, range: true };
const chosen = (selection: Selection<string>): string => [...selection.chosen].join('');

describe('choosing in a list', () => {
  it('takes one with a click, adds and removes with Ctrl', () => {
    const one = choose(nothingSelected as Selection<string>, 'b', order, plain);
    expect(chosen(one)).toBe('b');
    const two = choose(one, 'd', order, ctrl);
    expect(chosen(two)).toBe('bd');
    expect(chosen(choose(two, 'b', order, ctrl))).toBe('d');
  });

  it('takes a range with Shift from where the last click was, in both directions', () => {
    const start = choose(nothingSelected as Selection<string>, 'c', order, plain);
    const down = choose(start, 'e', order, shift);
    expect(chosen(down)).toBe('cde');
    expect(chosen(choose(down, 'a', order, shift))).toBe('abc');
  });

  it('moves with the keys and stops at the ends', () => {
    const first = move(nothingSelected as Selection<string>, 1, order, plain);
    expect(first.active).toBe('a');
    expect(move(first, -1, order, plain).active).toBe('a');
    expect(move(first, 99, order, plain).active).toBe('e');
    expect(chosen(move(first, 2, order, shift))).toBe('abc');
  });

  it('from nowhere begins at the first with Down, at the last with Up; Home and End go to the ends', () => {
    const from = (step: number): string | undefined =>
      move(nothingSelected as Selection<string>, step, order, plain).active;
    expect([from(1), from(-1), from(-order.length), from(order.length)]).toEqual(['a', 'e', 'a', 'e']);
  });

  it('with Ctrl moves the place and leaves the choice', () => {
    const start = choose(nothingSelected as Selection<string>, 'a', order, plain);
    const moved = move(start, 1, order, ctrl);
    expect([moved.active, chosen(moved)]).toEqual(['b', 'a']);
  });

  it('asks the menu about all that are chosen, or about the one under the mouse', () => {
    const three = choose(choose(nothingSelected as Selection<string>, 'a', order, plain), 'c', order, shift);
    expect(chosen(chooseForMenu(three, 'b'))).toBe('abc');
    expect(chosen(chooseForMenu(three, 'e'))).toBe('e');
  });

  it('can take everything', () => {
    expect(chosen(chooseAll(nothingSelected as Selection<string>, order))).toBe('abcde');
  });

  it('forgets what is gone, and is the same object when nothing is', () => {
    const three = choose(choose(nothingSelected as Selection<string>, 'a', order, plain), 'c', order, shift);
    expect(keepExisting(three, () => true)).toBe(three);
    const kept = keepExisting(three, (key) => key !== 'c');
    expect([chosen(kept), kept.active, kept.anchor]).toEqual(['ab', undefined, 'a']);
  });
});
