import { describe, expect, it } from 'vitest';
import { formatAddress, type Subnet } from '../../../../../src-shared/model/network-address.ts';
import type { NetworkIp } from '../../../../../src-shared/model/network.ts';
import {
  collisions,
  factsOf,
  freeAddress,
  freeSubnet,
  ipOf,
  moved,
  readSubnet,
  uniqueLocalSubnet,
  wholeRange,
} from '../../../../../src-renderer/features/networks/edit/subnets.ts';

function subnet(text: string): Subnet {
  const read = readSubnet(text);
  if (read === undefined) throw new Error(`${text} is no subnet`);
  return read;
}
const text = (value: Subnet | undefined): string =>
  value === undefined ? 'none' : `${formatAddress(value)}/${value.prefix}`;

describe('a typed subnet', () => {
  it.each([
    ['192.168.5.0/24', '192.168.5.1/24'],
    [' 192.168.5.9/24 ', '192.168.5.9/24'],
    ['10.0.0.0/30', '10.0.0.1/30'],
    ['fd00:1::/64', 'fd00:1::1/64'],
  ])('%s gives the host %s', (typed, host) => {
    expect(text(readSubnet(typed))).toBe(host);
  });

  it.each(['192.168.5.0', '192.168.5.255/24', '10.0.0.0/31', '0.0.0.0/0', '1.2.3/24', 'fd00::/127', '10.0.0.1/24/8'])(
    '%s is none',
    (typed) => {
      expect(readSubnet(typed)).toBeUndefined();
    },
  );
});

describe('the maths of a subnet', () => {
  it('tells mask, usable addresses and how many guests there is room for', () => {
    expect(factsOf(ipOf(subnet('10.1.2.0/28')))).toEqual({
      family: 'ipv4',
      subnet: '10.1.2.0/28',
      hostAddress: '10.1.2.1',
      netmask: '255.255.255.240',
      first: '10.1.2.1',
      last: '10.1.2.14',
      guests: 13,
    });
  });

  it('does not count what nobody would', () => {
    expect(factsOf(ipOf(subnet('fd00:1::/64')))).not.toHaveProperty('guests');
  });

  it('gives a range all that the host leaves, on the larger side of it', () => {
    expect(wholeRange(subnet('192.168.5.0/24'))).toEqual({ start: '192.168.5.2', end: '192.168.5.254' });
    expect(wholeRange(subnet('192.168.5.254/24'))).toEqual({ start: '192.168.5.1', end: '192.168.5.253' });
    expect(wholeRange(subnet('10.0.0.0/8'))).toEqual({ start: '10.0.0.2', end: '10.0.255.254' });
    expect(wholeRange(subnet('fd00::/64'))).toEqual({ start: 'fd00::2', end: 'fd00::fff' });
  });
});

describe('another subnet', () => {
  const ip: NetworkIp = {
    ...ipOf(subnet('192.168.122.0/24')),
    dhcp: {
      range: [{ start: '192.168.122.100', end: '192.168.122.200' }],
      host: [{ mac: '52:54:00:00:00:01', ip: '192.168.122.50' }],
    },
  };

  it('takes ranges and reservations along', () => {
    const next = moved(ip, subnet('10.7.0.0/24'));
    expect(next).toMatchObject({ address: '10.7.0.1', netmask: '255.255.255.0' });
    expect(next.dhcp).toEqual({
      range: [{ start: '10.7.0.100', end: '10.7.0.200' }],
      host: [{ mac: '52:54:00:00:00:01', ip: '10.7.0.50' }],
    });
  });

  it('gives a range of its own where the old one has no room, and drops what can not be kept', () => {
    expect(moved(ip, subnet('10.7.0.0/28')).dhcp).toEqual({
      range: [{ start: '10.7.0.2', end: '10.7.0.14' }],
      host: [],
    });
    expect(moved(ip, subnet('fd00:7::/64')).dhcp?.range).toEqual([{ start: 'fd00:7::2', end: 'fd00:7::fff' }]);
  });
});

describe('what is free', () => {
  it('is the first usual subnet that meets no other, whatever the size of that', () => {
    expect(text(freeSubnet([]))).toBe('192.168.122.1/24');
    expect(text(freeSubnet(['192.168.122.1/24', '192.168.123.64/26', 'fe80::1/64']))).toBe('192.168.124.1/24');
    expect(freeSubnet(['192.168.0.0/16'])).toBeUndefined();
  });

  it('is an address outside of the ranges, or else one inside that nobody has', () => {
    const base = ipOf(subnet('10.0.0.0/29'));
    const range = [{ start: '10.0.0.2', end: '10.0.0.4' }];
    expect(freeAddress({ ...base, dhcp: { range, host: [] } })).toBe('10.0.0.5');
    const whole = { range: [{ start: '10.0.0.2', end: '10.0.0.6' }], host: [{ ip: '10.0.0.2' }] };
    expect(freeAddress({ ...base, dhcp: whole }, ['10.0.0.3'])).toBe('10.0.0.4');
    const full = ['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6'];
    expect(freeAddress({ ...base, dhcp: whole }, full)).toBeUndefined();
  });

  it('is a random unique local subnet for IPv6', () => {
    expect(text(uniqueLocalSubnet(Uint8Array.of(0x12, 0x34, 0x56, 0x78, 0x9a)))).toBe('fd12:3456:789a::1/64');
  });

  it('is told apart from what is taken, link-local addresses aside', () => {
    const ips = [ipOf(subnet('192.168.122.0/24'))];
    const others = [
      { name: 'lan', addresses: ['192.168.0.7/16', 'fe80::1/64'] },
      { name: 'far', addresses: ['10.0.0.1/8'] },
    ];
    expect(collisions(ips, others)).toEqual([
      { subnet: '192.168.122.0/24', other: others[0], theirs: '192.168.0.0/16' },
    ]);
  });
});
