import { describe, expect, it } from 'vitest';
import type { HostFacts } from '../../../../src-main/network/host-facts.ts';
import { host, plan } from './host.ts';

const bridges: Partial<HostFacts> = {
  links: [...host.links, ...['br0', 'br1', 'ovsbr0'].map((name) => ({ name, kind: 'bridge', addresses: [] }))],
  programs: new Set([...host.programs, 'ovs-vsctl']),
  switches: { bridgeVlans: { br0: true, br1: false }, switchBridges: ['ovsbr0'] },
};
const findings = (xml: string, facts: Partial<HostFacts> = bridges): string[] =>
  plan(xml, facts).findings.map(({ id, severity }) => `${severity} ${id}`);
const lan = (bridge: string, rest = ''): string =>
  `<network><name>lan</name><forward mode='bridge'/><bridge name='${bridge}'/>${rest}</network>`;
const ovs = "<virtualport type='openvswitch'/>";
const vlan = "<portgroup name='a'><vlan><tag id='4'/></vlan></portgroup>";

describe('what is found before a network starts whose switch is asked for something', () => {
  it('by Open vSwitch: the switch itself, and its bridge', () => {
    expect(findings(lan('ovsbr0', ovs + vlan))).toEqual([]);
    expect(findings(lan('br0', ovs))).toEqual(['error no-such-switch']);
    expect(findings(lan('ovsbr0'))).toEqual(['error is-open-vswitch']);
    expect(findings(lan('ovsbr0', ovs), { ...bridges, programs: host.programs })).toEqual(['error no-open-vswitch']);
    expect(findings(`<network><name>own</name>${ovs}</network>`)).toEqual(['warning own-bridge']);
    const other = "<virtualport type='802.1Qbh'><parameters profileid='a'/></virtualport>";
    expect(findings(lan('br0', other))).toEqual(['warning not-applied']);
  });

  it('by VLANs: a bridge that tells them apart, or can be made to', () => {
    expect(findings(lan('br0', vlan))).toEqual([]);
    expect(findings(lan('br1', vlan))).toEqual(['warning vlans-off']);
    const unable = { ...bridges, switches: { bridgeVlans: {} } };
    expect(findings(lan('br0', vlan), unable)).toEqual(['warning no-vlan-filtering']);
    expect(findings(`<network><name>own</name>${vlan}</network>`, unable)).toEqual(['warning no-vlan-filtering']);
    expect(findings(`<network><name>own</name>${vlan}</network>`, {})).toEqual([]);
    const beside = `<network><name>b</name><forward mode='private'><interface dev='eth0'/></forward>${vlan}</network>`;
    expect(findings(beside)).toEqual(['warning not-applied']);
  });

  it('by guests that choose what they get', () => {
    expect(findings(lan('br0').replace('<network>', "<network trustGuestRxFilters='yes'>"))).toEqual([
      'warning not-applied',
    ]);
  });
});
