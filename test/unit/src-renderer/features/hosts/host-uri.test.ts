import { expect, test } from 'vitest';
import { type HostFields, hostUri } from '../../../../../src-renderer/features/hosts/host-uri.ts';
import { parseConnectUri } from '../../../../../src-shared/uri.ts';

const fields: HostFields = { hypervisor: 'qemu', way: 'ssh', address: '', session: false, keyFile: '' };

test.each([
  [{ address: 'server' }, 'qemu+ssh://server/system'],
  [{ address: ' ann@server.example:2222 ' }, 'qemu+ssh://ann@server.example:2222/system'],
  [{ address: '[fe80::1]:22', session: true }, 'qemu+ssh://[fe80::1]:22/session'],
  [{ address: 'server', way: 'tls', hypervisor: 'xen', keyFile: '/k' }, 'xen+tls://server/system'],
  [{ address: 'server', keyFile: '/home/ann/my key' }, 'qemu+ssh://server/system?keyfile=%2Fhome%2Fann%2Fmy%20key'],
] as const)('%j is %s', (some, uri) => {
  expect(hostUri({ ...fields, ...some })).toBe(uri);
  expect(parseConnectUri(uri)).toBeDefined();
});

test.each(['', 'two words', '-oProxyCommand=x@ y', 'host/path', 'host?x=1', 'a@b@c'])('%j is no address', (address) => {
  expect(hostUri({ ...fields, address })).toBeUndefined();
});
