import { expect, test } from 'vitest';
import { PortAllocator } from '../../../../../../src-main/drivers/qemu/process/host-facts.ts';

test('two starts at once never get the same port, and one that is over gives its ports back', () => {
  const allocator = new PortAllocator();
  const first = allocator.reserve();
  const second = allocator.reserve();
  const port = first.allocate('spice');
  expect(second.allocate('vnc')).toBeGreaterThan(port);
  first.release();
  expect(allocator.reserve().allocate('spice')).toBe(port);
});
