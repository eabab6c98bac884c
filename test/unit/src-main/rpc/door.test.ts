import { expect, test } from 'vitest';
import { libvirtUri } from '../../../../src-main/rpc/door.ts';

test('a connection is written as clients of libvirt write it', () => {
  const socket = '/run/user/1000/vivarium/libvirt-sock';
  expect(libvirtUri('qemu:///session', socket)).toBe(`qemu:///session?socket=${socket}`);
  expect(libvirtUri('test:///many?n=3', socket)).toBe(`test+unix:///many?n=3&socket=${socket}`);
  expect(libvirtUri('qemu:///session', '/tmp/a b&c/sock')).toBe('qemu:///session?socket=/tmp/a%20b%26c/sock');
});
