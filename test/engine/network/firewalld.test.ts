import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { internetAddress, Lab } from './lab.ts';

const zoneFile = join(import.meta.dirname, '../../../assets/linux/firewalld/zones/vivarium.xml');

let lab: Lab;

beforeEach(async () => {
  lab = await Lab.open();
  await lab.sh('mkdir -p /run/dbus && dbus-daemon --system --fork');
});
afterEach(async () => {
  await lab.close();
});

/** A real firewalld of the lab's host, with the zones of the distribution and ours, or without ours. */
async function firewalld(options: { readonly zone: boolean }): Promise<void> {
  const packaged = join(lab.folder, 'firewalld-lib');
  cpSync('/usr/lib/firewalld', packaged, { recursive: true });
  // What other packages of this machine added is not part of the experiment.
  for (const name of ['libvirt', 'libvirt-routed']) rmSync(join(packaged, 'zones', `${name}.xml`), { force: true });
  rmSync(join(packaged, 'policies'), { recursive: true, force: true });
  mkdirSync(join(packaged, 'policies'));
  if (options.zone) copyFileSync(zoneFile, join(packaged, 'zones', 'vivarium.xml'));
  const own = join(lab.folder, 'firewalld-etc');
  mkdirSync(own);
  writeFileSync(join(own, 'firewalld.conf'), 'DefaultZone=public\nFirewallBackend=nftables\n');
  await lab.sh(
    `
    mkdir -p /run/firewalld
    mount --bind ${packaged} /usr/lib/firewalld
    mount --bind ${own} /etc/firewalld
    firewalld --nofork --nopid >${lab.folder}/firewalld.log 2>&1 &
    for n in $(seq 200); do firewall-cmd --state >/dev/null 2>&1 && exit; sleep 0.1; done; false`,
    {
      timeoutMs: 40_000,
    },
  );
}

const nat = `<network><name>lab</name><forward mode='nat'/><bridge name='virbr9' stp='off'/>
  <dns><host ip='192.168.77.1'><hostname>answer.test</hostname></host></dns>
  <ip address='192.168.77.1' netmask='255.255.255.0'>
    <dhcp><host mac='52:54:00:00:00:01' ip='192.168.77.5'/></dhcp>
  </ip></network>`;

const zones = async (): Promise<string> => await lab.run(['firewall-cmd', '--get-active-zones']);

const inTheZone =
  'for n in $(seq 100); do firewall-cmd --get-active-zones | grep -q virbr9 && exit; sleep 0.1; done; false';

/** Whether a guest gets through to a service of the host that is there. */
async function admits(port: number): Promise<boolean> {
  const listening = lab.run(['timeout', '5', 'busybox', 'nc', '-l', '-p', String(port)], {
    acceptCodes: [0, 1, 124, 143],
  });
  await lab.sh(`for n in $(seq 50); do ss -ltn | grep -q ':${port} ' && exit; sleep 0.05; done; false`);
  const answer = await lab.sh(
    `echo | ip netns exec one timeout 3 busybox nc -w 2 192.168.77.1 ${port} && echo through || echo refused`,
  );
  await lab.run(['sh', '-c', `echo | timeout 1 busybox nc -w 1 127.0.0.1 ${port}; true`]);
  await listening;
  return answer.includes('through');
}

// The setup installs it only where that does not start it on the machine itself.
describe.skipIf(!existsSync('/usr/sbin/firewalld'))("behind firewalld's nftables rules", () => {
  it('a guest has no address while its bridge is in the default zone, and everything it may have in ours', async () => {
    await firewalld({ zone: true });
    const { networks } = await lab.engine();
    const before = { zones: await zones(), state: await lab.state() };
    const { uuid } = await networks.define(nat);
    await networks.start(uuid);
    expect(await zones()).toContain('vivarium\n  interfaces: virbr9');
    await lab.guest('one', 'virbr9', '52:54:00:00:00:01');

    // As it was without the zone: the request never arrives.
    await lab.run(['firewall-cmd', '--zone=vivarium', '--remove-interface=virbr9']);
    await expect(lab.lease('one')).rejects.toThrow('no lease');

    // Reading its configuration anew forgets assignments; the engine makes them again.
    await lab.run(['firewall-cmd', '--reload']);
    await lab.sh(
      'for n in $(seq 100); do firewall-cmd --get-active-zones | grep -q virbr9 && exit; sleep 0.1; done; false',
    );
    expect((await lab.lease('one'))['ip']).toBe('192.168.77.5');
    const names = await lab.run(['ip', 'netns', 'exec', 'one', 'busybox', 'nslookup', 'answer.test', '192.168.77.1']);
    expect(names).toContain('Address: 192.168.77.1');
    expect(await lab.reaches('one', internetAddress)).toBe(true);

    // Of the host, guests get what the zone lists.
    expect(await admits(22)).toBe(true);
    expect(await admits(8000)).toBe(false);

    await lab.unplug('one');
    await networks.destroy(uuid);
    expect(await zones()).toBe(before.zones);
    // firewalld keeps the empty chains of a zone it once had to make.
    const after = await lab.state();
    expect(after.rules).not.toMatch(/virbr9|vivarium_test/);
    expect({ ...after, rules: '' }).toEqual({ ...before.state, rules: '' });
  });

  it('a trace names the rule that keeps the question for an address out, and puts the bridge into the zone', async () => {
    await firewalld({ zone: true });
    const { networks } = await lab.engine();
    const { uuid } = await networks.define(nat);
    await networks.start(uuid);
    await lab.guest('one', 'virbr9', '52:54:00:00:00:01');
    await lab.run(['firewall-cmd', '--zone=vivarium', '--remove-interface=virbr9']);
    const card = { kind: 'card', machine: 'one', name: 'one', running: true, mac: '52:54:00:00:00:01' } as const;
    const rest = { type: 'network', source: 'lab', device: 'tap-one', plugged: true, addresses: [] };
    const question = { from: { ...card, ...rest }, to: { kind: 'internet', address: internetAddress } } as const;
    const failed = await networks.trace(question);
    expect(failed).toMatchObject({ status: 'failed', failed: 'from-lease' });
    const hop = failed.hops.find(({ id }) => id === failed.failed);
    expect(hop).toMatchObject({
      ...{ finding: 'lease-dropped', values: { table: 'firewalld' } },
      evidence: [{ line: 'reject with icmpx admin-prohibited' }, {}],
    });
    expect(hop?.repair?.steps.map(({ sentence }) => sentence)).toEqual([
      "Put virbr9 into firewalld's zone 'vivarium'.",
    ]);
    await networks.repairTrace(question, 'from-lease');
    expect((await lab.lease('one'))['ip']).toBe('192.168.77.5');
    // What firewalld asks of conntrack and of routes stays as unsure as it is; nothing is in the way.
    const repaired = await networks.trace(question);
    expect(repaired.failed, JSON.stringify(repaired.hops, undefined, 1)).toBeUndefined();
    expect(repaired.status).toBe('ok');
  });

  it('a network is refused where the zone is missing, with what to do, and nothing is changed', async () => {
    await firewalld({ zone: false });
    const { networks } = await lab.engine();
    const before = await lab.state();
    await expect(networks.createXml(nat)).rejects.toMatchObject({
      data: {
        cause: expect.stringContaining('filters with nftables and has no zone') as string,
        fix: expect.stringContaining("Install the zone 'vivarium'") as string,
      },
    });
    expect(await lab.state()).toEqual(before);
  });

  it('a network that runs is put into the zone of a firewalld that starts later', async () => {
    const { networks } = await lab.engine();
    const { uuid } = await networks.createXml(nat);
    await firewalld({ zone: true });
    await lab.sh(inTheZone);
    await networks.destroy(uuid);
    expect(await zones()).not.toContain('virbr9');
  });
});
