import { expect, test } from 'vitest';
import { Compression } from '../../../../../src-renderer/features/console/display/vnc/compression.ts';

const screen = 1024 * 768;
const dense = { pixels: screen, bytes: screen * 4 };
const plainColour = { pixels: screen, bytes: 5 };

function watched(): { readonly compression: Compression; pass(ms: number): void } {
  let now = 0;
  return { compression: new Compression(() => now), pass: (ms) => (now += ms) };
}

test('what becomes small goes on being compressed, and small updates decide nothing', () => {
  const { compression } = watched();
  expect(compression.received(plainColour)).toBe('compressed');
  expect(compression.received({ pixels: 64, bytes: 4096 })).toBe('compressed');
});

test('what hardly becomes smaller comes as it is, and is tried again less and less often', () => {
  const { compression, pass } = watched();
  const nothing = { pixels: 0, bytes: 0 };
  expect(compression.received(dense)).toBe('plain');
  pass(3_900);
  expect(compression.received(nothing)).toBe('plain');
  pass(200);
  expect(compression.received(nothing)).toBe('compressed');
  expect(compression.received(dense)).toBe('plain');
  pass(7_900);
  expect(compression.received(nothing)).toBe('plain');
  pass(200);
  expect(compression.received(nothing)).toBe('compressed');
  // A guest that has changed what it shows is believed at once.
  expect(compression.received(plainColour)).toBe('compressed');
  expect(compression.received(dense)).toBe('plain');
  pass(4_100);
  expect(compression.received(nothing)).toBe('compressed');
});
