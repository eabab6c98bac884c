import { describe, expect, it } from 'vitest';
import { checkAction } from '../../../../src-main/network/actions.ts';
import { completeNetwork, readNetwork } from '../../../../src-main/network/complete.ts';
import { networkScript, removeNetworkScript } from '../../../../src-main/network/firewall/nftables.ts';
import { networkRules } from '../../../../src-main/network/firewall/rules.ts';
import { readLeases } from '../../../../src-main/network/leases.ts';
import { natXml } from './host.ts';

describe('a definition', () => {
  it('gets an identity, a bridge and a hardware address', () => {
    const network = completeNetwork(readNetwork('<network><name>a</name></network>'), () => 'virbr7');
    expect(network).toMatchObject({ bridge: { name: 'virbr7', stp: true, delay: 0 } });
    expect(network.mac?.address).toMatch(/^52:54:00(?::[0-9a-f]{2}){3}$/);
    expect(network.uuid).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['a line break in what dnsmasq reads', "<domain name='a&#10;dhcp-script=/bin/sh'/>", 'line break'],
    ['a bridge name with a path', "<bridge name='../x'/>", "can't be a bridge's name"],
    ['a bridge name that is too long', "<bridge name='a-bridge-of-more-letters'/>", "can't be a bridge's name"],
    [
      'a range outside',
      "<ip address='10.0.0.1' prefix='24'><dhcp><range start='10.0.1.1' end='10.0.1.2'/></dhcp></ip>",
      'within',
    ],
    [
      'a multicast reservation',
      "<ip address='10.0.0.1' prefix='24'><dhcp><host mac='01:00:00:00:00:01' ip='10.0.0.2'/></dhcp></ip>",
      'multicast',
    ],
    [
      'DHCP twice',
      "<ip address='10.0.0.1' prefix='24'><dhcp><range start='10.0.0.2' end='10.0.0.3'/></dhcp></ip><ip address='10.0.1.1' prefix='24'><dhcp><range start='10.0.1.2' end='10.0.1.3'/></dhcp></ip>",
      'Only one IPv4',
    ],
    [
      'addresses of a bridge of the host',
      "<forward mode='bridge'/><bridge name='br0'/><ip address='10.0.0.1' prefix='24'/>",
      "can't have <ip>",
    ],
    [
      'a lease of a minute',
      "<ip address='10.0.0.1' prefix='24'><dhcp><range start='10.0.0.2' end='10.0.0.3'><lease expiry='60' unit='seconds'/></range></dhcp></ip>",
      'two minutes',
    ],
  ])('is refused with %s', (_, inner, why) => {
    expect(() => readNetwork(`<network><name>a</name>${inner}</network>`)).toThrow(why);
  });
});

describe('actions from elsewhere', () => {
  it.each([
    { verb: 'link-up', link: 'eth0; reboot' },
    { verb: 'link-up', link: '../../etc' },
    { verb: 'sysctl-set', values: [{ key: 'kernel/core_pattern', value: '1' }] },
    { verb: 'sysctl-set', values: [{ key: 'net/ipv4/conf/../../kernel/panic/forwarding', value: '1' }] },
    { verb: 'sysctl-set', values: [{ key: 'net/ipv4/conf/../forwarding', value: '1' }] },
    { verb: 'nft-table-delete', table: 'filter; flush ruleset' },
    { verb: 'address-add', link: 'virbr0', address: '10.0.0.1/99' },
    { verb: 'run', argv: ['sh'] },
  ])('are refused: $verb', (action) => {
    expect(() => checkAction(action)).toThrow();
  });
});

describe('nftables transactions', () => {
  const network = completeNetwork(readNetwork(natXml()), () => 'virbr0');
  const rules = networkRules(network, 'virbr0').filter(({ chain }) => chain !== 'mangle');

  it('let exceptions come before the rule they are from', () => {
    const script = networkScript('vivarium', 'virbr0', rules);
    const accepted = script.indexOf('ct state established,related accept');
    expect(accepted).toBeGreaterThan(0);
    expect(script.indexOf('oifname "virbr0" reject')).toBeGreaterThan(accepted);
    expect(script.indexOf('daddr 224.0.0.0/24 return')).toBeLessThan(script.indexOf('masquerade to :1024-65535'));
  });

  it('name chains by words nftables reads, one for each bridge', () => {
    const names = ['a-b', 'a_b', 'a.b'].map(
      (bridge) => /chain inet t (\S+)_cross/.exec(removeNetworkScript('t', bridge))?.[1],
    );
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
  });
});

describe('leases', () => {
  const text = `1700000100 52:54:00:00:00:01 192.168.1.5 web 01:52:54:00:00:00:01
0 52:54:00:00:00:02 192.168.1.6 * *
1600000000 52:54:00:00:00:03 192.168.1.7 old *
duid 00:01:00:01:2c:aa:bb:cc:52:54:00:ff:ff:ff
1700000100 1234567 fd00::5 six 00:01:00:01:2c:00:00:00:52:54:00:00:00:09
`;

  it('are read as dnsmasq writes them, those that ended left out', () => {
    const subnets = [
      { family: 'ipv4', prefix: 25 },
      { family: 'ipv6', prefix: 64 },
    ] as const;
    const common = { interface: 'virbr0' };
    expect(readLeases(text, 'virbr0', subnets, 1_700_000_000_000)).toEqual([
      {
        ...common,
        ...{ family: 'ipv4', address: '192.168.1.5', prefix: 25, expiresMs: 1_700_000_100_000 },
        ...{ mac: '52:54:00:00:00:01', hostname: 'web', clientId: '01:52:54:00:00:00:01' },
      },
      { ...common, family: 'ipv4', address: '192.168.1.6', prefix: 25, mac: '52:54:00:00:00:02' },
      {
        ...common,
        ...{ family: 'ipv6', address: 'fd00::5', prefix: 64, expiresMs: 1_700_000_100_000, iaid: '1234567' },
        ...{ mac: '52:54:00:00:00:09', hostname: 'six', clientId: '00:01:00:01:2c:00:00:00:52:54:00:00:00:09' },
      },
    ]);
  });
});
