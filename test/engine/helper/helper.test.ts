import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HostState, internetAddress } from '../network/lab.ts';
import { bridge, BusLab, nat, until, users, whatIsMissing } from './bus-lab.ts';

const missing = whatIsMissing();
if (missing !== undefined) console.warn(`the helper is not tested: ${missing}`);

/** iptables keeps the chains that rules were in, empty. */
const withoutChains = ({ rules: _, ...rest }: HostState): Omit<HostState, 'rules'> => rest;

describe.skipIf(missing !== undefined)('the privileged helper', () => {
  let lab: BusLab;

  beforeEach(async () => {
    lab = await BusLab.open();
  });
  afterEach(async () => {
    await (lab as BusLab | undefined)?.close();
  });

  it('makes a bridge for a user who is allowed to, and removes it', async () => {
    const caller = await lab.caller(users.allowed);
    await caller.ask('perform', bridge);
    expect(await lab.links()).toMatch(/^virbr7 .* 52:54:00:11:22:33 /m);
    await caller.ask('perform', { verb: 'bridge-delete', link: 'virbr7', mac: bridge.mac });
    expect(await lab.links()).not.toContain('virbr7');
  });

  it('serves a whole network of an ordinary user, and leaves nothing when it stops', async () => {
    const before = await lab.lab.state();
    const caller = await lab.caller(users.allowed);
    const home = await lab.home(users.allowed);
    const { uuid } = (await caller.ask('networks', home, 'define', nat)) as { uuid: string };
    await caller.ask('networks', home, 'start', uuid);

    await lab.lab.guest('one', 'virbr9', '52:54:00:00:00:01');
    expect(await lab.lab.lease('one')).toMatchObject({ router: '192.168.77.1', domain: 'vm.test' });
    expect(await lab.lab.reaches('one', internetAddress)).toBe(true);
    expect(await caller.ask('networks', home, 'leases', uuid)).toEqual([
      expect.objectContaining({ mac: '52:54:00:00:00:01', hostname: 'one' }),
    ]);
    const server = await lab.lab.sh('ps -o user= -C dnsmasq');
    expect(server.trim()).not.toBe('root');

    await lab.lab.unplug('one');
    await caller.ask('networks', home, 'destroy', uuid);
    await caller.ask('networks', home, 'undefine', uuid);
    expect(await lab.lab.state()).toEqual(before);
    expect(await lab.recorded()).toEqual([]);
  });

  it('lets guests out where iptables drops what it has no rule for', async () => {
    await lab.lab.sh('iptables -P FORWARD DROP');
    const before = await lab.lab.state();
    const reached: Record<string, boolean> = {};
    for (const name of ['allowed', 'other'] as const) {
      const caller = await lab.caller(users[name]);
      const home = await lab.home(users[name]);
      const { uuid } = (await caller.ask('networks', home, 'define', nat)) as { uuid: string };
      await caller.ask('networks', home, 'start', uuid);
      await lab.lab.guest('one', 'virbr9', '52:54:00:00:00:01');
      await lab.lab.lease('one');
      reached[name] = await lab.lab.reaches('one', internetAddress);
      await lab.lab.unplug('one');
      await caller.ask('networks', home, 'destroy', uuid);
    }
    // Who may not look at the rules can't know that it takes one more.
    expect(reached).toEqual({ allowed: false, other: true });
    expect(withoutChains(await lab.lab.state())).toEqual(withoutChains(before));
  });

  it('asks nobody for what an engine does by itself', async () => {
    const home = await lab.home(users.asked);
    const first = await lab.caller(users.asked);
    const { uuid } = (await first.ask('networks', home, 'define', nat)) as { uuid: string };
    await first.ask('networks', home, 'setAutostart', uuid, true);
    await lab.kill(first);

    const second = await lab.caller(users.asked);
    const agent = await lab.caller(users.asked);
    await agent.ask('becomeAgent', await second.ask('pid'));
    expect(await second.ask('networks', home, 'list')).toMatchObject([{ name: 'lab', active: false }]);
    expect(await agent.ask('asked')).toBeUndefined();
    // What its user asks for is another thing.
    const started = second.ask('networks', home, 'start', uuid).catch(() => undefined);
    await until('the user is asked', async () => (await agent.ask('asked')) !== undefined);
    await lab.kill(second);
    await started;
  });

  it('takes one no for an answer', async () => {
    const before = await lab.lab.state();
    const home = await lab.home(users.asked);
    const caller = await lab.caller(users.asked);
    const agent = await lab.caller(users.asked);
    await agent.ask('becomeAgent', await caller.ask('pid'));
    const { uuid } = (await caller.ask('networks', home, 'define', nat)) as { uuid: string };
    const started = caller.ask('networks', home, 'start', uuid).catch((thrown: unknown) => thrown);
    await until('the user is asked', async () => (await agent.ask('asked')) !== undefined);
    await agent.ask('endPrompt');
    expect(await started).toMatchObject({ code: 'auth-cancelled' });
    expect(await agent.ask('questions')).toBe(1);
    expect(await lab.lab.state()).toEqual(before);
  });

  it("goes on with a network after its engine's end", async () => {
    const home = await lab.home(users.allowed);
    const first = await lab.caller(users.allowed);
    const before = await lab.lab.state();
    const { uuid } = (await first.ask('networks', home, 'define', nat)) as { uuid: string };
    await first.ask('networks', home, 'start', uuid);
    await lab.kill(first);
    const second = await lab.caller(users.allowed);
    expect(await second.ask('networks', home, 'list')).toMatchObject([{ name: 'lab', active: true }]);
    await second.ask('networks', home, 'destroy', uuid);
    expect(await lab.lab.state()).toEqual(before);
  });

  it('refuses a user who is not, and changes nothing', async () => {
    const before = await lab.lab.state();
    const caller = await lab.caller(users.denied);
    await expect(caller.ask('perform', bridge)).rejects.toMatchObject({ code: 'auth-cancelled' });
    expect(await lab.lab.state()).toEqual(before);
    expect(await lab.recorded()).toEqual([]);
  });

  it('has the user asked for a password, once for all of a network, and acts when it was right', async () => {
    const caller = await lab.caller(users.asked);
    const agent = await lab.caller(users.asked);
    const root = await lab.caller(0);
    await agent.ask('becomeAgent', await caller.ask('pid'));
    const made = caller.ask('perform', bridge);
    await until('the user is asked', async () => (await agent.ask('asked')) !== undefined);
    const question = (await agent.ask('asked')) as { action: string; message: string; cookie: string };
    expect(question.action).toBe('io.github.vivarium.network.manage');
    // The agent said that its user reads German.
    expect(question.message).toContain('virtueller Netze');
    expect(await lab.links()).not.toContain('virbr7');

    await root.ask('passwordWasRight', users.asked, question.cookie);
    await agent.ask('endPrompt');
    await made;
    expect(await lab.links()).toContain('virbr7');
    // Nobody answers a second question.
    await caller.ask('perform', { verb: 'link-up', link: 'virbr7' });
    await caller.ask('perform', { verb: 'bridge-delete', link: 'virbr7', mac: bridge.mac });
    expect(await lab.links()).not.toContain('virbr7');
  });

  it('says what to do where nothing can ask for a password', async () => {
    const caller = await lab.caller(users.asked);
    await expect(caller.ask('perform', bridge)).rejects.toMatchObject({
      code: 'auth-cancelled',
      data: { fix: expect.stringContaining('pkttyagent') as string },
    });
  });

  it("follows the administrator's rules about devices", async () => {
    const caller = await lab.caller(users.allowed);
    await expect(caller.ask('perform', { ...bridge, link: 'vvforbidden' })).rejects.toMatchObject({
      code: 'auth-cancelled',
    });
  });

  it('keeps forwarding on for as long as one user needs it, and then restores what was', async () => {
    const before = await lab.lab.state();
    const on = { verb: 'sysctl-set', values: [{ key: 'net/ipv4/ip_forward', value: '1' }] };
    const off = { verb: 'sysctl-set', values: [{ key: 'net/ipv4/ip_forward', value: '0' }] };
    const [one, two] = [await lab.caller(users.allowed), await lab.caller(users.other)];
    const second = { ...bridge, link: 'virbr8', mac: '52:54:00:11:22:44' };
    await expect(one.ask('perform', on)).rejects.toMatchObject({ code: 'access-denied' });
    await one.ask('perform', bridge);
    await one.ask('perform', on);
    await two.ask('perform', second);
    await two.ask('perform', on);
    await one.ask('perform', off);
    expect(await lab.lab.sh('cat /proc/sys/net/ipv4/ip_forward')).toBe('1\n');
    await one.ask('perform', { verb: 'bridge-delete', link: 'virbr7', mac: bridge.mac });
    // The second's engine found forwarding on, and does not switch it off.
    await two.ask('perform', { verb: 'bridge-delete', link: 'virbr8', mac: second.mac });
    expect(await lab.lab.state()).toEqual(before);
    expect(await lab.recorded()).toEqual([]);
  });

  it('tells a user what stands, and removes all of it', async () => {
    const before = await lab.lab.state();
    const caller = await lab.caller(users.allowed);
    const home = await lab.home(users.allowed);
    await caller.ask('networks', home, 'createXml', nat);
    const root = await lab.caller(0);
    // Sessions on the seat may look; a user without one is asked, and root is not.
    await expect(caller.ask('raw', 'Changes')).rejects.toMatchObject({ code: 'dbus-service' });
    expect(await root.ask('raw', 'Changes')).toEqual(['[]']);
    expect(await lab.recorded()).toContain(`u${users.allowed}-bridge-virbr9`);
    expect(await caller.ask('raw', 'Undo')).toEqual([[]]);
    expect(await lab.lab.state()).toEqual(before);
    expect(await lab.recorded()).toEqual([]);
  });
});

describe.skipIf(missing !== undefined)('what the helper still knows of an engine whose record is lost', () => {
  let lab: BusLab;

  beforeEach(async () => {
    lab = await BusLab.open();
  });
  afterEach(async () => {
    await (lab as BusLab | undefined)?.close();
  });

  it('is shown among the changes of the host, and undone one by one or all at once', async () => {
    const before = await lab.lab.state();
    const home = await lab.home(users.other);
    const first = await lab.caller(users.other);
    await first.ask('networks', home, 'createXml', nat);
    // Whatever the engine itself knows is shown once.
    const own = (await first.ask('networks', home, 'hostChanges')) as readonly { owner: string }[];
    expect(own.map(({ owner }) => owner)).toEqual([expect.stringMatching(/^network-/)]);
    await lab.kill(first);
    await lab.lab.sh(`rm -rf ${home}/s ${home}/r`);

    const second = await lab.caller(users.other);
    const list = async (): Promise<readonly { owner: string; user: string; steps: readonly object[] }[]> =>
      (await second.ask('networks', home, 'hostChanges')) as Awaited<ReturnType<typeof list>>;
    const left = await list();
    expect(left.map(({ owner }) => owner)).toContain(`helper/u${users.other}-bridge-virbr9`);
    expect(left[0]).toMatchObject({ user: 'vvother' });
    const server = left.find(({ owner }) => owner.endsWith('dnsmasq-virbr9'));
    expect(server?.steps).toEqual([expect.objectContaining({ sentence: 'dnsmasq on virbr9.' })]);
    expect(await second.ask('networks', home, 'undoChanges', server?.owner)).toEqual([]);
    expect((await list()).map(({ owner }) => owner)).not.toContain(server?.owner);
    expect(await second.ask('networks', home, 'undoChanges')).toEqual([]);
    expect(await list()).toEqual([]);
    expect(await lab.lab.state()).toEqual(before);
    expect(await lab.recorded()).toEqual([]);
  });
});

describe.skipIf(missing !== undefined)('where a part is missing', () => {
  let lab: BusLab | undefined;

  afterEach(async () => {
    await lab?.close();
  });

  it('says that the helper is not installed', async () => {
    lab = await BusLab.open({ withHelper: false });
    const caller = await lab.caller(users.allowed);
    await expect(caller.ask('perform', bridge)).rejects.toMatchObject({
      code: 'auth-unavailable',
      data: { cause: 'The privileged helper is not installed.', fix: expect.stringContaining('Install') as string },
    });
  });

  it('says that polkit is missing, and does nothing, even for root', async () => {
    lab = await BusLab.open({ withPolkit: false });
    for (const uid of [users.allowed, 0]) {
      const caller = await lab.caller(uid);
      await expect(caller.ask('perform', bridge)).rejects.toMatchObject({
        code: 'auth-unavailable',
        data: { fix: 'Install and start polkit.' },
      });
    }
    expect(await lab.links()).not.toContain('virbr7');
  });

  it('ends when nobody asks, and is there again for the next', async () => {
    lab = await BusLab.open({ idleSeconds: 1 });
    const { helperPid } = lab;
    const pidNow = helperPid.bind(lab);
    const caller = await lab.caller(users.allowed);
    await caller.ask('perform', bridge);
    const first = await pidNow();
    expect(first).toBeGreaterThan(0);
    await until('the helper ends', async () => (await pidNow()) === undefined);
    await caller.ask('perform', { verb: 'bridge-delete', link: 'virbr7', mac: bridge.mac });
    expect(await lab.links()).not.toContain('virbr7');
    expect(await pidNow()).not.toBe(first);
  });
});
