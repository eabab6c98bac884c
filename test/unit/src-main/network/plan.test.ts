import { describe, expect, it } from 'vitest';
import { checkAction } from '../../../../src-main/network/actions.ts';
import type { FirewalldFacts, HostFacts } from '../../../../src-main/network/host-facts.ts';
import { host, natXml, plan } from './host.ts';

const verbs = (xml: string, facts: Partial<HostFacts> = {}): string[] =>
  plan(xml, facts).steps.map(({ action }) => action.verb);
const findings = (xml: string, facts: Partial<HostFacts> = {}): string[] =>
  plan(xml, facts).findings.map(({ id, severity }) => `${severity} ${id}`);
const step = (xml: string, verb: string, facts: Partial<HostFacts> = {}) =>
  plan(xml, facts).steps.find(({ action }) => action.verb === verb);

describe('the steps of a NAT network', () => {
  it('are in the order in which each finds what it needs', () => {
    expect(verbs(natXml())).toEqual([
      'bridge-add',
      'sysctl-set',
      'nft-table-add',
      'nft-network-set',
      'address-add',
      'link-up',
      'sysctl-set',
      'dnsmasq-start',
    ]);
    expect(findings(natXml())).toEqual([]);
  });

  it('say what they do in sentences', () => {
    for (const { sentence, inverse } of plan(natXml()).steps) {
      expect(sentence).toMatch(/^[A-Z].*\.$/);
      if (inverse !== undefined) expect(inverse.sentence).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('are actions that an executor in another process would take', () => {
    for (const { action, inverse } of plan(natXml()).steps) {
      expect(checkAction(JSON.parse(JSON.stringify(action)))).toEqual(action);
      if (inverse !== undefined) expect(checkAction(inverse.action)).toEqual(inverse.action);
    }
  });

  it('remove only the bridge they made', () => {
    expect(step(natXml(), 'bridge-add')?.inverse?.action).toEqual({
      verb: 'bridge-delete',
      link: 'virbr0',
      mac: '52:54:00:aa:bb:cc',
    });
  });

  it('put forwarding back as it was, with what switching it resets', () => {
    const forwarding = plan(natXml()).steps.find(({ shared }) => shared === 'forwarding-ipv4');
    expect(forwarding?.inverse?.action).toEqual({
      verb: 'sysctl-set',
      values: [
        { key: 'net/ipv4/ip_forward', value: '0' },
        { key: 'net/ipv4/conf/all/forwarding', value: '0' },
        { key: 'net/ipv4/conf/all/accept_redirects', value: '0' },
      ],
    });
  });

  it('leave forwarding on where it was on', () => {
    const facts = { sysctls: { ...host.sysctls, 'net/ipv4/ip_forward': '1' } };
    const forwarding = plan(natXml(), facts).steps.find(({ shared }) => shared === 'forwarding-ipv4');
    expect(forwarding?.inverse).toBeUndefined();
  });
});

describe('the steps of other networks', () => {
  it('do not forward for an isolated one', () => {
    expect(verbs(natXml('', '')).filter((verb) => verb === 'sysctl-set')).toHaveLength(1);
  });

  it('set no rules for an open one', () => {
    expect(verbs(natXml('', "<forward mode='open'/>"))).not.toContain('nft-network-set');
  });

  it('change nothing for one on a bridge of the host, which must exist', () => {
    const xml = "<network><name>lan</name><forward mode='bridge'/><bridge name='br0'/></network>";
    expect(plan(xml)).toMatchObject({ steps: [], findings: [{ id: 'no-such-device', severity: 'error' }] });
    expect(plan(xml, { links: [{ name: 'br0', kind: 'bridge', addresses: [] }] })).toEqual({ steps: [], findings: [] });
  });

  it('start no server where there is nothing to serve', () => {
    const xml = `<network><name>bare</name><dns enable='no'/><ip address='192.168.50.1' prefix='24'/></network>`;
    expect(verbs(xml)).not.toContain('dnsmasq-start');
  });
});

describe('what stands in the way', () => {
  it('is a device that has the name of the bridge; a free one is proposed', () => {
    const links = [...host.links, { name: 'virbr0', addresses: [] }];
    const [finding] = plan(natXml(), { links }).findings;
    expect(finding).toMatchObject({
      id: 'bridge-exists',
      severity: 'error',
      fix: expect.stringContaining('virbr1') as string,
    });
  });

  it('is a subnet that is in use; a free one is proposed', () => {
    const routes = [...host.routes, { destination: '192.168.122.0/24', device: 'eth1', family: 'ipv4' as const }];
    expect(plan(natXml(), { routes }).findings).toEqual([
      {
        id: 'subnet-in-use',
        severity: 'error',
        message: "The subnet 192.168.122.0/24 is in use already: 192.168.122.0/24 on 'eth1'.",
        fix: 'Use 192.168.123.0/24, which is free on this host.',
        // The same for windows in other languages.
        words: {
          message: {
            key: 'subnetInUse',
            values: { subnet: '192.168.122.0/24', other: '192.168.122.0/24', device: 'eth1' },
          },
          fix: { key: 'subnetFix', values: { free: '192.168.123.0/24' } },
        },
      },
    ]);
  });

  it('is less than that where subnets only overlap', () => {
    const routes = [...host.routes, { destination: '192.168.0.0/16', device: 'vpn', family: 'ipv4' as const }];
    expect(findings(natXml(), { routes })).toEqual(['warning subnet-overlaps']);
  });

  it('is a missing program', () => {
    expect(findings(natXml(), { programs: new Set(['ip', 'nft']) })).toEqual(['error no-dnsmasq']);
    expect(findings(natXml(), { programs: new Set(['ip', 'dnsmasq']) })).toEqual(['error no-firewall']);
  });

  it('is a server that listens everywhere', () => {
    expect(findings(natXml(), { wildcardSockets: [{ port: 53 }] })).toEqual(['warning server-in-the-way']);
  });

  it('is that forwarding IPv6 would cost the host its own routes', () => {
    const six = natXml("<ip family='ipv6' address='fd00::1' prefix='64'/>");
    const routes = [...host.routes, { destination: '::/0', device: 'eth0', family: 'ipv6' as const, protocol: 'ra' }];
    expect(findings(six, { routes })).toEqual(['error router-advertisements']);
    const sysctls = { ...host.sysctls, 'net/ipv6/conf/eth0/accept_ra': '2' };
    expect(findings(six, { routes, sysctls })).toEqual([]);
  });
});

describe('the firewall', () => {
  it('is iptables where its policy drops what nothing else allows, as with Docker', () => {
    const facts = { forwardPolicy: 'drop' } as const;
    expect(verbs(natXml(), facts)).toContain('iptables-add');
    expect(verbs(natXml(), facts)).not.toContain('nft-network-set');
    expect(findings(natXml(), facts)).toEqual(['info forward-policy-drop']);
  });

  it('is iptables where there is no nft', () => {
    expect(verbs(natXml(), { programs: new Set(['ip', 'iptables', 'dnsmasq']) })).toContain('iptables-add');
  });
});

describe("firewalld's zone", () => {
  const firewalld = (facts: Partial<FirewalldFacts> = {}): Partial<HostFacts> => ({
    firewalld: { version: '1.3.0', backend: 'nftables', zones: ['public', 'libvirt'], policies: [], ...facts },
  });
  const zoneOf = (xml: string, facts: Partial<HostFacts>): string | undefined => {
    const action = step(xml, 'zone-set', facts)?.action;
    return action?.verb === 'zone-set' ? action.zone : undefined;
  };
  const routed = natXml('', "<forward mode='route'/>");

  it("is 'libvirt', before the rules and addresses", () => {
    expect(zoneOf(natXml(), firewalld())).toBe('libvirt');
    const order = verbs(natXml(), firewalld());
    expect(order.indexOf('zone-set')).toBeLessThan(order.indexOf('nft-network-set'));
  });

  it('is not asked for where firewalld does not run', () => {
    expect(zoneOf(natXml(), {})).toBeUndefined();
  });

  it('is the routed one for routed networks where its policies exist', () => {
    const zones = ['libvirt', 'libvirt-routed'];
    expect(zoneOf(routed, firewalld({ zones, policies: ['libvirt-routed-out'] }))).toBe('libvirt-routed');
    expect(zoneOf(routed, firewalld({ zones }))).toBe('libvirt');
    const own = ['vivarium', 'vivarium-routed'];
    expect(zoneOf(routed, firewalld({ zones: own, policies: ['vivarium-out'] }))).toBe('vivarium-routed');
    expect(zoneOf(routed, firewalld({ zones: own }))).toBe('vivarium');
    const both = firewalld({ zones: [...own, ...zones], policies: ['vivarium-out', 'libvirt-routed-out'] });
    expect(zoneOf(routed, both)).toBe('libvirt-routed');
  });

  it('is said, with why it is that one', () => {
    const why = (facts: Partial<HostFacts>): string | undefined => plan(natXml(), facts).findings[0]?.message;
    expect(why(firewalld())).toContain("zone 'libvirt', which libvirt's package brought");
    expect(why(firewalld({ zones: ['vivarium', 'libvirt'] }))).toContain("zone 'libvirt'");
    expect(why(firewalld({ zones: ['vivarium'] }))).toContain("zone 'vivarium', which Vivarium's package brought");
    expect(why(firewalld({ zones: [], backend: 'iptables' }))).toContain("the network's own rules do");
    expect(why({})).toBeUndefined();
  });

  it('is missed where firewalld filters with nftables, and not where it uses iptables', () => {
    expect(findings(natXml(), firewalld({ zones: ['public'] }))).toEqual(['error zone-missing']);
    expect(findings(natXml(), firewalld({ zones: ['public'], backend: 'iptables' }))).toEqual(['info zone-not-needed']);
    expect(findings(natXml(), firewalld({ zones: ['public'], version: '0.5.9' }))).toEqual(['info zone-not-needed']);
  });

  it('is the one the network names, or the network does not start', () => {
    const named = natXml("<bridge name='virbr0' zone='home'/>");
    expect(zoneOf(named, firewalld({ zones: ['home'] }))).toBe('home');
    expect(findings(named, firewalld())).toEqual(['error no-such-zone']);
    expect(findings(named)).toEqual(['error zone-without-firewalld']);
  });

  it('is left alone by open networks', () => {
    expect(zoneOf(natXml('', "<forward mode='open'/>"), firewalld())).toBeUndefined();
  });
});
