import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Lab, type LabEngine } from './lab.ts';

const zones = join(import.meta.dirname, '../../../assets/linux/firewalld');
const network = (name: string, number: number, rest: string): string =>
  `<network><name>${name}</name><bridge name='virbr${number}'/>${rest}
  <ip address='192.168.${number}.1' netmask='255.255.255.0'><dhcp><range start='192.168.${number}.2' end='192.168.${number}.99'/></dhcp></ip>
  <ip family='ipv6' address='2001:db8:${number}::1' prefix='64'/></network>`;
const all = [
  network('nat', 71, "<forward mode='nat'/>"),
  network('routed', 72, "<forward mode='route'/>"),
  network('open', 73, "<forward mode='open'/>"),
  network('alone', 74, ''),
];

let lab: Lab;

beforeEach(async () => {
  lab = await Lab.open();
});
afterEach(async () => {
  await lab.close();
});

/** Every byte that tells of the host's network. */
async function bytes(): Promise<Readonly<Record<string, string>>> {
  const queries = {
    links: ['ip', '-json', '-details', 'link', 'show'],
    addresses: ['ip', '-json', 'address', 'show'],
    routes: ['ip', '-json', 'route', 'show', 'table', 'all'],
    routes6: ['ip', '-json', '-6', 'route', 'show', 'table', 'all'],
    rules: ['ip', '-json', 'rule', 'show'],
    rules6: ['ip', '-json', '-6', 'rule', 'show'],
    firewall: ['nft', 'list', 'ruleset'],
  };
  const found: Record<string, string> = {};
  for (const [name, argv] of Object.entries(queries)) found[name] = await lab.run(argv);
  // Counters, and how long the kernel goes on to hold something: not what anybody set.
  const moving = /"(?:\w+_timer|gc_timer|valid_life_time|preferred_life_time|expires)":[\d.]+,?/g;
  for (const name of ['links', 'addresses', 'routes', 'routes6'])
    found[name] = (found[name] ?? '').replaceAll(moving, '');
  const switches = await lab.run(['sysctl', '-a', '--pattern', '^net\\.'], { acceptCodes: [0, 1, 255] });
  found['switches'] = switches
    .split('\n')
    // A counter, and the secret that the kernel makes up when the first server listens.
    .filter((line) => !/^net\.netfilter\.nf_conntrack_count|^net\.ipv4\.tcp_fastopen_key/.test(line))
    .join('\n');
  return found;
}

const processes = async (): Promise<string> => await lab.sh('ps -C dnsmasq -o args= || true');

async function startAll(engine: LabEngine): Promise<void> {
  for (const xml of all) {
    const { uuid } = await engine.networks.define(xml);
    await engine.networks.start(uuid);
  }
}

describe('everything that was changed on the host', () => {
  it('is told with who, when and what, and undone to the last byte', async () => {
    const before = await bytes();
    const { networks } = await lab.engine().then(async (engine) => {
      await startAll(engine);
      return engine;
    });
    expect(await bytes()).not.toEqual(before);

    const changes = await networks.hostChanges();
    expect(changes).toHaveLength(all.length);
    for (const { owner, user, timeMs, steps } of changes) {
      expect(owner).toMatch(/^network-/);
      expect(user).toBe('root');
      expect(Math.abs(Date.now() - timeMs)).toBeLessThan(60_000);
      expect(steps[0]).toMatchObject({
        sentence: expect.stringMatching(/^Create the bridge virbr7/) as string,
        words: { key: 'bridgeCreate' },
        undo: expect.stringMatching(/^Remove the bridge virbr7/) as string,
      });
    }

    expect(await networks.undoChanges()).toEqual([]);
    expect(await bytes()).toEqual(before);
    expect(await processes()).toBe('');
    expect(await networks.hostChanges()).toEqual([]);
    expect((await networks.list()).map(({ active }) => active)).toEqual([false, false, false, false]);
  });

  it('is undone one by one, and what others need stays until the last', async () => {
    const before = await bytes();
    const { networks } = await lab.engine().then(async (engine) => {
      await startAll(engine);
      return engine;
    });
    for (const { owner } of await networks.hostChanges()) expect(await networks.undoChanges(owner)).toEqual([]);
    expect(await bytes()).toEqual(before);
  });

  it('is undone by another engine after a crash', async () => {
    const before = await bytes();
    const first = await lab.engine();
    await startAll(first);
    first.kill();
    const { networks } = await lab.engine();
    expect(await networks.hostChanges()).toHaveLength(all.length);
    expect(await networks.undoChanges()).toEqual([]);
    expect(await bytes()).toEqual(before);
    expect(await processes()).toBe('');
  });

  it('is no more than its files after the host was started again, and those go too', async () => {
    const first = await lab.engine();
    await startAll(first);
    first.kill();
    // What a new kernel does not have, and what tells that it is one.
    const boot = join(lab.folder, 'boot-id');
    writeFileSync(boot, '11111111-2222-3333-4444-555555555555\n');
    await lab.sh(`
      for pid in $(pidof dnsmasq); do kill -9 $pid; done
      for n in 71 72 73 74; do ip link delete virbr$n; done
      nft flush ruleset
      echo 0 >/proc/sys/net/ipv4/ip_forward; echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
      mount --bind ${boot} /proc/sys/kernel/random/boot_id`);
    rmSync(join(lab.folder, 'engine/runtime'), { recursive: true });
    const files = (): readonly string[] =>
      readdirSync(join(lab.folder, 'dnsmasq')).filter((name) => !/leases/.test(name));
    const records = (): readonly string[] => readdirSync(join(lab.folder, 'engine/state/ledger'));
    expect(files()).not.toEqual([]);
    expect(records()).toHaveLength(all.length);
    const host = await bytes();

    const { networks } = await lab.engine();
    expect((await networks.list()).map(({ active }) => active)).toEqual([false, false, false, false]);
    expect(await networks.hostChanges()).toEqual([]);
    expect(files()).toEqual([]);
    expect(records()).toEqual([]);
    expect(await bytes()).toEqual(host);
    // Nothing of before is in the way of what comes.
    const [{ uuid } = { uuid: '' }] = await networks.list();
    await networks.start(uuid);
    expect(await networks.undoChanges()).toEqual([]);
    expect(await bytes()).toEqual(host);
  });

  it.skipIf(!existsSync('/usr/sbin/firewalld'))("leaves firewalld's zones as they were", async () => {
    await lab.sh('mkdir -p /run/dbus /run/firewalld && dbus-daemon --system --fork');
    const packaged = join(lab.folder, 'firewalld-lib');
    cpSync('/usr/lib/firewalld', packaged, { recursive: true });
    for (const name of ['libvirt', 'libvirt-routed']) rmSync(join(packaged, 'zones', `${name}.xml`), { force: true });
    for (const name of readdirSync(join(packaged, 'policies')).filter((each) => each.startsWith('libvirt-'))) {
      rmSync(join(packaged, 'policies', name));
    }
    for (const kind of ['zones', 'policies']) cpSync(join(zones, kind), join(packaged, kind), { recursive: true });
    const own = join(lab.folder, 'firewalld-etc');
    mkdirSync(own);
    writeFileSync(join(own, 'firewalld.conf'), 'DefaultZone=public\nFirewallBackend=nftables\n');
    await lab.sh(
      `mount --bind ${packaged} /usr/lib/firewalld
      mount --bind ${own} /etc/firewalld
      firewalld --nofork --nopid >${lab.folder}/firewalld.log 2>&1 &
      for n in $(seq 200); do firewall-cmd --state >/dev/null 2>&1 && exit; sleep 0.1; done; false`,
      { timeoutMs: 40_000 },
    );
    const zoneState = async (): Promise<string> =>
      (await lab.run(['firewall-cmd', '--list-all-zones'])) + (await lab.run(['firewall-cmd', '--list-all-policies']));
    const withZones = async (): Promise<unknown> => ({ ...(await bytes()), zones: await zoneState() });
    const before = await withZones();
    const engine = await lab.engine();
    await startAll(engine);
    const active = await lab.run(['firewall-cmd', '--get-active-zones']);
    expect(active).toMatch(/vivarium\n {2}interfaces: virbr71 virbr74\n/);
    expect(active).toMatch(/vivarium-routed\n {2}interfaces: virbr72\n/);
    expect(await engine.networks.undoChanges()).toEqual([]);
    expect(await zoneState()).toBe((before as { zones: string }).zones);
    // firewalld itself keeps empty chains of a zone that was used once, until it reads its configuration again.
    await lab.run(['firewall-cmd', '--reload']);
    expect(await withZones()).toEqual(before);
  });
});
