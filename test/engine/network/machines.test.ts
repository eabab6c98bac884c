import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { internetAddress, Lab } from './lab.ts';
import { cardXml, Machine, machineXml } from './machine.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await Lab.open();
});
afterEach(async () => {
  await lab.close();
});

/** The devices of the lab's host, by name and bridge. */
const devices = async (): Promise<string> =>
  await lab.sh("ip -o link show | sed -E 's/^[0-9]+: ([^:]+):.*( master [^ ]+)?.*/\\1\\2/' | sort");

const nat = `<network>
  <name>lab</name>
  <forward mode='nat'/>
  <bridge name='virbr9' stp='off'/>
  <domain name='vm.test'/>
  <ip address='192.168.77.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.77.10' end='192.168.77.99'/></dhcp>
  </ip>
</network>`;

describe('a machine on a NAT network', () => {
  it('gets an address and the way out, and leaves no cable behind', async () => {
    const engine = await lab.engine();
    const { networks, domains } = engine;
    const network = await networks.define(nat);
    await networks.start(network.uuid);
    const before = await devices();
    const one = await Machine.start(lab, engine, 'one', cardXml('52:54:00:00:00:01', "<source network='lab'/>"));
    const xml = await domains.xml(one.uuid);
    expect(xml).toMatch(/<source network='lab' portid='[0-9a-f-]{36}' bridge='virbr9'\/>/);
    expect(xml).toContain("<target dev='vnet0'/>");
    expect(await domains.xml(one.uuid, { inactive: true })).toContain("<source network='lab'/>");
    expect(await networks.xml(network.uuid)).toMatch(/^<network connections='1'/);
    const ip = await one.lease();
    await one.ready();
    expect(await one.reaches(internetAddress)).toBe(true);
    expect(await networks.leases(network.uuid)).toMatchObject([{ address: ip, hostname: 'one' }]);
    const mac = '52:54:00:00:00:01';
    const address = { name: 'vnet0', mac, addresses: [{ family: 'ipv4', address: ip, prefix: 24 }] };
    expect(await domains.addresses(one.uuid, 'lease')).toEqual([address]);
    expect(await domains.addresses(one.uuid, 'arp')).toMatchObject([{ addresses: [{ address: ip }] }]);
    // The list was told by the kernel, not by asking.
    expect(await domains.lookupByUuid(one.uuid)).toMatchObject({ addresses: [ip] });
    const [stats] = await domains.stats([one.uuid], ['net']);
    const [figures] = stats?.net ?? [];
    expect(figures).toMatchObject({ name: 'vnet0', rxErrors: 0 });
    await one.run('ping -c 1 -s 10000 192.168.77.1 >/dev/null');
    const [after] = (await domains.stats([one.uuid], ['net']))[0]?.net ?? [];
    for (const key of ['rxBytes', 'txBytes'] as const) {
      expect((after?.[key] ?? 0) - (figures?.[key] ?? 0)).toBeGreaterThan(10_000);
    }
    await domains.destroy(one.uuid);
    expect(await devices()).toBe(before);
  });
});

describe('a running machine', () => {
  const inner = `<network><name>inner</name><bridge name='virbr8' stp='off'/>
    <ip address='192.168.78.1' netmask='255.255.255.0'>
      <dhcp><range start='192.168.78.10' end='192.168.78.99'/></dhcp></ip></network>`;

  it('has its cable moved to another network, and cards plugged in and out', async () => {
    const engine = await lab.engine();
    const { networks, domains } = engine;
    await networks.createXml(nat);
    const other = await networks.createXml(inner);
    const card = (source: string, rest = ''): string => cardXml('52:54:00:00:00:01', `<source ${source}/>`, rest);
    const one = await Machine.start(lab, engine, 'one', card("network='lab'"));
    expect(await one.lease()).toMatch(/^192\.168\.77\./);
    await one.ready();

    await domains.updateDevice(one.uuid, card("network='inner'"), { live: true });
    expect(await lab.sh('ip -o link show vnet0')).toContain('master virbr8');
    expect(await domains.xml(one.uuid)).toMatch(/<source network='inner' portid='[^']+' bridge='virbr8'\/>/);
    expect(await networks.xml(other.uuid)).toContain("connections='1'");
    await one.renew();
    expect(await networks.leases(other.uuid)).toHaveLength(1);
    expect(await one.reaches('192.168.78.1')).toBe(true);

    await domains.updateDevice(one.uuid, card("network='inner'", "<link state='down'/>"), { live: true });
    expect(await one.reaches('192.168.78.1')).toBe(false);
    await domains.updateDevice(one.uuid, card("network='inner'"), { live: true });
    expect(await one.reaches('192.168.78.1')).toBe(true);

    const second = cardXml('52:54:00:00:00:02', "<source bridge='virbr9'/>", '', 'bridge');
    await domains.attachDevice(one.uuid, second, { live: true });
    expect(await lab.sh('ip -o link show vnet1')).toContain('master virbr9');
    await one.until(/LEASE eth1 ip=192\.168\.77\./);
    await domains.detachDevice(one.uuid, second, { live: true });
    expect(await devices()).not.toContain('vnet1');

    const limits = "<bandwidth><inbound average='100'/></bandwidth>";
    await domains.updateDevice(one.uuid, card("network='inner'", limits), { live: true });
    expect(await lab.sh('tc class show dev vnet0')).toContain('rate 800Kbit');
    expect(await domains.xml(one.uuid)).toContain("<inbound average='100'/>");
    const [port] = await networks.listPorts(other.uuid);
    expect(await networks.portXml(other.uuid, port?.uuid ?? '')).toContain("<plug type='network' bridge='virbr8'/>");
    await networks.setPortBandwidth(other.uuid, port?.uuid ?? '', { inbound: { average: 50 } });
    expect(await lab.sh('tc class show dev vnet0')).toContain('rate 400Kbit');
    await domains.updateDevice(one.uuid, card("network='inner'"), { live: true });
    expect(await lab.sh('tc class show dev vnet0')).toBe('');

    await expect(
      domains.updateDevice(
        one.uuid,
        card("network='inner'", "<bandwidth><inbound average='1' floor='9'/></bandwidth>"),
        {
          live: true,
        },
      ),
    ).rejects.toMatchObject({ code: 'config-unsupported' });
    expect(await one.reaches('192.168.78.1')).toBe(true);
    await one.run('poweroff');
    for (let tries = 0; (await devices()).includes('vnet') && tries < 100; tries += 1) await delay(50);
    expect(await devices()).not.toContain('vnet');
  });
});

describe('machines beside virtual networks', () => {
  it('are on a bridge of the host, beside a card of it, or on a tap of their own', async () => {
    const engine = await lab.engine();
    const { networks, domains } = engine;
    // A LAN: a switch that the Internet's namespace is plugged into, and a card of the host on it.
    await lab.sh(`
      ip link add br0 type bridge && ip link set br0 up
      ip link add lan0 type veth peer name eth1 netns internet
      ip link set lan0 master br0 up && ip -n internet link set eth1 up
      ip -n internet address add 192.0.2.1/24 dev eth1
      ip link add nic0 type veth peer name nic0-br
      ip link set nic0 up && ip link set nic0-br master br0 up`);
    await networks.createXml("<network><name>lan</name><forward mode='bridge'/><bridge name='br0'/></network>");
    await networks.createXml(
      "<network><name>beside</name><forward mode='bridge'><interface dev='nic0'/></forward></network>",
    );
    const isolated = "<port isolated='yes'/>";
    const cards = [
      cardXml('52:54:00:00:00:01', "<source bridge='br0'/>", isolated, 'bridge'),
      cardXml('52:54:00:00:00:02', "<source network='lan'/>", isolated),
      cardXml('52:54:00:00:00:03', "<source network='beside'/>", "<driver queues='2'/>"),
      cardXml('52:54:00:00:00:04', '', "<target dev='own0'/>", 'ethernet'),
    ];
    const one = await Machine.start(lab, engine, 'one', cards.join(''));
    const xml = await domains.xml(one.uuid);
    expect(xml).toMatch(
      /<interface type='direct'>\s+<mac [^>]+\/>\s+<source network='beside' portid='[^']+' dev='nic0' mode='bridge'\/>/,
    );
    expect(xml).toMatch(/<target dev='macvtap0'\/>/);
    expect(await lab.sh('ip -d link show own0')).toContain('tun type tap');
    expect(await lab.sh('ip -d link show vnet0')).toContain('isolated on');
    await one.ready();
    await one.run(
      `ip addr add 192.0.2.11/24 dev eth0; ip addr add 192.0.2.12/24 dev eth1
      ip addr add 192.0.2.13/24 dev eth2; ip addr add 203.0.113.2/24 dev eth3`.replaceAll('\n', ';'),
    );
    const by = async (device: string, address: string): Promise<boolean> =>
      (await one.run(`ping -c 1 -W 2 -I ${device} ${address} >/dev/null`)).code === 0;
    expect(await by('eth0', '192.0.2.1')).toBe(true);
    expect(await by('eth1', '192.0.2.1')).toBe(true);
    expect(await by('eth2', '192.0.2.1')).toBe(true);
    await lab.sh('ip address add 203.0.113.1/24 dev own0');
    expect(await by('eth3', '203.0.113.1')).toBe(true);
    await domains.destroy(one.uuid);
    expect(await devices()).not.toMatch(/vnet|macvtap|own0/);
  });

  it('are refused what is not there, by its name and with what to do', async () => {
    const { networks, domains } = await lab.engine();
    const { uuid } = await networks.define(nat);
    const start = async (card: string): Promise<unknown> => {
      try {
        return await domains.createXml(machineXml(lab.folder, 'one', card));
      } catch (thrown) {
        return thrown;
      }
    };
    const card = (source: string, rest = '', type = 'network'): string =>
      cardXml('52:54:00:00:00:01', source, rest, type);
    expect(await start(card("<source network='lab'/>"))).toMatchObject({
      data: { message: "network 'lab' is not active", code: 'operation-invalid', fix: 'Start the network first.' },
    });
    await networks.start(uuid);
    expect(await start(card("<source network='other'/>"))).toMatchObject({ code: 'no-network' });
    expect(await start(card("<source network='lab' portgroup='fast'/>"))).toMatchObject({
      data: { message: "network 'lab' doesn't have a portgroup 'fast'" },
    });
    expect(await start(card("<source bridge='br7'/>", '', 'bridge'))).toMatchObject({
      data: { message: "There is no bridge 'br7' on this host." },
    });
    expect(await start(card("<source network='lab'/>", "<vlan><tag id='4'/></vlan>"))).toMatchObject({
      code: 'config-unsupported',
    });
    expect(await devices()).not.toContain('vnet');
  });
});
