import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { internetAddress } from '../network/lab.ts';
import { type InterfaceEngine, InterfaceLab } from './interface-lab.ts';

const missing = ['/usr/sbin/NetworkManager', '/usr/bin/dbus-daemon'].filter((path) => !existsSync(path));
if (missing.length > 0)
  console.warn(`NetworkManager's bridges are only tested as data: there is no ${missing.join(', ')}`);

const profile = `[connection]
id=Wired
uuid=11111111-2222-4333-8444-555555555555
type=ethernet
interface-name=wan0
[ipv4]
method=manual
address1=198.51.100.2/24,198.51.100.1
[ipv6]
method=manual
address1=2001:db8:1::2/64,2001:db8:1::1
`;
const byDhcp = `${profile.slice(0, profile.indexOf('[ipv4]'))}[ipv4]
method=auto
[ipv6]
method=disabled
`;
const configuration =
  '[main]\nplugins=keyfile\nauth-polkit=false\ndhcp=internal\ndns=none\n[device]\nmanaged=1\n[keyfile]\nunmanaged-devices=none\n';

describe.skipIf(missing.length > 0)('a host whose interfaces NetworkManager keeps', () => {
  let host: InterfaceLab;

  afterEach(async () => {
    await host.close();
  });

  async function start(given = profile, dns = 'none'): Promise<InterfaceEngine> {
    host = await InterfaceLab.open();
    await host.dhcpServer();
    await host.lab.run(
      [
        'sh',
        '-ec',
        'rm -rf /etc/NetworkManager && mkdir -p /etc/NetworkManager/system-connections && cat >/etc/NetworkManager/NetworkManager.conf',
      ],
      { input: configuration.replace('dns=none', `dns=${dns}`) },
    );
    await host.lab.run(['sh', '-ec', 'umask 077; cat >/etc/NetworkManager/system-connections/wired.nmconnection'], {
      input: given,
    });
    // Without udev, devices are taken as they are: NetworkManager tells by a /sys that can't be written.
    await host.lab.sh(`
      ip address flush dev wan0; ip link set wan0 down
      mount -o remount,ro,bind /sys
      mkdir -p /run/dbus && dbus-daemon --system --fork --nopidfile`);
    await startManager();
    return await host.engine();
  }

  async function startManager(): Promise<void> {
    await host.lab.sh(`
      setsid NetworkManager --no-daemon >${host.lab.folder}/nm.log 2>&1 </dev/null &
      for i in $(seq 100); do
        busctl --system get-property org.freedesktop.NetworkManager /org/freedesktop/NetworkManager org.freedesktop.NetworkManager State 2>/dev/null | grep -q 'u [5-7]0' && exit 0
        sleep 0.1
      done
      cat ${host.lab.folder}/nm.log >&2; exit 1`);
  }

  const settled = async (name: string): Promise<void> => {
    for (let tries = 0; tries < 100; tries += 1) {
      const text = await host.lab.sh(`ip -br address show dev ${name} 2>/dev/null || true`);
      if (text.includes('198.51.100.') && (await host.lab.reaches('host', internetAddress))) return;
      await delay(100);
    }
    throw new Error(await host.lab.sh(`ip address; ip route; tail -40 ${host.lab.folder}/nm.log`));
  };

  it('tries a bridge with profiles in its memory, and is as before after a rollback', async () => {
    const engine = await start();
    expect(await engine.interfaces.keeper()).toMatchObject({ name: 'NetworkManager' });
    expect(await engine.interfaces.xml('wan0', { inactive: true })).toContain(
      "<ip address='198.51.100.2' prefix='24'/>",
    );
    const files = async (): Promise<string> =>
      await host.lab.sh(
        'ls /etc/NetworkManager/system-connections; cat /etc/NetworkManager/system-connections/wired.nmconnection',
      );
    const before = await files();
    await engine.interfaces.bridge({ device: 'wan0', bridge: 'br0' }, 60);
    await settled('br0');
    expect(await engine.interfaces.lookupByName('wan0')).toMatchObject({ master: 'br0' });
    expect(await files()).toBe(before);
    await engine.interfaces.changeRollback();
    await settled('wan0');
    await expect(engine.interfaces.lookupByName('br0')).rejects.toMatchObject({ code: 'no-interface' });
    expect(await files()).toBe(before);
  });

  it('has the bridge saved when it is kept', async () => {
    const engine = await start();
    const before = await host.files();
    await engine.interfaces.bridge({ device: 'wan0', bridge: 'br0' }, 60);
    await settled('br0');
    await engine.interfaces.changeCommit();
    const saved = await host.lab.sh('cat /etc/NetworkManager/system-connections/*');
    expect(saved).toContain('type=bridge');
    expect(saved).toContain(profile);
    expect(await engine.interfaces.lookupByName('br0')).toMatchObject({ configured: true, ports: ['wan0'] });

    // As a boot would: the card comes up as a port, not by the profile that it has of its own.
    await host.lab.sh(`
      kill $(pidof NetworkManager); while pidof NetworkManager; do sleep 0.1; done
      ip link delete br0 || true; rm -rf /run/NetworkManager`);
    await host.bare();
    await host.newBoot();
    await startManager();
    await settled('br0');
    const next = await host.engine();
    expect(await next.interfaces.lookupByName('br0')).toMatchObject({ ports: ['wan0'], isDefaultRoute: true });
    expect(await next.networks.hostChanges()).toMatchObject([
      { owner: 'interfaces/interface-br0', isOfEarlierBoot: true },
    ]);
    expect(await next.networks.undoChanges()).toEqual([]);
    await settled('wan0');
    expect(await host.files()).toBe(before);
    expect(await host.lab.sh('ip -br link show')).not.toContain('br0');
  });

  it('gives the bridge the very lease that the card had, and back; its own client asks for it', async () => {
    const engine = await start(byDhcp, 'default');
    await settled('wan0');
    const address = async (link: string): Promise<string | undefined> =>
      /inet (\S+)/.exec(await host.lab.sh(`ip -4 address show dev ${link}`))?.[1];
    const ways = async (): Promise<string> => await host.lab.sh('ip -4 route show default');
    const [lease] = await host.leases();
    const [had, way] = [await address('wan0'), await ways()];
    expect(await host.lab.sh('cat /etc/resolv.conf')).toContain('nameserver 198.51.100.1');
    await engine.interfaces.bridge({ device: 'wan0', bridge: 'br0' }, 60);
    await settled('br0');
    expect(await host.leases()).toEqual([lease]);
    expect(await address('br0')).toBe(had);
    // Bridges have a metric of their own.
    expect(await ways()).toMatch(/^default via 198\.51\.100\.1 dev br0 proto dhcp src /);
    await expect
      .poll(async () => await host.lab.sh('cat /etc/resolv.conf'), { timeout: 5_000 })
      .toContain('nameserver 198.51.100.1');
    await engine.interfaces.changeRollback();
    await settled('wan0');
    expect(await host.leases()).toEqual([lease]);
    // Its own autoconnect and what is asked of it may come one after the other.
    await expect.poll(async () => await address('wan0'), { timeout: 10_000 }).toBe(had);
    await expect.poll(ways, { timeout: 5_000 }).toBe(way);
  });

  it('has its lease back when the connection is lost over the bridge', async () => {
    const engine = await start(byDhcp);
    await settled('wan0');
    const [lease] = await host.leases();
    // Nobody answers the bridge's client, so that it has no address to reach the gateway from.
    await host.lab.sh('kill -STOP $(cat /run/dhcp.pid)');
    const made = engine.interfaces.bridge({ device: 'wan0', bridge: 'br0' }, 60);
    await expect(made).rejects.toThrow(/was made and rolled back/);
    await host.lab.sh('kill -CONT $(cat /run/dhcp.pid)');
    await settled('wan0');
    expect(await host.leases()).toEqual([lease]);
    await expect(engine.interfaces.lookupByName('br0')).rejects.toMatchObject({ code: 'no-interface' });
  });
});
