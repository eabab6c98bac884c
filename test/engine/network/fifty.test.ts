import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Lab } from './lab.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await Lab.open();
});
afterEach(async () => {
  await lab.close();
});

const numbers = Array.from({ length: 50 }, (_, place) => place + 1);
/** Neither a bridge nor a hardware address is named: fifty different ones have to be found. */
const networkXml = (number: number): string => `<network>
  <name>fifty-${number}</name>
  <forward mode='nat'/>
  <domain name='n${number}.test' localOnly='yes'/>
  <ip address='10.77.${number}.1' netmask='255.255.255.0'>
    <dhcp><range start='10.77.${number}.2' end='10.77.${number}.99'/></dhcp>
  </ip>
</network>`;

it('fifty networks start at once, each serves its guests, and nothing of them is left when they have stopped', async () => {
  const engine = await lab.engine();
  const before = await lab.state();
  const networks: { uuid: string; bridge: string }[] = [];
  for (const number of numbers) {
    const { uuid, bridge = '' } = await engine.networks.define(networkXml(number));
    networks.push({ uuid, bridge });
  }
  const bridges = networks.map(({ bridge }) => bridge);
  expect(new Set(bridges).size).toBe(50);

  await engine.together(networks.map(({ uuid }) => ['start', uuid]));
  const running = await engine.networks.list();
  expect(running.filter(({ active }) => active)).toHaveLength(50);
  const servers = bridges.map((bridge) => Number(readFileSync(`${lab.folder}/dnsmasq/${bridge}.pid`, 'utf8')));
  expect(new Set(servers).size).toBe(50);
  const addresses = new Set(
    (await lab.run(['cat', ...bridges.map((name) => `/sys/class/net/${name}/address`)])).split('\n'),
  );
  expect(addresses.size).toBe(51);

  for (const number of [1, 25, 50]) {
    const { uuid, bridge = '' } = networks[number - 1] ?? {};
    const mac = `52:54:00:00:00:${number.toString(16).padStart(2, '0')}`;
    await lab.guest(`guest${number}`, bridge, mac);
    const lease = await lab.lease(`guest${number}`);
    expect(lease).toMatchObject({ router: `10.77.${number}.1`, domain: `n${number}.test` });
    expect(lease['ip']).toMatch(new RegExp(`^10\\.77\\.${number}\\.`));
    expect(await engine.networks.leases(uuid ?? '')).toMatchObject([{ mac, address: lease['ip'] }]);
    expect(await lab.reaches(`guest${number}`, '198.51.100.1')).toBe(true);
  }
  // Through address translation guests of other networks are nobody's to reach.
  expect(await lab.reaches('guest1', (await lab.lease('guest50'))['ip'] ?? '')).toBe(false);
  for (const number of [1, 25, 50]) await lab.unplug(`guest${number}`);

  await engine.together(networks.map(({ uuid }) => ['destroy', uuid]));
  expect(await lab.state()).toEqual(before);
  for (const pid of servers) await expect(lab.run(['kill', '-0', String(pid)])).rejects.toThrow();
});
