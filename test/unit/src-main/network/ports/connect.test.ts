import { describe, expect, it } from 'vitest';
import type { CableCard, HostDevice, HostDevices } from '../../../../../src-main/network/ports/card.ts';
import { connectCard, liveCard } from '../../../../../src-main/network/ports/connect.ts';
import { planPort, tapMac } from '../../../../../src-main/network/ports/plan-port.ts';
import type { Port } from '../../../../../src-main/network/ports/port.ts';
import { parseNetwork } from '../../../../../src-shared/model/network.ts';
import { parseDevice } from '../../../../../src-main/engine/device-edit.ts';

const card = (xml: string): CableCard => parseDevice(xml).device as CableCard;

const devices: Record<string, { kind?: string; mtu: number }> = {
  virbr0: { kind: 'bridge', mtu: 1500 },
  br0: { kind: 'bridge', mtu: 9000 },
  eth0: { mtu: 1500 },
  eth1: { mtu: 1500 },
  tap7: { kind: 'tun', mtu: 1500 },
};
const noFunctions = { functionsOf: () => [], functionAt: () => undefined, isTaken: () => false } as const;
const host = (busy: Record<string, number> = {}): HostDevices => ({
  ...noFunctions,
  find: (link) => devices[link],
  users: (lower) => busy[lower] ?? 0,
});

const uuid = 'd0a3d1f7-6f0c-4f0a-9a55-1f4a6a0d8f0e';
const known = (xml: string, isActive = true) => {
  const network = parseNetwork(xml);
  return () => ({ uuid, name: network.name, active: isActive ? network : undefined });
};
const nat = known(`<network><name>lab</name><forward mode='nat'/><bridge name='virbr0'/><mtu size='1400'/>
  <portgroup name='fast' default='yes'><bandwidth><inbound average='9'/></bandwidth></portgroup>
  <portgroup name='slow'><bandwidth><inbound average='1'/></bandwidth></portgroup></network>`);
const onNetwork = (rest = '', portgroup = ''): CableCard =>
  card(
    `<interface type='network'><mac address='52:54:00:00:00:01'/><source network='lab'${portgroup}/>${rest}</interface>`,
  );

describe('a card on a virtual network', () => {
  it('goes into its bridge, with what the network and its default port group say', () => {
    expect(connectCard(onNetwork(), nat, host())).toEqual({
      end: { kind: 'tap', bridge: 'virbr0', multiQueue: false },
      rest: {
        network: { uuid, name: 'lab', portgroup: 'fast' },
        bandwidth: { inbound: { average: 9 } },
        mtu: 1400,
      },
    });
  });

  it('has its own words before those of the port group it names', () => {
    const named = " portgroup='slow'";
    expect(connectCard(onNetwork('', named), nat, host()).rest.bandwidth).toEqual({ inbound: { average: 1 } });
    const own = "<bandwidth><outbound average='5'/></bandwidth><mtu size='1300'/>";
    expect(connectCard(onNetwork(own, named), nat, host()).rest).toMatchObject({
      bandwidth: { outbound: { average: 5 } },
      mtu: 1300,
    });
  });

  it('is told what stands in the way', () => {
    const off = known("<network><name>lab</name><bridge name='virbr0'/></network>", false);
    expect(() => connectCard(onNetwork(), off, host())).toThrow("network 'lab' is not active");
    expect(() => connectCard(onNetwork('', " portgroup='none'"), nat, host())).toThrow(
      "network 'lab' doesn't have a portgroup 'none'",
    );
    const gone = known("<network><name>lab</name><forward mode='bridge'/><bridge name='br7'/></network>");
    expect(() => connectCard(onNetwork(), gone, host())).toThrow("There is no bridge 'br7'");
  });

  it.each([
    ["<virtualport type='802.1Qbh'><parameters profileid='a'/></virtualport>", "<virtualport type='802.1Qbh'>"],
    ["<virtualport type='openvswitch'/>", '<virtualport>'],
    ["<coalesce><rx><frames max='5'/></rx></coalesce>", '<coalesce>'],
    ["<bandwidth><inbound average='9' floor='5'/></bandwidth>", '<inbound floor>'],
    ["<script path='/bin/true'/>", '<script>'],
  ])('is not plugged in with less than it asks for: %s', (xml, what) => {
    expect(() => connectCard(onNetwork(xml), nat, host())).toThrow(what);
  });

  it('goes beside the card of the host that has the fewest guests', () => {
    const beside = known(`<network><name>lab</name><forward mode='private'>
      <interface dev='eth0'/><interface dev='eth1'/></forward></network>`);
    expect(connectCard(onNetwork(), beside, host({ eth0: 2, eth1: 1 })).end).toEqual({
      ...{ kind: 'macvtap', lower: 'eth1', mode: 'private' },
    });
    const alone = known(
      "<network><name>lab</name><forward mode='passthrough'><interface dev='eth0'/></forward></network>",
    );
    expect(() => connectCard(onNetwork(), alone, host({ eth0: 1 }))).toThrow('requires exclusive access');
  });
});

describe('a card that is to be in a VLAN', () => {
  const bridges: Record<string, HostDevice> = {
    br0: { kind: 'bridge', mtu: 1500, vlanFiltering: true },
    br1: { kind: 'bridge', mtu: 1500, vlanFiltering: false },
    br2: { kind: 'bridge', mtu: 1500 },
    eth0: { mtu: 1500, mac: '00:16:3e:00:00:01' },
  };
  const on: HostDevices = { ...noFunctions, find: (link) => bridges[link], users: () => 0 };
  const lan = (bridge: string, rest = ''): ReturnType<typeof known> =>
    known(`<network><name>lab</name><forward mode='bridge'/><bridge name='${bridge}'/>${rest}</network>`);
  const tags = "<vlan trunk='yes'><tag id='42' nativeMode='untagged'/><tag id='47'/></vlan>";

  it('takes its own tags, or those of its port group, or those of the network', () => {
    const groups = `<vlan><tag id='7'/></vlan><portgroup name='a'><vlan><tag id='8'/></vlan></portgroup>
      <portgroup name='b'/>`;
    const vlansOf = (rest: string, portgroup: string) =>
      connectCard(onNetwork(rest, ` portgroup='${portgroup}'`), lan('br0', groups), on).rest.vlans;
    expect(vlansOf(tags, 'a')).toEqual({ trunk: true, tags: [42, 47], native: { tag: 42, mode: 'untagged' } });
    expect(vlansOf('', 'a')).toEqual({ trunk: false, tags: [8] });
    expect(vlansOf('', 'b')).toEqual({ trunk: false, tags: [7] });
  });

  it.each([
    ["<vlan trunk='no'><tag id='1'/><tag id='2'/></vlan>", "trunk='yes' is required"],
    ["<vlan trunk='no'><tag id='1' nativeMode='tagged'/></vlan>", 'not allowed with a native vlan id'],
    ["<vlan><tag id='1' nativeMode='tagged'/><tag id='2' nativeMode='tagged'/></vlan>", 'duplicate native'],
    ["<vlan><tag id='4096'/></vlan>", 'too large'],
    ['<vlan/>', 'missing tag id'],
  ])('is told what makes no sense: %s', (xml, what) => {
    expect(() => connectCard(onNetwork(xml), lan('br0'), on)).toThrow(what);
  });

  it('needs a bridge that tells VLANs apart; one of ours is made to', () => {
    const problem = (bridge: string): unknown => {
      try {
        return connectCard(onNetwork(tags), lan(bridge), on);
      } catch (thrown) {
        return thrown;
      }
    };
    expect(problem('br1')).toMatchObject({
      data: { fix: 'Let it: ip link set br1 type bridge vlan_filtering 1.' },
    });
    expect(problem('br2')).toMatchObject({ code: 'config-unsupported' });
    const own = known("<network><name>lab</name><bridge name='br1'/></network>");
    expect(connectCard(onNetwork(tags), own, on).end).toMatchObject({ bridge: 'br1', filtersVlans: true });
    expect(connectCard(onNetwork(tags), lan('br0'), on).end).not.toHaveProperty('filtersVlans');
    const beside = known(
      "<network><name>lab</name><forward mode='private'><interface dev='eth0'/></forward></network>",
    );
    expect(() => connectCard(onNetwork(tags), beside, on)).toThrow('VLAN tags');
  });

  it('is put into it when it is in its bridge, and before it is on', async () => {
    const port: Port = {
      ...{ id: '5d744f21-ba4a-4d6e-bdb2-30a35ff3207d', owner: { driver: 'qemu', uuid, name: 'web' } },
      ...{ mac: '52:54:00:aa:00:01', link: 'vnet3', vlans: { trunk: false, tags: [42] } },
      end: { kind: 'tap', bridge: 'br1', multiQueue: false, filtersVlans: true },
    };
    const steps = await planPort(port, 1000);
    expect(steps.map(({ action }) => action.verb)).toEqual([
      ...['tap-add', 'bridge-vlans-filter', 'port-vlans-set', 'link-up'],
    ]);
    expect(steps.flatMap(({ inverse }) => inverse?.action ?? [])).toContainEqual({
      ...{ verb: 'port-vlans-clear', link: 'vnet3' },
    });
    expect(liveCard(onNetwork(), port)).toMatchObject({ vlan: { tag: [{ id: 42 }] } });
  });
});

describe('a card in a bridge of Open vSwitch', () => {
  const ovs: HostDevices = { ...noFunctions, find: () => ({ mtu: 1500 }), users: () => 0 };
  const id = '2ba97a80-bba5-4a4f-a33a-0f1d5d0ac8e2';
  const profile = `<virtualport type='openvswitch'><parameters interfaceid='${id}'/></virtualport>`;
  const lan = known(`<network><name>lab</name><forward mode='bridge'/><bridge name='ovsbr0'/>
    <virtualport type='openvswitch'/>
    <portgroup name='blue'><virtualport><parameters profileid='blue'/></virtualport></portgroup></network>`);

  it('is the port that the card, its network and its port group say, together', () => {
    expect(connectCard(onNetwork(profile, " portgroup='blue'"), lan, ovs).end).toEqual({
      ...{ kind: 'tap', bridge: 'ovsbr0', multiQueue: false, openVswitch: { interfaceId: id, profileId: 'blue' } },
    });
    const chosen = connectCard(onNetwork(), lan, ovs).end;
    expect(chosen).toMatchObject({ openVswitch: { interfaceId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string } });
    const other = "<virtualport type='802.1Qbh'><parameters profileid='a'/></virtualport>";
    expect(() => connectCard(onNetwork(other), lan, ovs)).toThrow('different types');
    const red = profile.replace('<parameters ', "<parameters profileid='red' ");
    expect(() => connectCard(onNetwork(red, " portgroup='blue'"), lan, ovs)).toThrow('different profileid');
  });

  it('has nothing that Linux would have to do there', () => {
    for (const [xml, what] of [
      ["<port isolated='yes'/>", '<port isolated>'],
      ["<filterref filter='clean-traffic'/>", '<filterref>'],
      ["<bandwidth><inbound average='1'/></bandwidth>", '<bandwidth>'],
    ] as const) {
      expect(() => connectCard(onNetwork(xml), lan, ovs)).toThrow(what);
    }
  });

  it('is told to the switch with its VLANs, and taken out of it even after the host was started again', async () => {
    const port: Port = {
      ...{ id: '5d744f21-ba4a-4d6e-bdb2-30a35ff3207d', owner: { driver: 'qemu', uuid, name: 'web' } },
      ...{ mac: '52:54:00:AA:00:01', link: 'vnet3', vlans: { trunk: false, tags: [42] } },
      end: { kind: 'tap', bridge: 'ovsbr0', multiQueue: false, openVswitch: { interfaceId: id } },
    };
    const [first, ...rest] = await planPort(port, 1000);
    expect(first).toMatchObject({
      action: {
        ...{ verb: 'tap-add', bridge: 'ovsbr0' },
        openVswitch: { interfaceId: id, machine: uuid, guestMac: '52:54:00:aa:00:01', vlans: { tags: [42] } },
      },
      lasting: true,
      inverse: { action: { verb: 'tap-delete', openVswitch: true } },
    });
    expect(rest.map(({ action }) => action.verb)).toEqual(['link-up']);
    expect(liveCard(onNetwork(), port)).toMatchObject({
      virtualport: { type: 'openvswitch', parameters: { interfaceid: id } },
    });
  });
});

describe('a card elsewhere', () => {
  const none = () => {
    throw new Error('no network is asked for');
  };

  it('takes the size of the bridge it joins', () => {
    const xml =
      "<interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/><port isolated='yes'/></interface>";
    expect(connectCard(card(xml), none, host())).toMatchObject({
      end: { kind: 'tap', bridge: 'br0' },
      rest: { mtu: 9000, isolated: true },
    });
    expect(() => connectCard(card(xml.replace('br0', 'tap7')), none, host())).toThrow('not a bridge');
  });

  it('uses a tap that somebody else keeps, or has its own', () => {
    const xml = (target: string): CableCard =>
      card(`<interface type='ethernet'><mac address='52:54:00:00:00:01'/>${target}</interface>`);
    expect(connectCard(xml("<target dev='tap7' managed='no'/>"), none, host())).toMatchObject({
      end: { kind: 'given' },
      wantedLink: 'tap7',
    });
    expect(() => connectCard(xml("<target dev='tap8' managed='no'/>"), none, host())).toThrow("'tap8'");
    expect(connectCard(xml("<target dev='vnet9'/>"), none, host())).toEqual({
      ...{ end: { kind: 'tap', multiQueue: false }, rest: {} },
    });
  });
});

describe('a port', () => {
  const port: Port = {
    id: '5d744f21-ba4a-4d6e-bdb2-30a35ff3207d',
    owner: { driver: 'qemu', uuid, name: 'web' },
    ...{ mac: '52:54:00:AA:00:01', link: 'vnet3' },
    end: { kind: 'tap', bridge: 'virbr0', multiQueue: true },
    network: { uuid, name: 'lab' },
    bandwidth: { inbound: { average: 9 } },
    isolated: true,
  };

  it('is made, limited, and switched on last; each with what takes it back', async () => {
    const steps = await planPort(port, 1000);
    expect(steps.map(({ action }) => action)).toEqual([
      {
        ...{ verb: 'tap-add', link: 'vnet3', mac: 'fe:54:00:aa:00:01', uid: 1000, bridge: 'virbr0' },
        ...{ multiQueue: true, isolated: true },
      },
      { verb: 'bandwidth-set', link: 'vnet3', inbound: { average: 9 }, isNetwork: false },
      { verb: 'link-up', link: 'vnet3' },
    ]);
    expect(steps.flatMap(({ inverse }) => inverse?.action ?? [])).toEqual([
      { verb: 'tap-delete', link: 'vnet3', mac: tapMac(port.mac) },
      { verb: 'bandwidth-clear', link: 'vnet3' },
    ]);
  });

  it('of a guest with an address like a tap is refused, as upstream does', async () => {
    await expect(planPort({ ...port, mac: 'fe:54:00:00:00:01' }, 0)).rejects.toThrow('0xFE');
  });

  it('shows the running machine on its network, and beside a card as that', () => {
    expect(liveCard(onNetwork(), port)).toMatchObject({
      type: 'network',
      source: { network: 'lab', portid: port.id, bridge: 'virbr0' },
      target: { dev: 'vnet3' },
    });
    const beside = { ...port, end: { kind: 'macvtap', lower: 'eth0', mode: 'bridge' } } as const;
    expect(liveCard(onNetwork(), beside)).toMatchObject({
      type: 'direct',
      source: { network: 'lab', portid: port.id, dev: 'eth0', mode: 'bridge' },
    });
  });
});
