import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallGuest } from '../../support/guest.ts';
import { internetAddress, Lab } from './lab.ts';
import { startFirewalld } from './real-firewalld.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await Lab.open();
  await lab.sh('mkdir -p /run/dbus && dbus-daemon --system --fork');
});
afterEach(async () => {
  await lab.close();
});

const firewalld = async (options: { readonly zone: boolean }): Promise<void> => await startFirewalld(lab, options);

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

  it('a real guest gets what the zone gives, and the other devices of the host stay as they were', async () => {
    await firewalld({ zone: true });
    const outside = async (): Promise<readonly string[]> => [
      await lab.run(['firewall-cmd', '--get-zone-of-interface=wan0'], { acceptCodes: [0, 2] }),
      await lab.run(['firewall-cmd', '--zone=public', '--list-all']),
      await lab.run(['firewall-cmd', '--get-default-zone']),
    ];
    const before = await outside();
    const { networks } = await lab.engine();
    const { uuid } = await networks.define(
      nat.replace('<dhcp>', "<dhcp><range start='192.168.77.10' end='192.168.77.99'/>"),
    );
    await networks.start(uuid);
    expect(await networks.zone(uuid)).toMatchObject({
      current: 'vivarium',
      finding: { id: 'zone-chosen', words: { message: { key: 'zoneOwn', values: { zone: 'vivarium' } } } },
    });
    const { kernel, initrd } = smallGuest();
    // What the host would answer: a port that the zone lists, and one that it does not.
    const said = await lab.sh(
      `
      ip tuntap add dev tapq mode tap && ip link set tapq master virbr9 up
      for port in 22 8000; do busybox nc -l -p $port -e /bin/echo HOST-$port & done
      out=${lab.folder}/serial
      : >$out
      sees() { for n in $(seq 600); do grep -q "$1" $out && return; sleep 0.1; done; cat $out >&2; return 1; }
      { sees 'LEASE eth0' && sees GUEST-READY && sleep 1
        echo 'nslookup answer.test; ping -c 1 -W 3 ${internetAddress}'
        echo 'echo | nc -w 3 192.168.77.1 22; echo | nc -w 3 192.168.77.1 8000; echo "EN""D"'
        sees '^END' || true; } | timeout 90 qemu-system-x86_64 -accel tcg -cpu max -m 256 -display none -nodefaults \
          -no-reboot -kernel ${kernel} -initrd ${initrd} -append 'console=ttyS0 quiet' -serial stdio \
          -netdev tap,id=n,ifname=tapq,script=no,downscript=no -device virtio-net-pci,netdev=n,mac=52:54:00:00:00:01 \
          >$out & qemu=$!
      sees '^END'; kill $qemu; wait $qemu || true; ip link delete tapq; cat $out`,
      { timeoutMs: 150_000 },
    );
    expect(said).toMatch(/LEASE eth0 ip=192\.168\.77\.5 router=192\.168\.77\.1 dns=192\.168\.77\.1/);
    expect(said).toMatch(/answer\.test[^]*Address[^\n]*192\.168\.77\.1/);
    expect(said).toMatch(/1 packets transmitted, 1 packets received/);
    expect(said).toMatch(/HOST-22/);
    expect(said).not.toMatch(/HOST-8000/);
    expect(await outside()).toEqual(before);
    await networks.destroy(uuid);
    expect(await outside()).toEqual(before);
  });

  it('a routed network goes into the routed zone, whose policies let it through', async () => {
    await firewalld({ zone: true });
    const { networks } = await lab.engine();
    const { uuid } = await networks.createXml(nat.replace("mode='nat'", "mode='route'"));
    expect(await zones()).toContain('vivarium-routed\n  interfaces: virbr9');
    expect(await networks.zone(uuid)).toMatchObject({
      current: 'vivarium-routed',
      finding: { words: { message: { key: 'zoneRouted' } } },
    });
    await lab.sh('ip -n internet route add 192.168.77.0/24 via 198.51.100.2');
    await lab.guest('one', 'virbr9', '52:54:00:00:00:01');
    expect((await lab.lease('one'))['ip']).toBe('192.168.77.5');
    expect(await lab.reaches('one', internetAddress)).toBe(true);
    expect(await lab.reaches('internet', '192.168.77.5')).toBe(true);
    expect(await admits(22)).toBe(true);
    expect(await admits(8000)).toBe(false);
    await networks.destroy(uuid);
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
