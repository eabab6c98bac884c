/** A real Open vSwitch of the lab's host, with its datapath of programs where the kernel has none. */
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Lab, type LabEngine } from './lab.ts';
import { cardXml, Machine, machineXml } from './machine.ts';

let lab: Lab;
let engine: LabEngine;

beforeEach(async () => {
  lab = await Lab.open();
  await lab.sh(
    `
    mkdir -p /run/openvswitch
    ovsdb-tool create /run/openvswitch/conf.db /usr/share/openvswitch/vswitch.ovsschema
    ovsdb-server /run/openvswitch/conf.db --remote=punix:/run/openvswitch/db.sock --pidfile --detach --log-file=/dev/null
    ovs-vsctl --no-wait init
    ovs-vswitchd --pidfile --detach --log-file=/dev/null >/dev/null 2>&1
    for bridge in ovsbr0 ovsbr1; do
      ovs-vsctl --timeout=10 add-br $bridge -- set bridge $bridge datapath_type=netdev
      ip link set $bridge up
    done
    # Two VLANs of a LAN, each with a host in it.
    for tag in 42 43; do
      ip netns add vlan$tag
      ip link add port$tag type veth peer name eth0 netns vlan$tag && ip link set port$tag up
      ovs-vsctl --timeout=10 add-port ovsbr0 port$tag tag=$tag
      ip -n vlan$tag link set eth0 up && ip -n vlan$tag address add 192.0.2.$tag/24 dev eth0
    done`,
    { timeoutMs: 30_000 },
  );
  engine = await lab.engine();
});
afterEach(async () => {
  await lab.close();
});

const network = (rest = '', bridge = 'ovsbr0'): string => `<network><name>lan</name><forward mode='bridge'/>
  <bridge name='${bridge}'/><virtualport type='openvswitch'/>
  <portgroup name='blue'><vlan><tag id='42'/></vlan>
    <virtualport><parameters profileid='blue'/></virtualport></portgroup>
  <portgroup name='red'><vlan><tag id='43'/></vlan></portgroup>${rest}</network>`;
const card = (source: string, rest = ''): string => cardXml('52:54:00:00:00:01', `<source ${source}/>`, rest);
const get = async (what: string): Promise<string> =>
  (await lab.run(['ovs-vsctl', '--timeout=5', ...what.split(' ')])).trim();
const ports = async (bridge = 'ovsbr0'): Promise<readonly string[]> => (await get(`list-ports ${bridge}`)).split('\n');

/** A switch that was just told something else loses a packet. */
const reaches = async (machine: Machine, address: string): Promise<boolean> =>
  (await machine.run(`ping -c 3 -W 2 ${address} >/dev/null`)).code === 0;

describe.skipIf(!existsSync('/usr/sbin/ovs-vswitchd'))('a machine in a bridge of Open vSwitch', () => {
  it('is in the VLAN of its port group, moves to another while it runs, and leaves no port behind', async () => {
    await engine.networks.createXml(network());
    const one = await Machine.start(lab, engine, 'one', card("network='lan' portgroup='blue'"));
    const xml = await engine.domains.xml(one.uuid);
    const [, id = ''] = /interfaceid='([^']+)' profileid='blue'/.exec(xml) ?? [];
    expect(xml).toMatch(/<vlan>\s+<tag id='42'\/>/);
    expect(await get('get Interface vnet0 external_ids')).toBe(
      `{attached-mac="52:54:00:00:00:01", iface-id="${id}", iface-status=active, ifname=vnet0, port-profile=blue, vm-id="${one.uuid}"}`,
    );
    await one.ready();
    await one.run('killall udhcpc; ip link set eth0 up; ip addr add 192.0.2.7/24 dev eth0');
    expect(await reaches(one, '192.0.2.42')).toBe(true);
    expect(await reaches(one, '192.0.2.43')).toBe(false);

    await engine.domains.updateDevice(one.uuid, card("network='lan' portgroup='red'"), { live: true });
    expect(await get('get Port vnet0 tag')).toBe('43');
    expect(await reaches(one, '192.0.2.43')).toBe(true);
    expect(await reaches(one, '192.0.2.42')).toBe(false);
    // For whoever controls the switch it is the same port.
    expect(await get('get Interface vnet0 external_ids:iface-id')).toBe(`"${id}"`);

    // A trunk whose untagged packets are VLAN 42's, on the other bridge and back.
    const trunk = "<vlan trunk='yes'><tag id='42' nativeMode='untagged'/><tag id='43'/></vlan>";
    const virtualport = "<virtualport type='openvswitch'/>";
    const bridged = (bridge: string): string =>
      cardXml('52:54:00:00:00:01', `<source bridge='${bridge}'/>`, trunk + virtualport, 'bridge');
    await engine.domains.updateDevice(one.uuid, bridged('ovsbr1'), { live: true });
    expect(await ports()).not.toContain('vnet0');
    expect(await ports('ovsbr1')).toEqual(['vnet0']);
    await engine.domains.updateDevice(one.uuid, bridged('ovsbr0'), { live: true });
    expect(await get('--columns=tag,trunks,vlan_mode -f json list Port vnet0')).toContain(
      '[42,["set",[42,43]],"native-untagged"]',
    );
    expect(await reaches(one, '192.0.2.42')).toBe(true);

    await engine.domains.destroy(one.uuid);
    await expect.poll(ports).toEqual(['port42', 'port43']);
  });

  it('leaves no port behind when the engine dies, nor when the device is gone already', async () => {
    await engine.networks.createXml(network());
    const { uuid } = await engine.domains.define(machineXml(lab.folder, 'one', card("network='lan'")));
    engine.crashAt(1);
    await expect(engine.domains.start(uuid)).rejects.toThrow();
    expect(await ports()).toContain('vnet0');
    engine = await lab.engine();
    expect(await engine.domains.list()).toMatchObject([{ state: 'shutoff' }]);
    expect(await ports()).toEqual(['port42', 'port43']);

    await engine.domains.start(uuid);
    await lab.sh('ip link delete vnet0');
    await engine.domains.destroy(uuid);
    await expect.poll(ports).toEqual(['port42', 'port43']);
  });

  it('is told beforehand what is not there', async () => {
    const findings = async (xml: string): Promise<unknown> => (await engine.networks.planXml(xml)).findings;
    expect(await findings(network())).toEqual([]);
    expect(await findings(network('', 'lo'))).toMatchObject([
      { id: 'no-such-switch', severity: 'error', fix: expect.stringContaining('ovs-vsctl add-br lo') as string },
    ]);
    const plain = "<network><name>lan</name><forward mode='bridge'/><bridge name='ovsbr0'/></network>";
    expect(await findings(plain)).toMatchObject([{ id: 'is-open-vswitch', severity: 'error' }]);
    const unserved = network().replace('<network>', "<network trustGuestRxFilters='yes'>");
    expect(await findings(unserved)).toMatchObject([{ id: 'not-applied', severity: 'warning' }]);
    // The switch is off.
    await lab.sh('kill $(cat /run/openvswitch/ovsdb-server.pid) && rm -f /run/openvswitch/db.sock');
    expect(await findings(network())).toMatchObject([{ id: 'no-such-switch' }]);
    const started = engine.domains.createXml(
      machineXml(
        lab.folder,
        'one',
        cardXml('52:54:00:00:00:01', "<source bridge='ovsbr0'/>", "<virtualport type='openvswitch'/>", 'bridge'),
      ),
    );
    await expect(started).rejects.toMatchObject({ data: { cause: expect.stringContaining('does not run') as string } });
    expect(await lab.sh('ip -o link show')).not.toContain('vnet');
  });
});
