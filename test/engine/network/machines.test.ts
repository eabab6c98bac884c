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
