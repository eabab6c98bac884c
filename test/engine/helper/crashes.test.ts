import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bridge, BusLab, nat, users, whatIsMissing } from './bus-lab.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== undefined)('a helper that is killed', () => {
  let lab: BusLab;

  beforeEach(async () => {
    lab = await BusLab.open();
  });
  afterEach(async () => {
    await (lab as BusLab | undefined)?.close();
  });

  it.each(['before', 'after'] as const)(
    'removes what it had begun when it starts again (%s the change)',
    async (when) => {
      const before = await lab.lab.state();
      const caller = await lab.caller(users.allowed);
      await lab.crash(when, 'ip', 'link add');
      await expect(caller.ask('raw', 'Perform', 's', [JSON.stringify(bridge)])).rejects.toMatchObject({
        errorName: 'org.freedesktop.DBus.Error.NoReply',
      });
      expect(await lab.hasCrashed()).toBe(true);
      expect(await lab.helperPid()).toBeUndefined();
      expect((await lab.links()).includes('virbr7')).toBe(when === 'after');
      expect(await lab.recorded()).toEqual(['doing-u4001-bridge-virbr7']);
      // Whatever it is asked for, it starts with this.
      await expect(caller.ask('raw', 'Nothing')).rejects.toMatchObject({ code: 'dbus-service' });
      expect(await lab.lab.state()).toEqual(before);
      expect(await lab.recorded()).toEqual([]);
    },
  );

  it('is started again by who needs it, and the network comes up all the same', async () => {
    const before = await lab.lab.state();
    const caller = await lab.caller(users.allowed);
    const home = await lab.home(users.allowed);
    const { uuid } = (await caller.ask('networks', home, 'define', nat)) as { uuid: string };
    for (const [when, program, words] of [
      ['after', 'ip', 'link add'],
      ['before', 'nft', '-f'],
      ['after', 'ip', 'address replace'],
    ] as const) {
      await lab.crash(when, program, words);
      await caller.ask('networks', home, 'start', uuid);
      expect(await lab.hasCrashed()).toBe(true);
      expect(await lab.links()).toContain('virbr9');
      await caller.ask('networks', home, 'destroy', uuid);
      expect(await lab.lab.state()).toEqual(before);
      expect(await lab.recorded()).toEqual([]);
    }
  });

  it('leaves forwarding on for another who needs it', async () => {
    const [one, two] = [await lab.caller(users.allowed), await lab.caller(users.other)];
    const on = { verb: 'sysctl-set', values: [{ key: 'net/ipv4/ip_forward', value: '1' }] };
    const second = { ...bridge, link: 'virbr8', mac: '52:54:00:11:22:44' };
    for (const action of [bridge, on]) await one.ask('perform', action);
    await two.ask('perform', second);
    // As a crash in the midst of the second's change leaves it.
    await lab.lab.run(['kill', '-9', String(await lab.helperPid())]);
    const record = '/var/lib/vivarium/helper';
    await lab.lab.sh(
      `sed s/u4001-forwarding/doing-u4004-forwarding/ ${record}/u4001-forwarding-ipv4.json >${record}/doing-u4004-forwarding-ipv4.json`,
    );
    await expect(two.ask('raw', 'Nothing')).rejects.toMatchObject({ code: 'dbus-service' });
    expect(await lab.recorded()).not.toContain('doing-u4004-forwarding-ipv4');
    expect(await lab.lab.sh('cat /proc/sys/net/ipv4/ip_forward')).toBe('1\n');
  });

  it('removes everything of everybody when its package goes', async () => {
    const before = await lab.lab.state();
    const home = await lab.home(users.allowed);
    const one = await lab.caller(users.allowed);
    const { uuid } = (await one.ask('networks', home, 'define', nat)) as { uuid: string };
    await one.ask('networks', home, 'start', uuid);
    await (await lab.caller(users.other)).ask('perform', bridge);
    await lab.lab.run(['kill', '-9', String(await lab.helperPid())]);
    await lab.lab.run([...lab.program, 'undo-all']);
    expect(await lab.lab.state()).toEqual(before);
    expect(await lab.recorded()).toEqual([]);
  });

  it('puts back what it was about to replace', async () => {
    const caller = await lab.caller(users.allowed);
    const table = 'vivarium_01234567';
    const rule = (port: number): object => ({
      ...{ verb: 'nft-network-set', table, bridge: 'virbr7' },
      rules: [
        {
          ...{ family: 'ipv4', chain: 'forward-in', verdict: { verdict: 'accept' } },
          matches: [
            { match: 'out', device: 'virbr7' },
            { match: 'protocol', protocol: 'tcp' },
            { match: 'port', port },
          ],
        },
      ],
    });
    await caller.ask('perform', bridge);
    await caller.ask('perform', { verb: 'nft-table-add', table });
    await caller.ask('perform', rule(80));
    const before = await lab.lab.state();
    await lab.crash('after', 'nft', '-f');
    await caller.ask('raw', 'Perform', 's', [JSON.stringify(rule(81))]).catch(() => undefined);
    expect((await lab.lab.state()).rules).toContain('dport 81');
    await expect(caller.ask('raw', 'Nothing')).rejects.toMatchObject({ code: 'dbus-service' });
    expect(await lab.lab.state()).toEqual(before);
  });
});
