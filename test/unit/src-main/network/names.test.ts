import { describe, expect, it } from 'vitest';
import { readNetwork } from '../../../../src-main/network/complete.ts';
import { namesObstacle, namesSteps } from '../../../../src-main/network/names/plan-names.ts';
import { readRoutes } from '../../../../src-main/network/observe-routes.ts';
import { isPrivateDomain, withHostNames } from '../../../../src-shared/model/network-host-names.ts';

const network = (domain: string, dns = ''): ReturnType<typeof readNetwork> =>
  readNetwork(`<network><name>lab</name><forward mode='nat'/><bridge name='virbr9'/>${domain}${dns}
    <ip address='192.168.77.1' netmask='255.255.255.0'/><ip family='ipv6' address='fd00:77::1' prefix='64'/></network>`);
const local = "<domain name='vm.test' localOnly='yes'/>";

describe('domains that hide nobody', () => {
  it.each(['vm.test', 'test', 'a.b.internal', 'VM.Home.ARPA', 'lan'])('%s', (domain) => {
    expect(isPrivateDomain(domain)).toBe(true);
  });
  it.each(['example.com', 'com', 'test.com', 'mytest', 'local', 'vm.local', '', '.', 'a..test', '-a.test', '~.test'])(
    'is not %j',
    (domain) => {
      expect(isPrivateDomain(domain)).toBe(false);
    },
  );
});

describe('the host is told of guests’ names', () => {
  it('with the addresses of the server, and told no more', () => {
    expect(namesSteps(network(local), 'virbr9', true)).toMatchObject([
      {
        action: { verb: 'names-set', link: 'virbr9', domain: 'vm.test', servers: ['192.168.77.1', 'fd00:77::1'] },
        inverse: { action: { verb: 'names-clear', link: 'virbr9' } },
      },
    ]);
  });

  it.each([
    [local, '', false, 'namesNoResolved'],
    ['', '', true, 'namesNoDomain'],
    [local, "<dns enable='no'/>", true, 'namesNoServer'],
    ["<domain name='vm.test'/>", '', true, 'namesNotLocal'],
    ["<domain name='firm.com' localOnly='yes'/>", '', true, 'namesPublic'],
    ["<domain name='vm.test' localOnly='yes' register='no'/>", '', true, 'namesOff'],
  ])('but not with %j%j', (domain, dns, hasResolved, why) => {
    expect(namesSteps(network(domain, dns), 'virbr9', hasResolved)).toEqual([]);
    expect(namesObstacle(network(domain, dns), hasResolved)?.reason.words.key).toBe(why);
  });

  it('about a domain that may be somebody’s only when the network says so', () => {
    const said = network("<domain name='firm.com' localOnly='yes' register='yes'/>");
    expect(namesSteps(said, 'virbr9', true)).toHaveLength(1);
  });

  it('or not, by libvirt’s own attribute', () => {
    const off = withHostNames(network(local), false);
    expect(off.domain).toEqual({ name: 'vm.test', localOnly: true, register: false });
    expect(withHostNames(off, true).domain).toEqual({ name: 'vm.test', localOnly: true });
  });
});

it("the kernel's list of routes is read with its prefixes, without what is refused", () => {
  const text = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0',
    'virbr0\t007AA8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    '*\t0000000A\t00000000\t0201\t0\t0\t0\t000000FF\t0\t0\t0',
    '',
  ].join('\n');
  expect(readRoutes(text)).toEqual([
    { destination: '0.0.0.0/0', device: 'eth0', family: 'ipv4' },
    { destination: '192.168.122.0/24', device: 'virbr0', family: 'ipv4' },
  ]);
});
