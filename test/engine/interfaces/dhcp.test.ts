import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { internetAddress } from '../network/lab.ts';
import { type InterfaceEngine, InterfaceLab } from './interface-lab.ts';

/** ifupdown takes the first of these that is there. */
const clients = [
  { client: 'dhclient', program: '/sbin/dhclient' },
  { client: 'udhcpc', program: '/sbin/udhcpc' },
] as const;
const hasServer = existsSync('/usr/sbin/dnsmasq');
const request = { device: 'wan0', bridge: 'br0' };

describe.each(clients)('a card that has its address by ifupdown and $client', ({ client, program }) => {
  const isThere = existsSync('/usr/sbin/ifup') && existsSync(program) && hasServer;
  if (!isThere) console.warn(`DHCP by ${client} is not tested: ifupdown, ${program} or dnsmasq is not installed`);
  let host: InterfaceLab;

  afterEach(async () => {
    await (host as InterfaceLab | undefined)?.close();
  });

  async function start(): Promise<InterfaceEngine> {
    host = await InterfaceLab.open({
      ifupdown: 'auto lo\niface lo inet loopback\n\nauto wan0\niface wan0 inet dhcp\n',
    });
    await host.dhcpServer();
    await host.bare();
    await host.lab.sh(`
      rm -rf /var/lib/dhcp && mkdir /var/lib/dhcp
      ip route flush 203.0.113.0/24; printf 'lo=lo\\n' >/run/network/ifstate
      printf '# nobody yet\\n' >/etc/resolv.conf
      ${client === 'dhclient' ? '' : 'touch /run/none && mount --bind /run/none /sbin/dhclient'}
      ifup wan0`);
    return await host.engine();
  }

  const names = async (): Promise<string> => await host.lab.sh('cat /etc/resolv.conf');
  const routes = async (): Promise<string> => await host.lab.sh('ip -4 route show');
  const running = async (): Promise<string> => (await host.lab.sh(`ps -C ${client} -o args= || true`)).trim();
  const address = async (link: string): Promise<string | undefined> =>
    /inet (\S+)/.exec(await host.lab.sh(`ip -4 address show dev ${link} 2>/dev/null || true`))?.[1];
  /** The client asks for its lease in the background. */
  const asked = async (): Promise<number> =>
    (await host.lab.sh('grep -c DHCPACK /run/dhcp.log || true')).split('\n').map(Number)[0] ?? 0;
  async function answered(before: number): Promise<void> {
    for (let tries = 0; tries < 150 && (await asked()) <= before; tries += 1) await delay(100);
    expect(await asked()).toBeGreaterThan(before);
    // The script that the client runs comes after the answer.
    await delay(300);
  }

  it.skipIf(!isThere)('gives the bridge its lease, its routes and its names, and has all of it back', async () => {
    const { interfaces } = await start();
    const [lease] = await host.leases();
    const [ways, had, resolver] = [await routes(), await address('wan0'), await names()];
    expect(had).toMatch(/^198\.51\.100\.\d+\/24$/);
    expect(resolver).toContain('nameserver 198.51.100.1');
    expect(await running()).toContain('wan0');

    const before = await asked();
    await interfaces.bridge(request, 60);
    await answered(before);
    expect(await host.leases()).toEqual([lease]);
    expect(await address('br0')).toBe(had);
    expect(await address('wan0')).toBeUndefined();
    expect(await routes()).toBe(ways.replaceAll('wan0', 'br0'));
    expect(await names()).toContain('nameserver 198.51.100.1');
    expect(await running()).toMatch(/ br0$/);
    expect(await host.lab.reaches('host', internetAddress)).toBe(true);

    const then = await asked();
    await interfaces.changeRollback();
    await answered(then);
    expect(await host.leases()).toEqual([lease]);
    expect(await address('wan0')).toBe(had);
    expect(await routes()).toBe(ways);
    expect(await names()).toBe(resolver);
    expect(await running()).toMatch(/ wan0$/);
  });

  it.skipIf(!isThere)('has the bridge ask at the next boot once it is kept, by the same name', async () => {
    const { interfaces } = await start();
    const [lease] = await host.leases();
    const had = await address('wan0');
    const before = await asked();
    await interfaces.bridge(request, 60);
    await answered(before);
    await interfaces.changeCommit();
    await host.lab.sh(`
      kill -9 $(pidof ${client}); ip link delete br0; ip address flush dev wan0; ip link set wan0 down
      rm -f /run/network/ifstate /run/${client}.*; ifup -a`);
    expect(await address('br0')).toBe(had);
    expect(await host.leases()).toEqual([lease]);
    expect(await interfaces.lookupByName('br0')).toMatchObject({ ports: ['wan0'], isDefaultRoute: true });
  });

  it.skipIf(!isThere)('has its lease back when the connection is lost over the bridge', async () => {
    const { interfaces } = await start();
    const [had, ways] = [await address('wan0'), await routes()];
    await host.lab.reaches('host', internetAddress);
    await (interfaces as unknown as { spoil(device: string): Promise<void> }).spoil('eth0');
    await expect(interfaces.bridge(request, 60)).rejects.toThrow(/was made and rolled back/);
    expect(await running()).toMatch(/ wan0$/);
    // udhcpc takes the address away until a server answers; dhclient keeps what it knows.
    if (client === 'dhclient') expect(await address('wan0')).toBe(had);
    await host.lab.sh('ip -n internet link set eth0 up');
    await expect.poll(async () => await address('wan0'), { timeout: 40_000, interval: 300 }).toBe(had);
    await expect.poll(routes, { timeout: 5_000 }).toBe(ways);
    expect(await host.lab.reaches('host', internetAddress)).toBe(true);
  });
});
