import { expect, test } from 'vitest';
import { wireTicket } from '../../../../../src-renderer/features/console/display/spice/ticket.ts';

test.each([128, 127, 126, 1])('a ticket of %i significant bytes is as long as the key', (length) => {
  const number = Array.from({ length }, (_, at) => at + 1);
  const zeros = Array.from({ length: 128 - length }, () => 0);
  expect(wireTicket(number)).toEqual([...zeros, ...number]);
});
