import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bridge, BusLab, type Caller, users, whatIsMissing } from './bus-lab.ts';

const missing = whatIsMissing();

const link = 'virbr7';
const table = 'vivarium_01234567';
const folder = '/var/lib/vivarium/network-01234567';
const cable = { link: 'vnet5', mac: 'fe:54:00:00:00:05' };
const beside = { link: 'macvtap5', mac: '52:54:00:00:00:07' };
const fence = {
  family: 'ipv4',
  chain: 'input',
  matches: [{ match: 'in', device: link }],
  verdict: { verdict: 'accept' },
};
const within = {
  ...{ ...fence, chain: 'forward-cross' },
  matches: [
    { match: 'in', device: link },
    { match: 'out', device: link },
  ],
};
const server = [
  'strict-order',
  'bind-dynamic',
  `interface=${link}`,
  `addn-hosts=${folder}/${link}.addnhosts`,
  'dhcp-range=192.168.77.10,192.168.77.20,255.255.255.0',
].join('\n');
const drop = {
  ...{ chain: 'root', chainPriority: 0, priority: 500, action: 'drop', direction: 'inout' },
  ...{ matchesState: false, combinations: [{}] },
};

/** What an action is, what shows on the host that it was done, what takes it back, and what shows that it was. */
interface Verb {
  readonly action: Readonly<Record<string, unknown>>;
  readonly shows?: readonly [command: string, pattern: RegExp];
  readonly back?: Readonly<Record<string, unknown>>;
}

/** In an order in which each finds what it needs. */
const verbs: readonly Verb[] = [
  {
    action: bridge,
    shows: ['ip -d link show', /virbr7(?:.|\n)*bridge/],
    back: { verb: 'bridge-delete', link, mac: bridge.mac },
  },
  {
    action: { verb: 'address-add', link, address: '192.168.77.1/24' },
    shows: ['ip address show dev virbr7', /192\.168\.77\.1\/24/],
  },
  { action: { verb: 'link-up', link }, shows: ['ip link show dev virbr7', /<[^>]*\bUP\b/] },
  {
    action: { verb: 'route-add', link, destination: '10.9.0.0/24', gateway: '192.168.77.2' },
    shows: ['ip route show', /10\.9\.0\.0\/24 via 192\.168\.77\.2 dev virbr7/],
  },
  {
    action: { verb: 'sysctl-set', values: [{ key: `net/ipv6/conf/${link}/accept_ra`, value: '0' }] },
    shows: [`cat /proc/sys/net/ipv6/conf/${link}/accept_ra`, /^0$/m],
  },
  {
    action: { verb: 'sysctl-set', values: [{ key: 'net/ipv4/ip_forward', value: '1' }] },
    shows: ['cat /proc/sys/net/ipv4/ip_forward', /^1$/m],
    back: { verb: 'sysctl-set', values: [{ key: 'net/ipv4/ip_forward', value: '0' }] },
  },
  {
    action: { verb: 'nft-table-add', table },
    shows: ['nft list tables', /vivarium_01234567/],
    back: { verb: 'nft-table-delete', table },
  },
  {
    action: { verb: 'nft-network-set', table, bridge: link, rules: [within] },
    shows: [`nft list table inet ${table}`, /"virbr7"/],
    back: { verb: 'nft-network-delete', table, bridge: link },
  },
  {
    action: {
      ...{ verb: 'nft-forwards-set', table: 'vivarium_f01234567', bridge: link },
      forwards: [{ protocol: 'tcp', hostPort: 8080, to: '192.168.77.10', guestPort: 80 }],
    },
    shows: ['nft list ruleset', /8080(?:.|\n)*192\.168\.77\.10/],
    back: { verb: 'nft-forwards-delete', table: 'vivarium_f01234567', bridge: link },
  },
  {
    action: { verb: 'dnsmasq-start', folder, bridge: link, configuration: server, hosts: '', names: '' },
    shows: ['ps -C dnsmasq -o user=,args=', /^(?!root)\S+ .*virbr7/m],
    back: { verb: 'dnsmasq-stop', folder, bridge: link },
  },
  {
    action: { verb: 'iptables-add', rules: [fence] },
    shows: ['iptables -S', /-i virbr7 .*-j ACCEPT/],
    back: { verb: 'iptables-delete', rules: [fence] },
  },
  {
    action: {
      ...{ verb: 'tap-add', ...cable, uid: users.allowed, bridge: link },
      ...{ multiQueue: false, isolated: true },
    },
    shows: ['ip -d link show dev vnet5', /master virbr7(?:.|\n)*isolated on/],
    back: { verb: 'tap-delete', ...cable },
  },
  {
    action: {
      ...{ verb: 'bandwidth-set', link: cable.link, isNetwork: false },
      ...{ inbound: { average: 128 } },
    },
    shows: ['tc qdisc show dev vnet5; tc class show dev vnet5', /htb(?:.|\n)*rate 1(?:\.\d+)?(?:024K|M)bit/i],
    back: { verb: 'bandwidth-clear', link: cable.link },
  },
  {
    action: { verb: 'filter-table-add', table },
    shows: ['nft list tables', /bridge vivarium_01234567/],
    back: { verb: 'filter-table-delete', table },
  },
  {
    action: { verb: 'filter-set', table, ports: [{ link: cable.link, rules: [drop] }] },
    shows: [`nft list table bridge ${table}`, /vnet5(?:.|\n)*drop/],
    back: { verb: 'filter-delete', table, link: cable.link },
  },
  {
    action: { verb: 'macvtap-add', ...beside, uid: users.allowed, lower: 'wan0', mode: 'bridge' },
    shows: ['ip -d link show dev macvtap5', /macvtap.*mode bridge/],
    back: { verb: 'tap-delete', ...beside },
  },
];

/** Where the kernel or the host of the tests lacks a part, the helper says so and nothing is left. */
const lacking: readonly (readonly [action: Readonly<Record<string, unknown>>, part: string])[] = [
  [{ verb: 'conditions-set', link: cable.link, limited: false, delayMs: 50 }, 'sch_netem'],
  [{ verb: 'zone-set', link, zone: 'libvirt' }, 'firewalld'],
];

describe.skipIf(missing !== undefined)('every verb of the privileged helper', () => {
  let lab: BusLab;
  let before: unknown;
  let caller: Caller;

  beforeAll(async () => {
    lab = await BusLab.open();
    await lab.lab.sh('mknod /run/tun c 10 200 && chmod 666 /run/tun && mount --bind /run/tun /dev/net/tun');
    // iptables makes its chains with the first rule, and keeps them.
    await lab.lab.sh('iptables -S >/dev/null');
    before = await lab.lab.state();
    caller = await lab.caller(users.allowed);
  });
  afterAll(async () => {
    await (lab as BusLab | undefined)?.close();
  });

  it.each(verbs.map((verb) => [String(verb.action['verb']), verb] as const))(
    '%s is refused to who may not, and done for who may',
    async (_, { action, shows }) => {
      const denied = await lab.caller(users.denied);
      await expect(denied.ask('perform', action)).rejects.toMatchObject({
        code: expect.stringMatching(/auth-cancelled|access-denied/) as unknown,
      });
      const [command = '', pattern = /./] = shows ?? [];
      // As it was before: what it is to show is not there already.
      if (action['verb'] !== 'sysctl-set') expect(await lab.lab.sh(`(${command}) 2>&1 || true`)).not.toMatch(pattern);
      await caller.ask('perform', action);
      await expect.poll(async () => await lab.lab.sh(command), { timeout: 5_000 }).toMatch(pattern);
    },
  );

  it.each(lacking)('%o says that it can not be done without %s', async (action) => {
    const recorded = await lab.recorded();
    await expect(caller.ask('perform', action)).rejects.toThrow();
    expect(await lab.recorded()).toEqual(recorded);
  });

  it('takes every one of them back by the verb that does', async () => {
    for (const { back, shows } of verbs.toReversed()) {
      if (back === undefined) continue;
      await caller.ask('perform', back);
      const [command = '', pattern = /./] = shows ?? [];
      const text = await lab.lab.sh(`(${command}) 2>&1 || true`);
      expect(text, String(back['verb'])).not.toMatch(pattern);
      // Once more is nothing.
      await caller.ask('perform', back);
    }
    expect(await lab.recorded()).toEqual([]);
    const { rules: _, ...state } = await lab.lab.state();
    expect(before).toMatchObject(state);
  });
});
