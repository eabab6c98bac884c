import { describe, expect, it } from 'vitest';
import {
  contains,
  formatAddress,
  formatSubnet,
  overlap,
  parseAddress,
  parseSubnet,
  prefixOfMask,
  reverseZone,
} from '../../../../src-shared/model/network-address.ts';
import { rangeSize, subnetOf } from '../../../../src-shared/model/network-subnet.ts';

const canonical = (text: string): string | undefined => {
  const address = parseAddress(text);
  return address === undefined ? undefined : formatAddress(address);
};
const subnet = (text: string) => {
  const parsed = parseSubnet(text);
  if (parsed === undefined) throw new Error(`${text} is no subnet`);
  return parsed;
};

describe('an address', () => {
  it.each([
    ['192.168.122.1', '192.168.122.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::', '::'],
    ['f0:0d::f0:0d', 'f0:d::f0:d'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ])('reads %s and writes %s', (text, written) => {
    expect(canonical(text)).toBe(written);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.256',
    '1.2.3.4.5',
    ':::',
    '1::2::3',
    '12345::',
    'g::1',
    '1:2:3:4:5:6:7:8:9',
    '::1.2.3.400',
  ])('refuses %s', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe('a subnet', () => {
  it('is the network, whichever of its addresses is named', () => {
    expect(formatSubnet(subnet('192.168.122.77/24'))).toBe('192.168.122.0/24');
    expect(formatSubnet(subnet('2001:db8:1:2:3::/64'))).toBe('2001:db8:1:2::/64');
  });

  it('overlaps with what it contains and what contains it', () => {
    expect(overlap(subnet('10.0.0.0/8'), subnet('10.1.2.0/24'))).toBe(true);
    expect(overlap(subnet('10.1.2.0/24'), subnet('10.0.0.0/8'))).toBe(true);
    expect(overlap(subnet('10.1.2.0/24'), subnet('10.1.3.0/24'))).toBe(false);
    expect(contains(subnet('0.0.0.0/0'), subnet('10.1.3.4'))).toBe(true);
    expect(overlap(subnet('0.0.0.0/0'), subnet('::/0'))).toBe(false);
  });

  it('is found from a netmask, a prefix or the class of the address', () => {
    const prefix = (ip: object): number | undefined => subnetOf(ip)?.prefix;
    expect(prefix({ address: '10.24.10.1' })).toBe(8);
    expect(prefix({ address: '172.16.0.1' })).toBe(16);
    expect(prefix({ address: '192.168.1.1' })).toBe(24);
    expect(prefix({ address: 'fd00::1' })).toBe(64);
    expect(prefix({ address: '10.0.0.1', netmask: '255.255.252.0' })).toBe(22);
    expect(prefix({ address: '10.0.0.1', netmask: '255.0.255.0' })).toBeUndefined();
    expect(prefix({ address: '10.0.0.1', prefix: 33 })).toBeUndefined();
    const mask = parseAddress('255.255.255.128');
    expect(mask === undefined ? undefined : prefixOfMask(mask)).toBe(25);
  });

  it('has a zone of names only where its end is one of a label', () => {
    expect(reverseZone(subnet('192.168.122.0/24'))).toBe('122.168.192.in-addr.arpa');
    expect(reverseZone(subnet('192.168.122.0/25'))).toBeUndefined();
    expect(reverseZone(subnet('2001:db8::/32'))).toBe('8.b.d.0.1.0.0.2.ip6.arpa');
  });
});

describe('a DHCP range', () => {
  const size = (start: string, end: string, of = '192.168.1.0/24') => rangeSize({ start, end }, subnet(of));

  it('counts both ends', () => {
    expect(size('192.168.1.2', '192.168.1.254')).toBe(253);
    expect(size('fd00::10', 'fd00::10', 'fd00::/64')).toBe(1);
  });

  it.each([
    ['192.168.1.0', '192.168.1.9', 'address of the network'],
    ['192.168.1.9', '192.168.1.255', 'broadcast'],
    ['192.168.1.9', '192.168.2.9', 'not entirely within'],
    ['192.168.1.9', '192.168.1.8', 'ends before'],
    ['192.168.1.9', 'fd00::1', 'not entirely within'],
  ])('refuses %s to %s', (start, end, why) => {
    expect(size(start, end)).toMatchObject({ problem: expect.stringContaining(why) as string });
  });

  it('is not larger than upstream allows', () => {
    expect(size('10.0.0.1', '10.1.0.1', '10.0.0.0/8')).toMatchObject({
      problem: expect.stringContaining('too large') as string,
    });
  });
});
