// Ports of a host of its own lead to guests in network namespaces, while their network runs.
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NetworkForward } from '../../../src-shared/model/network-forwards.ts';
import { hostAddress, Lab } from './lab.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await Lab.open();
});
afterEach(async () => {
  await lab.close();
});

const network = `<network>
  <name>lab</name>
  <forward mode='nat'/>
  <bridge name='virbr9' stp='off'/>
  <ip address='192.168.77.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='192.168.77.10' end='192.168.77.99'/>
      <host mac='52:54:00:00:00:01' ip='192.168.77.10'/>
      <host mac='52:54:00:00:00:02' ip='192.168.77.11'/>
    </dhcp>
  </ip>
  <ip family='ipv6' address='fd00:77::1' prefix='64'/>
</network>`;
const live = { live: true, config: true };
const web: NetworkForward = { protocol: 'tcp', hostPort: 8080, to: '192.168.77.10', guestPort: 80 };

/** A guest that tells on a port who asks. */
async function serve(guest: string, port: number): Promise<void> {
  const tell = `exec busybox nc -ll -p ${port} -e sh -c "echo ${guest} was asked by \\$NCAT_REMOTE_ADDR"`;
  await lab.sh(`ip netns exec ${guest} sh -c '${tell}' >/dev/null 2>&1 &`);
}

/** What answers; empty when nothing does. */
async function ask(from: string, address: string, port: number): Promise<string> {
  const inside = from === 'host' ? [] : ['ip', 'netns', 'exec', from];
  const argv = [...inside, 'timeout', '2', 'busybox', 'nc', '-w', '2', address, String(port)];
  return (await lab.run(argv, { acceptCodes: [0, 1, 124, 143] })).trim();
}

async function eventually(expected: string, from: string, address: string, port: number): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    if ((await ask(from, address, port)).startsWith(expected)) return;
    await delay(100);
  }
  throw new Error(`${from} got no '${expected}' from ${address}:${port}`);
}

test('a port comes and goes while the network runs: from outside, from the host, from guests; nothing is left', async () => {
  const { networks } = await lab.engine();
  const before = await lab.state();
  const { uuid } = await networks.define(network);
  await networks.start(uuid);
  await lab.guest('one', 'virbr9', '52:54:00:00:00:01');
  await lab.guest('two', 'virbr9', '52:54:00:00:00:02');
  expect((await lab.lease('one'))['ip']).toBe('192.168.77.10');
  await lab.lease('two');
  await serve('one', 80);
  await eventually('one', 'two', '192.168.77.10', 80);
  expect(await ask('internet', hostAddress, 8080)).toBe('');
  const started = await lab.state();

  await networks.setPortForwards(uuid, [web], live);
  await eventually('one', 'internet', hostAddress, 8080);
  await eventually('one', 'host', hostAddress, 8080);
  // A neighbour: the answer has to come back by the host.
  await eventually('one', 'two', hostAddress, 8080);
  // No more than that port is open.
  await serve('one', 81);
  expect(await ask('internet', hostAddress, 81)).toBe('');
  expect(await lab.reaches('internet', '192.168.77.10')).toBe(false);
  for (const inactive of [true, false]) {
    expect(await networks.xml(uuid, { inactive })).toContain('<forward:forward protocol="tcp" port="8080"');
  }

  await networks.setPortForwards(uuid, [{ ...web, hostPort: 8081 }], live);
  await eventually('one', 'internet', hostAddress, 8081);
  expect(await ask('internet', hostAddress, 8080)).toBe('');
  await networks.setPortForwards(uuid, [], live);
  expect(await ask('internet', hostAddress, 8081)).toBe('');
  expect((await lab.state()).rules).toBe(started.rules);

  await networks.setPortForwards(uuid, [web], live);
  await networks.destroy(uuid);
  await networks.start(uuid);
  // The guests' cables went with the bridge: they are plugged in again.
  await lab.sh('ip link set tap-one master virbr9 up');
  await eventually('one', 'internet', hostAddress, 8080);
  // What serves there would keep the guest.
  await lab.sh('ip netns pids one | xargs kill');
  await lab.unplug('one');
  await lab.unplug('two');
  await networks.destroy(uuid);
  expect(await lab.state()).toEqual(before);
});

test('a guest reaches itself by its own port; where bridged packets pass the rules, once its port sends back', async () => {
  const { networks } = await lab.engine();
  const { uuid } = await networks.define(network);
  const bridged = '/proc/sys/net/bridge/bridge-nf-call-iptables';
  await networks.start(uuid);
  await networks.setPortForwards(uuid, [web], live);
  await lab.guest('one', 'virbr9', '52:54:00:00:00:01');
  await lab.guest('two', 'virbr9', '52:54:00:00:00:02');
  await lab.lease('one');
  await lab.lease('two');
  await serve('one', 80);
  await lab.sh(`[ ! -e ${bridged} ] || echo 0 > ${bridged}`);
  for (const from of ['internet', 'two', 'one']) await eventually('one', from, hostAddress, 8080);
  await eventually('one', 'one', '192.168.77.1', 8080);

  // Kernels that have no such switch never do it.
  if ((await lab.sh(`[ ! -e ${bridged} ] || echo there`)) === '') return;
  await lab.sh(`echo 1 > ${bridged}`);
  for (const from of ['internet', 'two']) await eventually('one', from, hostAddress, 8080);
  expect(await ask('one', '192.168.77.1', 8080)).toBe('');
  await lab.sh('ip link set dev tap-one type bridge_slave hairpin on');
  await eventually('one', 'one', '192.168.77.1', 8080);
});

test('what can not be forwarded is told beforehand', async () => {
  const { networks } = await lab.engine();
  const { uuid } = await networks.define(network);
  await networks.start(uuid);
  const refusals: readonly (readonly [NetworkForward, string])[] = [
    [{ ...web, to: '192.168.78.10' }, 'operation-invalid'],
    [{ ...web, to: '192.168.77.1' }, 'operation-invalid'],
    [{ ...web, address: 'fd00:99::1' }, 'operation-invalid'],
    [{ ...web, protocol: 'udp', hostPort: 67 }, 'resource-busy'],
  ];
  for (const [forward, code] of refusals) {
    await expect(networks.setPortForwards(uuid, [forward], live)).rejects.toMatchObject({ code });
  }
  await expect(networks.setPortForwards(uuid, [web, { ...web, guestPort: 81 }], live)).rejects.toMatchObject({
    code: 'operation-invalid',
  });
  const other = network.replaceAll('77', '78').replaceAll('virbr9', 'virbr8').replace('>lab<', '>other<');
  const second = await networks.define(other);
  await networks.setPortForwards(uuid, [web], live);
  await expect(
    networks.setPortForwards(second.uuid, [{ ...web, to: '192.168.78.10' }], { config: true }),
  ).rejects.toMatchObject({ code: 'resource-busy' });
  const isolated = await networks.define(
    other.replace("<forward mode='nat'/>", '').replace('>other<', '>third<').replaceAll('virbr8', 'virbr7'),
  );
  await expect(
    networks.setPortForwards(isolated.uuid, [{ ...web, to: '192.168.78.10', hostPort: 1 }], { config: true }),
  ).rejects.toMatchObject({ code: 'operation-invalid' });
});
