import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { internetAddress, Lab } from './lab.ts';
import { cardXml, Machine } from './machine.ts';

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
