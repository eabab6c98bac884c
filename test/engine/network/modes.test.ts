import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostAddress, internetAddress, Lab } from './lab.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await Lab.open();
});
afterEach(async () => {
  await lab.close();
});

const network = (name: string, bridge: string, third: number, forward: string): string => `<network>
  <name>${name}</name>
  ${forward}
  <bridge name='${bridge}' stp='off'/>
  <ip address='192.168.${third}.1' netmask='255.255.255.0'>
    <dhcp><host mac='52:54:00:00:00:01' name='one' ip='192.168.${third}.2'/></dhcp>
  </ip>
</network>`;

/** The way back from outside, which a routed network needs and a fenced one must not profit from. */
const knowTheWay = async (third: number): Promise<void> => {
  await lab.run(['ip', '-n', 'internet', 'route', 'add', `192.168.${third}.0/24`, 'via', hostAddress]);
};

describe('an isolated network', () => {
  it('lets guests reach each other and the host, and nothing beyond', async () => {
    const { networks } = await lab.engine();
    const before = await lab.state();
    const { uuid } = await networks.createXml(network('inner', 'virbr9', 77, ''));
    await knowTheWay(77);
    await lab.sh('sysctl -qw net.ipv4.ip_forward=1');
    await lab.guest('one', 'virbr9', '52:54:00:00:00:01');
    expect((await lab.lease('one'))['router']).toBe('');
    await lab.run(['ip', '-n', 'one', 'route', 'add', 'default', 'via', '192.168.77.1']);
    await lab.guest('two', 'virbr9', '52:54:00:00:00:02');
    await lab.run(['ip', '-n', 'two', 'address', 'add', '192.168.77.3/24', 'dev', 'eth0']);
    expect(await lab.reaches('one', '192.168.77.1')).toBe(true);
    expect(await lab.reaches('one', '192.168.77.3')).toBe(true);
    expect(await lab.reaches('one', internetAddress)).toBe(false);
    expect(await lab.reaches('internet', '192.168.77.2')).toBe(false);
    await lab.sh('sysctl -qw net.ipv4.ip_forward=0');
    await lab.unplug('one');
    await lab.unplug('two');
    await networks.destroy(uuid);
    expect(await lab.state()).toEqual(before);
    expect(await networks.list()).toEqual([]);
  });
});

describe('a routed network', () => {
  it('lets packets pass both ways with their own addresses', async () => {
    const { networks } = await lab.engine();
    await networks.createXml(network('routed', 'virbr9', 77, "<forward mode='route'/>"));
    await lab.guest('one', 'virbr9', '52:54:00:00:00:01');
    await lab.lease('one');
    expect(await lab.reaches('one', internetAddress)).toBe(false);
    await knowTheWay(77);
    expect(await lab.reaches('one', internetAddress)).toBe(true);
    expect(await lab.reaches('internet', '192.168.77.2')).toBe(true);
  });
});

describe('an open network', () => {
  it('has no rules at all', async () => {
    const { networks } = await lab.engine();
    await networks.createXml(network('open', 'virbr9', 77, "<forward mode='open'/>"));
    expect((await lab.state()).rules).toBe('');
    await knowTheWay(77);
    await lab.guest('one', 'virbr9', '52:54:00:00:00:01');
    await lab.lease('one');
    expect(await lab.reaches('internet', '192.168.77.2')).toBe(true);
  });
});

describe('two networks', () => {
  const nat = (name: string, bridge: string, third: number): string =>
    network(name, bridge, third, "<forward mode='nat'/>");

  it('keep their guests apart, and what both need until the last is gone', async () => {
    const { networks } = await lab.engine();
    const before = await lab.state();
    const one = await networks.createXml(nat('first', 'virbr8', 78));
    // Its own bridge and subnet are in nobody's way when it is edited; another's are.
    const severities = async (xml: string): Promise<string[]> =>
      (await networks.planXml(xml)).findings.map(({ severity }) => severity);
    expect(await severities(await networks.xml(one.uuid))).not.toContain('error');
    expect(await severities(nat('third', 'virbr7', 78))).toContain('error');
    const two = await networks.createXml(nat('second', 'virbr9', 79));
    await lab.guest('one', 'virbr8', '52:54:00:00:00:01');
    await lab.lease('one');
    await lab.guest('other', 'virbr9', '52:54:00:00:00:01');
    await lab.lease('other');
    expect(await lab.reaches('one', '192.168.79.2')).toBe(false);
    expect(await lab.reaches('one', internetAddress)).toBe(true);

    await lab.unplug('one');
    await networks.destroy(one.uuid);
    expect(await lab.reaches('other', internetAddress)).toBe(true);
    await lab.unplug('other');
    await networks.destroy(two.uuid);
    expect(await lab.state()).toEqual(before);
  });

  it('are refused the same subnet before anything is changed, with a proposal', async () => {
    const { networks } = await lab.engine();
    await networks.createXml(nat('first', 'virbr8', 122));
    const before = await lab.state();
    await expect(networks.createXml(nat('second', 'virbr9', 122))).rejects.toMatchObject({
      data: { code: 'operation-failed', fix: 'Use 192.168.123.0/24, which is free on this host.' },
    });
    expect(await lab.state()).toEqual(before);
    expect(await networks.list()).toHaveLength(1);
  });
});

describe('a host whose iptables drop what is forwarded, as with Docker', () => {
  it('gets the rules in iptables, and has its own back as they were', async () => {
    await lab.sh('iptables -P FORWARD DROP && iptables -N DOCKER-USER && iptables -A FORWARD -j DOCKER-USER');
    const saved = async (): Promise<string> =>
      (await lab.run(['iptables-save'])).replaceAll(/^#.*\n|\[\d+:\d+\]/gm, '');
    const before = await saved();
    const { networks } = await lab.engine();
    const { uuid } = await networks.createXml(network('docked', 'virbr9', 77, "<forward mode='nat'/>"));
    await lab.guest('one', 'virbr9', '52:54:00:00:00:01');
    await lab.lease('one');
    expect(await lab.reaches('one', internetAddress)).toBe(true);
    await knowTheWay(77);
    expect(await lab.reaches('internet', '192.168.77.2')).toBe(false);
    await lab.unplug('one');
    await networks.destroy(uuid);
    const after = await saved();
    // Upstream's private chains stay, empty, as they do there.
    expect(after).not.toMatch(/-A LIBVIRT_|virbr9/);
    for (const line of before.split('\n')) expect(after).toContain(line);
  });
});

describe('an IPv6 network', () => {
  it('announces its prefix, and guests reach the outside by route', async () => {
    const { networks } = await lab.engine();
    await lab.sh(`
      ip address add 2001:db8:ff::2/64 dev wan0
      ip -n internet address add 2001:db8:ff::1/64 dev eth0
      ip -n internet route add fd00:77::/64 via 2001:db8:ff::2
      ip -6 route add default via 2001:db8:ff::1`);
    await networks.createXml(`<network><name>six</name><forward mode='nat'/><bridge name='virbr9' stp='off'/>
      <ip family='ipv6' address='fd00:77::1' prefix='64'/></network>`);
    await lab.guest('one', 'virbr9', '52:54:00:00:00:01');
    const address = 'fd00:77::5054:ff:fe00:1';
    await lab.sh(
      `for n in $(seq 100); do ip -n one -6 address show dev eth0 scope global -tentative | grep -q ${address} && exit; sleep 0.1; done; false`,
    );
    expect(await lab.reaches('one', '2001:db8:ff::1')).toBe(true);
    expect(await lab.reaches('internet', address)).toBe(true);
  });
});

describe('a network of both families that translates both', () => {
  it('gives a guest an address of each, a way out by each, and nobody outside a way in', async () => {
    const { networks } = await lab.engine();
    // Nothing outside knows the way back to guests' addresses.
    await lab.sh(`
      ip address add 2001:db8:ff::2/64 dev wan0
      ip -n internet address add 2001:db8:ff::1/64 dev eth0
      ip -6 route add default via 2001:db8:ff::1`);
    const before = await lab.state();
    const { uuid } = await networks.createXml(`<network><name>both</name>
      <forward mode='nat'><nat ipv6='yes'/></forward><bridge name='virbr9' stp='off'/>
      <ip address='192.168.77.1' netmask='255.255.255.0'><dhcp><range start='192.168.77.2' end='192.168.77.9'/></dhcp></ip>
      <ip family='ipv6' address='fd00:77::1' prefix='64'/></network>`);
    await lab.guest('one', 'virbr9', '52:54:00:00:00:01');
    const { ip = '' } = await lab.lease('one');
    const address = 'fd00:77::5054:ff:fe00:1';
    await lab.sh(
      `for n in $(seq 100); do ip -n one -6 address show dev eth0 scope global -tentative | grep -q ${address} && exit; sleep 0.1; done; false`,
    );
    expect(await lab.reaches('one', '198.51.100.1')).toBe(true);
    expect(await lab.reaches('one', '2001:db8:ff::1')).toBe(true);
    // Even where it knows the way.
    await lab.sh(`
      ip -n internet route add fd00:77::/64 via 2001:db8:ff::2
      ip -n internet route add 192.168.77.0/24 via 198.51.100.2`);
    expect(await lab.reaches('internet', address)).toBe(false);
    expect(await lab.reaches('internet', ip)).toBe(false);
    await lab.unplug('one');
    await networks.destroy(uuid);
    expect(await lab.state()).toEqual(before);
  });
});

describe('a change of a running network', () => {
  it('reaches the next guest, without a new server', async () => {
    const { networks } = await lab.engine();
    const { uuid } = await networks.createXml(network('live', 'virbr9', 77, "<forward mode='nat'/>"));
    const pid = await lab.run(['cat', `${lab.folder}/dnsmasq/virbr9.pid`]);
    const xml = "<host mac='52:54:00:00:00:07' name='seven' ip='192.168.77.7'/>";
    await networks.update(uuid, { command: 'add-last', section: 'ip-dhcp-host', xml }, {});
    expect(await lab.run(['cat', `${lab.folder}/dnsmasq/virbr9.pid`])).toBe(pid);
    await lab.guest('seven', 'virbr9', '52:54:00:00:00:07');
    expect((await lab.lease('seven'))['ip']).toBe('192.168.77.7');
    expect(await networks.xml(uuid)).toContain(xml);
  });
});
