import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bridge, BusLab, until, users, whatIsMissing } from './bus-lab.ts';

const missing = whatIsMissing();

const table = { verb: 'nft-table-add', table: 'vivarium_01234567' };
const folder = '/var/lib/vivarium/network-01234567';
const paths = { hosts: `${folder}/virbr7.hostsfile`, names: `${folder}/virbr7.addnhosts` };
const configuration = ['strict-order', 'bind-dynamic', 'interface=virbr7', `addn-hosts=${paths.names}`].join('\n');
const server = { verb: 'dnsmasq-start', folder, bridge: 'virbr7', configuration, hosts: '', names: '' };
const up = { verb: 'link-up', link: 'virbr7' };
const accept = { verdict: 'accept' };
const fence = { family: 'ipv4', chain: 'input', matches: [{ match: 'in', device: 'virbr7' }], verdict: accept };
const ruleSet = { verb: 'nft-network-set', table: table.table, bridge: 'virbr7', rules: [fence] };

/** With `virbr7` and the table there, none of these is carried out. */
const hostile: readonly (readonly [string, object])[] = [
  ['a verb of its own', { verb: 'run', argv: ['id'] }],
  ['a command line for a name', { ...bridge, link: 'a;reboot' }],
  ['an option for a name', { ...bridge, link: '-help' }],
  ['a path for a name', { ...bridge, link: '../x' }],
  ['dots for a name', { ...bridge, link: 'a..b' }],
  ['a blank in a name', { ...bridge, link: 'a b' }],
  ['a line end in a name', { ...bridge, link: 'a\nb' }],
  ['a zero in a name', { ...bridge, link: 'a\0b' }],
  ['a name that is longer than the kernel takes', { ...bridge, link: 'a'.repeat(16) }],
  ['a name in other letters', { ...bridge, link: 'brücke' }],
  ["a name that is the kernel's word for all devices", { ...bridge, link: 'all' }],
  ['a name that is the bus of the loopback device', { ...bridge, link: 'lo' }],
  ["a group's hardware address", { ...bridge, link: 'vvx', mac: '53:54:00:11:22:33' }],
  ['a hardware address with words behind', { ...bridge, link: 'vvx', mac: '52:54:00:11:22:33 type vlan' }],
  ['a device of the host for a bridge', { ...bridge, link: 'wan0' }],
  ['a device of the host to be switched on', { ...up, link: 'wan0' }],
  ['an address for a device of the host', { verb: 'address-add', link: 'wan0', address: '192.0.2.1/24' }],
  ['an address that is none', { verb: 'address-add', link: 'virbr7', address: '192.0.2.1/24 dev wan0' }],
  ['the way to everywhere', { verb: 'route-add', link: 'virbr7', destination: '0.0.0.0/0', gateway: '192.0.2.1' }],
  [
    'a way that another device has',
    { verb: 'route-add', link: 'virbr7', destination: '198.51.100.0/24', gateway: '192.0.2.1' },
  ],
  ['a switch outside of networks', { verb: 'sysctl-set', values: [{ key: 'kernel/core_pattern', value: '1' }] }],
  ['a switch by a way around', { verb: 'sysctl-set', values: [{ key: 'net/ipv4/conf/../ip_forward', value: '1' }] }],
  [
    'a switch of a device of the host',
    { verb: 'sysctl-set', values: [{ key: 'net/ipv4/conf/wan0/accept_redirects', value: '1' }] },
  ],
  ["another program's table", { ...table, table: 'firewalld' }],
  ["another program's table to be removed", { verb: 'nft-table-delete', table: 'filter' }],
  ['a table with words behind', { ...table, table: 'vivarium_x { }; flush ruleset' }],
  ['rules in a table that is not its own', { ...ruleSet, table: 'vivarium_76543210' }],
  ['rules for a device of the host', { ...ruleSet, bridge: 'wan0' }],
  ["a rule for everybody's traffic", { ...ruleSet, rules: [{ ...fence, matches: [] }] }],
  [
    'a rule for a device of the host alone',
    { ...ruleSet, rules: [{ ...fence, matches: [{ match: 'in', device: 'wan0' }] }] },
  ],
  [
    'a rule with words behind a name',
    { ...ruleSet, rules: [{ ...fence, matches: [{ match: 'in', device: 'virbr7" accept #' }] }] },
  ],
  [
    'translation of everything',
    { ...ruleSet, rules: [{ family: 'ipv4', chain: 'nat', matches: [], verdict: { verdict: 'masquerade' } }] },
  ],
  ['a zone for a device of the host', { verb: 'zone-set', link: 'wan0', zone: 'trusted' }],
  ["a folder outside of the helper's", { ...server, folder: '/etc' }],
  ['a folder by a way around', { ...server, folder: '/var/lib/vivarium/network-01234567/../../../../etc' }],
  ["the helper's own record for a folder", { ...server, folder: '/var/lib/vivarium/helper' }],
  ['a server on a device of the host', { ...server, bridge: 'wan0', configuration: 'interface=wan0' }],
  ['a server that listens elsewhere', { ...server, configuration: `${configuration}\ninterface=wan0` }],
  ['a server that runs a program', { ...server, configuration: `${configuration}\ndhcp-script=/bin/sh` }],
  ['a server that stays root', { ...server, configuration: `${configuration}\nuser=root` }],
  ['a server that writes a file', { ...server, configuration: `${configuration}\nlog-facility=/etc/passwd` }],
  ['a server that reads a file', { ...server, configuration: `${configuration}\naddn-hosts=/etc/shadow` }],
  ['a server with a second configuration', { ...server, configuration: `${configuration}\nconf-file=/tmp/x` }],
  ['a server that gives out files', { ...server, configuration: `${configuration}\nenable-tftp\ntftp-root=/etc` }],
  [
    'a server that gives out files by a way around',
    { ...server, configuration: `${configuration}\ntftp-root=/srv/tftp/../../etc` },
  ],
  ['a configuration with other line ends', { ...server, configuration: `${configuration}\rdhcp-script=/bin/sh` }],
  ['a table of names with a program', { ...server, names: '192.0.2.1\tx\n$(id)' }],
];

describe.skipIf(missing !== undefined)('the privileged helper under attack', () => {
  let lab: BusLab;

  beforeEach(async () => {
    lab = await BusLab.open();
  });
  afterEach(async () => {
    await (lab as BusLab | undefined)?.close();
  });

  it('carries out nothing that is not for virtual networks, even for who may manage them', async () => {
    const caller = await lab.caller(users.allowed);
    await caller.ask('perform', bridge);
    await caller.ask('perform', table);
    const before = await lab.lab.state();
    const recorded = await lab.recorded();
    const done: string[] = [];
    for (const [name, action] of hostile) {
      const outcome = await caller.ask('raw', 'Perform', 's', [JSON.stringify(action)]).then(
        () => 'done',
        (thrown: { errorName?: string }) => thrown.errorName,
      );
      if (outcome !== 'io.github.vivarium.Helper1.Error.Refused') done.push(`${name}: ${String(outcome)}`);
    }
    expect(done).toEqual([]);
    expect(await lab.lab.state()).toEqual(before);
    expect(await lab.recorded()).toEqual(recorded);
    expect(await lab.lab.sh('ls /var/lib/vivarium')).toBe('helper\n');
  }, 120_000);

  it("judges who sent a call, not who is written in it; another's call is worth nothing", async () => {
    const allowed = await lab.caller(users.allowed);
    await allowed.ask('perform', bridge);
    const denied = await lab.caller(users.denied);
    const remove = JSON.stringify({ verb: 'bridge-delete', link: 'virbr7', mac: bridge.mac });
    // The same bytes that the other may send, with the other's name in them.
    const forged = await denied.ask('forge', await allowed.ask('name'), remove);
    expect(forged).toBe('io.github.vivarium.Helper1.Error.NotAuthorized');
    expect(await lab.links()).toContain('virbr7');
    // The same call again by whom it is from: harmless, twice.
    await allowed.ask('perform', bridge);
    expect(await lab.recorded()).toEqual(['u4001-bridge-virbr7']);
  });

  it("leaves what is another user's, and what nobody made through it", async () => {
    const allowed = await lab.caller(users.allowed);
    for (const action of [bridge, table, ruleSet, server]) await allowed.ask('perform', action);
    await lab.lab.sh('ip link add foreign0 address 52:54:00:aa:bb:cc type bridge');
    const before = await lab.lab.state();
    const other = await lab.caller(users.other);
    for (const action of [
      up,
      ruleSet,
      table,
      server,
      bridge,
      { ...bridge, link: 'foreign0', mac: '52:54:00:aa:bb:cc' },
    ]) {
      await expect(other.ask('perform', action)).rejects.toMatchObject({ code: 'access-denied' });
    }
    // Engines undo what they can't know was done; what is not theirs stays.
    await other.ask('perform', { verb: 'bridge-delete', link: 'virbr7', mac: bridge.mac });
    await other.ask('perform', { verb: 'bridge-delete', link: 'foreign0', mac: '52:54:00:aa:bb:cc' });
    await other.ask('perform', { verb: 'nft-table-delete', table: table.table });
    await other.ask('raw', 'Undo');
    // Nor by the names of the other's changes, or of files.
    const keys = [...(await lab.recorded()), '../helper/x', `u${users.allowed}-`, ''];
    expect(await other.ask('raw', 'UndoChanges', 'as', [keys])).toEqual([[]]);
    expect(await lab.lab.state()).toEqual(before);
  });

  it('reads no message that is too long, and serves on', async () => {
    const caller = await lab.caller(users.allowed);
    await caller.ask('perform', bridge);
    const pid = await lab.helperPid();
    await expect(caller.ask('long', 24 * 1024 * 1024)).rejects.toMatchObject({
      errorName: 'org.freedesktop.DBus.Error.LimitsExceeded',
    });
    await expect(caller.ask('long', 8 * 1024 * 1024)).rejects.toMatchObject({ code: 'dbus-service' });
    await expect(caller.ask('raw', 'Perform', 'ss', ['a', 'b'])).rejects.toMatchObject({
      errorName: 'org.freedesktop.DBus.Error.UnknownMethod',
    });
    await expect(caller.ask('raw', 'Run', 's', ['reboot'])).rejects.toMatchObject({
      errorName: 'org.freedesktop.DBus.Error.UnknownMethod',
    });
    await caller.ask('perform', { verb: 'bridge-delete', link: 'virbr7', mac: bridge.mac });
    expect(await lab.helperPid()).toBe(pid);
  });

  it('does nothing for a caller that ends while its user is asked, and takes the question back', async () => {
    const caller = await lab.caller(users.asked);
    const agent = await lab.caller(users.asked);
    await agent.ask('becomeAgent', await caller.ask('pid'));
    const outcome = caller.ask('perform', bridge).catch((thrown: unknown) => thrown);
    await until('the user is asked', async () => (await agent.ask('asked')) !== undefined);
    await lab.kill(caller);
    await outcome;
    await until('the question is taken back', async () => (await agent.ask('cancelled')) === true);
    // A right password that comes too late.
    const root = await lab.caller(0);
    const { cookie } = (await agent.ask('asked')) as { cookie: string };
    await root.ask('passwordWasRight', users.asked, cookie).catch(() => undefined);
    await agent.ask('endPrompt');
    await (await lab.caller(users.allowed)).ask('perform', { ...bridge, link: 'virbr8' });
    expect(await lab.recorded()).toEqual(['u4001-bridge-virbr8']);
    expect(await lab.links()).not.toContain('virbr7');
  });

  it('serves others while one user is asked, and takes a few calls of one at most', async () => {
    const caller = await lab.caller(users.asked);
    const agent = await lab.caller(users.asked);
    await agent.ask('becomeAgent', await caller.ask('pid'));
    const flood = caller.ask('flood', 50, JSON.stringify(bridge)) as Promise<readonly string[]>;
    await until('the user is asked', async () => (await agent.ask('asked')) !== undefined);
    await (await lab.caller(users.allowed)).ask('perform', { ...bridge, link: 'virbr8' });
    expect(await lab.links()).toContain('virbr8');
    const outcomes = await flood;
    expect(outcomes.filter((each) => each === 'org.freedesktop.DBus.Error.LimitsExceeded').length).toBe(42);
    expect(outcomes).not.toContain('done');
    expect(await lab.links()).not.toContain('virbr7');
  });
});
