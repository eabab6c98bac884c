import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { internetAddress } from '../network/lab.ts';
import { type InterfaceEngine, InterfaceLab } from './interface-lab.ts';

const programs = ['/lib/systemd/systemd-networkd', '/usr/bin/networkctl', '/usr/bin/dbus-daemon'];
const missing = programs.filter((path) => !existsSync(path));
if (missing.length > 0) console.warn(`systemd-networkd's bridges are only tested as files: there is no ${missing}`);

const fixed = `# The administrator's own words.
[Match]
Name=wan0

[Network]
Address=198.51.100.2/24
Address=2001:db8:1::2/64
Gateway=198.51.100.1
DNS=198.51.100.1
Domains=lab.test

[Route]
Destination=203.0.113.0/24
Gateway=198.51.100.1
`;
const byDhcp = '[Match]\nName=wan0\n\n[Network]\nDHCP=ipv4\n';
const helperProgram = join(import.meta.dirname, '../../../src-main/helper/main.ts');
const request = { device: 'wan0', bridge: 'br0' };

describe.skipIf(missing.length > 0)('a host whose interfaces systemd-networkd keeps', () => {
  let host: InterfaceLab;

  afterEach(async () => {
    await (host as InterfaceLab | undefined)?.close();
  });

  async function start(text: string): Promise<InterfaceEngine> {
    host = await InterfaceLab.open();
    await host.dhcpServer();
    await host.networkd({ '10-wan.network': text });
    await settled('wan0');
    return await host.engine();
  }

  const files = async (): Promise<string> =>
    await host.lab.sh(
      'cd / && for f in etc/systemd/network/* run/systemd/network/*; do [ -f $f ] && echo "== $f" && cat $f; done; true',
    );
  /** What there is once networkd has given a device what it has; it goes on waiting for routers to announce themselves. */
  async function settled(name: string): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      const text = await host.lab.sh(
        `ip -4 address show dev ${name} 2>/dev/null; ip -4 route show dev ${name} || true`,
        {
          acceptCodes: [0, 1],
        },
      );
      if (text.includes('inet 198.51.100.') && text.includes('default via 198.51.100.1')) return;
      await delay(100);
    }
    throw new Error(await host.lab.sh(`networkctl; ip address; ip route; tail -40 ${host.lab.folder}/networkd.log`));
  }
  const addresses = async (name: string): Promise<readonly string[]> =>
    (await host.lab.sh(`ip -br address show dev ${name}`))
      .trim()
      .split(/\s+/)
      .slice(2)
      .filter((each) => /^[0-9a-f.:]+\//.test(each) && !each.startsWith('fe80'));
  const routes = async (): Promise<string> =>
    (await host.lab.sh('ip -4 route show; ip -6 route show | grep -v fe80 || true')).replaceAll(/expires \d+sec/g, '');

  it('lists what it has, defines, starts and stops', async () => {
    const { interfaces } = await start(fixed);
    expect(await interfaces.keeper()).toMatchObject({ name: 'systemd-networkd', isLasting: true });
    expect(await interfaces.lookupByName('wan0')).toMatchObject({ configured: true, active: true });
    expect(await interfaces.xml('wan0', { inactive: true })).toContain("<ip address='198.51.100.2' prefix='24'/>");
    const before = await files();
    await interfaces.changeBegin();
    await interfaces.define(
      "<interface type='bridge' name='br7'><start mode='onboot'/><protocol family='ipv4'>" +
        "<ip address='192.0.2.7' prefix='24'/></protocol><bridge stp='off' delay='0'/></interface>",
    );
    expect(await interfaces.lookupByName('br7')).toMatchObject({ configured: true, active: false });
    await interfaces.create('br7');
    await expect.poll(async () => await addresses('br7'), { timeout: 10_000 }).toEqual(['192.0.2.7/24']);
    await interfaces.destroy('br7');
    expect(await interfaces.lookupByName('br7')).toMatchObject({ active: false });
    await interfaces.changeRollback();
    expect(await files()).toBe(before);
    await expect(interfaces.lookupByName('br7')).rejects.toMatchObject({ code: 'no-interface' });
  });

  it('tries a bridge with files below /run, and is as before after a rollback', async () => {
    const { interfaces } = await start(fixed);
    const [before, ways] = [await files(), await routes()];
    const { addresses: had = [], mac } = await interfaces.lookupByName('wan0');
    expect(await interfaces.bridge(request, 60)).toMatchObject({ kind: 'bridge', bridge: 'br0' });
    await settled('br0');
    const bridge = await interfaces.lookupByName('br0');
    expect(bridge).toMatchObject({ mac, ports: ['wan0'], isDefaultRoute: true });
    expect(bridge.addresses).toEqual(expect.arrayContaining(had.filter((each) => !each.startsWith('fe80'))));
    await expect.poll(routes, { timeout: 10_000 }).toBe(ways.replaceAll('wan0', 'br0'));
    expect(await host.lab.reaches('host', internetAddress)).toBe(true);
    const status = await host.lab.sh('networkctl status br0');
    expect(status).toMatch(/DNS: 198\.51\.100\.1/);
    expect(status).toMatch(/Search Domains: lab\.test/);
    expect((await files()).split('== ').filter((each) => each.startsWith('etc/'))).toHaveLength(1);
    await interfaces.changeRollback();
    await settled('wan0');
    expect(await files()).toBe(before);
    await expect.poll(routes, { timeout: 10_000 }).toBe(ways);
    await expect(interfaces.lookupByName('br0')).rejects.toMatchObject({ code: 'no-interface' });
  });

  it('is as before when nobody kept the bridge, also when the engine was killed meanwhile', async () => {
    const first = await start(fixed);
    const [before, ways] = [await files(), await routes()];
    await first.interfaces.bridge(request, 5);
    await expect.poll(async () => (await first.interfaces.pending()) ?? 'none', { timeout: 15_000 }).toBe('none');
    await settled('wan0');
    expect(await files()).toBe(before);
    await expect.poll(routes, { timeout: 10_000 }).toBe(ways);

    const guard = [process.execPath, '--import', import.meta.resolve('tsx'), helperProgram];
    const second = await host.engine({ guard });
    await second.interfaces.bridge(request, 5);
    await settled('br0');
    second.kill();
    await expect.poll(files, { timeout: 20_000, interval: 300 }).toBe(before);
    await settled('wan0');
    await expect.poll(routes, { timeout: 10_000 }).toBe(ways);
    expect(await host.lab.sh('ip -br link show')).not.toContain('br0');
  });

  it('has the bridge at the next boot when it is kept, and the card when it is taken apart', async () => {
    const { interfaces, networks } = await start(fixed);
    const [before, ways] = [await files(), await routes()];
    await interfaces.bridge(request, 60);
    await settled('br0');
    await interfaces.changeCommit();
    expect(await files()).not.toContain('run/systemd/network/05');
    // As a boot would: networkd finds nothing, and reads its files.
    await host.lab.sh(`
      kill $(pidof systemd-networkd)
      for try in $(seq 100); do pidof systemd-networkd >/dev/null || break; sleep 0.05; done
      ip link delete br0; ip address flush dev wan0; ip link set wan0 down; rm -rf /run/systemd/netif`);
    await host.startNetworkd();
    await settled('br0');
    await expect
      .poll(async () => await interfaces.lookupByName('br0'), { timeout: 10_000 })
      .toMatchObject({ ports: ['wan0'], isDefaultRoute: true });
    await expect.poll(async () => await host.lab.reaches('host', internetAddress), { timeout: 10_000 }).toBe(true);
    await interfaces.unbridge('br0', 60);
    await interfaces.changeCommit();
    await settled('wan0');
    expect(await files()).toBe(before);
    await expect.poll(routes, { timeout: 10_000 }).toBe(ways);
    expect(await networks.hostChanges()).toEqual([]);

    // And once more, taken back by the record after another boot.
    await interfaces.bridge(request, 60);
    await interfaces.changeCommit();
    await host.newBoot();
    const next = await host.engine();
    expect(await next.networks.hostChanges()).toMatchObject([
      { owner: 'interfaces/interface-br0', isOfEarlierBoot: true },
    ]);
    expect(await next.networks.undoChanges()).toEqual([]);
    await settled('wan0');
    expect(await files()).toBe(before);
    expect(await host.lab.sh('ip -br link show')).not.toContain('br0');
    await expect.poll(routes, { timeout: 10_000 }).toBe(ways);
  });

  it('gives the bridge the very lease that the card had, and back', async () => {
    const { interfaces } = await start(byDhcp);
    await settled('wan0');
    const [lease] = await host.leases();
    const ways = await routes();
    const had = await addresses('wan0');
    await interfaces.bridge(request, 60);
    await settled('br0');
    expect(await host.leases()).toEqual([lease]);
    await expect.poll(async () => await addresses('br0'), { timeout: 10_000 }).toEqual(had);
    await expect.poll(routes, { timeout: 10_000 }).toBe(ways.replaceAll('wan0', 'br0'));
    expect(await host.lab.sh('networkctl status br0')).toMatch(/DNS: 198\.51\.100\.1/);
    await interfaces.changeRollback();
    await settled('wan0');
    expect(await host.leases()).toEqual([lease]);
    await expect.poll(async () => await addresses('wan0'), { timeout: 10_000 }).toEqual(had);
    await expect.poll(routes, { timeout: 10_000 }).toBe(ways);
  });
});
