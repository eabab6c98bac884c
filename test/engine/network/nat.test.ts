import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostAddress, internetAddress, Lab } from './lab.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await Lab.open();
});
afterEach(async () => {
  await lab.close();
});

const nat = `<network>
  <name>lab</name>
  <forward mode='nat'/>
  <bridge name='virbr9' stp='off'/>
  <domain name='vm.test'/>
  <dns>
    <host ip='192.168.77.1'><hostname>answer.test</hostname></host>
  </dns>
  <ip address='192.168.77.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='192.168.77.10' end='192.168.77.99'/>
      <host mac='52:54:00:00:00:02' name='two' ip='192.168.77.222'/>
    </dhcp>
  </ip>
</network>`;

describe('a NAT network', () => {
  it('gives a guest an address, names and a way out, and leaves nothing when it stops', async () => {
    const { networks } = await lab.engine();
    const before = await lab.state();
    const { uuid } = await networks.define(nat);
    await networks.start(uuid);

    await lab.guest('one', 'virbr9', '52:54:00:00:00:01');
    const lease = await lab.lease('one');
    expect(lease['ip']).toMatch(/^192\.168\.77\.\d+$/);
    expect(lease).toMatchObject({ mask: '24', router: '192.168.77.1', dns: '192.168.77.1', domain: 'vm.test' });
    const names = await lab.run(['ip', 'netns', 'exec', 'one', 'busybox', 'nslookup', 'answer.test', '192.168.77.1']);
    expect(names).toContain('Address: 192.168.77.1');

    // The Internet has no route to the guest: an answer says that its packets came with the host's address.
    expect(await lab.reaches('one', internetAddress)).toBe(true);
    expect(await lab.reaches('internet', lease['ip'] ?? '')).toBe(false);

    expect(await networks.leases(uuid)).toEqual([
      expect.objectContaining({
        mac: '52:54:00:00:00:01',
        address: lease['ip'],
        family: 'ipv4',
        prefix: 24,
        hostname: 'one',
      }),
    ]);
    await lab.guest('two', 'virbr9', '52:54:00:00:00:02');
    expect((await lab.lease('two'))['ip']).toBe('192.168.77.222');
    expect(await lab.reaches('one', '192.168.77.222')).toBe(true);

    await lab.unplug('one');
    await lab.unplug('two');
    await networks.destroy(uuid);
    expect(await lab.state()).toEqual(before);
  });

  it('keeps what is outside from reaching guests, even where it knows the way', async () => {
    const { networks } = await lab.engine();
    const { uuid } = await networks.define(nat);
    await networks.start(uuid);
    await lab.guest('one', 'virbr9', '52:54:00:00:00:01');
    const { ip = '' } = await lab.lease('one');
    await lab.run(['ip', '-n', 'internet', 'route', 'add', '192.168.77.0/24', 'via', hostAddress]);
    expect(await lab.reaches('internet', ip)).toBe(false);
    expect(await lab.reaches('host', ip)).toBe(true);
  });
});
