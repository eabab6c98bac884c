import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostChange } from '../../../src-shared/model/network-view.ts';
import { internetAddress } from '../network/lab.ts';
import { BusLab, users, whatIsMissing } from './bus-lab.ts';

const missing = whatIsMissing();
if (missing !== undefined) console.warn(`the helper's interfaces are not tested: ${missing}`);

const bridge = { verb: 'bridge', device: 'wan0', bridge: 'br0', confirmSeconds: 5 };

const definition =
  "<interface type='bridge' name='br7'><start mode='onboot'/><protocol family='ipv4'>" +
  "<ip address='192.0.2.7' prefix='24'/></protocol><bridge stp='off' delay='0'/></interface>";

describe.skipIf(missing !== undefined)('host interfaces by the privileged helper', () => {
  let lab: BusLab;
  const state = async (): Promise<string> =>
    await lab.lab.sh(
      'ip -json address show dev wan0; ip -json -4 route show; ip -json -6 route show; ip -br link show',
    );

  const configuration = async (): Promise<string> =>
    await lab.lab.sh(
      'cd / && grep -r "" etc/network etc/systemd/network var/lib/vivarium/interfaces 2>/dev/null || true',
    );

  beforeEach(async () => {
    lab = await BusLab.open();
  });
  afterEach(async () => {
    await (lab as BusLab | undefined)?.close();
  });

  it('make a bridge for a user who may, which stays when it is kept', async () => {
    const caller = await lab.caller(users.allowed);
    expect(await caller.ask('interfaces', bridge)).toMatchObject({ kind: 'bridge', device: 'wan0', bridge: 'br0' });
    expect(await caller.ask('interfaces', { verb: 'commit' })).toBe('none');
    expect(await lab.lab.sh('ip -br address show dev br0')).toContain('198.51.100.2/24');
    expect(await lab.lab.reaches('host', internetAddress)).toBe(true);
  });

  it('are as they were when nobody kept the bridge, even if the helper was killed meanwhile', async () => {
    const before = await state();
    const caller = await lab.caller(users.allowed);
    await caller.ask('interfaces', bridge);
    await lab.lab.run(['kill', '-9', String(await lab.helperPid())]);
    await expect.poll(state, { timeout: 15_000, interval: 300 }).toBe(before);
    expect(await lab.lab.reaches('host', internetAddress)).toBe(true);
  });

  it('are among the changes of their user, who undoes them there', async () => {
    const before = await state();
    const [caller, other] = [await lab.caller(users.other), await lab.caller(users.allowed)];
    const home = await lab.home(users.other);
    const changes = async (): Promise<readonly HostChange[]> =>
      (await caller.ask('networks', home, 'hostChanges')) as readonly HostChange[];
    await caller.ask('interfaces', { ...bridge, confirmSeconds: 60 });
    expect(await changes()).toMatchObject([{ owner: 'helper/interfaces/standing', user: 'vvother' }]);
    await caller.ask('interfaces', { verb: 'commit' });
    const [change, ...more] = await changes();
    expect(more).toEqual([]);
    expect(change).toMatchObject({ owner: 'helper/interfaces/interface-br0', user: 'vvother' });
    expect(change?.steps.map(({ sentence }) => sentence)).toContain('Make wan0 a port of br0.');
    // It is nobody else's to take back.
    expect(await other.ask('raw', 'UndoChanges', 'as', [['interfaces/interface-br0']])).toEqual([[]]);
    expect(await lab.lab.sh('ip -br link show')).toContain('br0');
    // The helper that ended meanwhile has written it down.
    await lab.lab.run(['kill', '-9', String(await lab.helperPid())]);
    expect(await caller.ask('networks', home, 'undoChanges', change?.owner)).toEqual([]);
    expect(await state()).toBe(before);
    expect(await changes()).toEqual([]);
    expect(await lab.lab.reaches('host', internetAddress)).toBe(true);
  });

  it('are as they were when the package goes, with all that was changed of them', async () => {
    const [before, files] = [await state(), await configuration()];
    const caller = await lab.caller(users.allowed);
    await caller.ask('interfaces', bridge);
    await caller.ask('interfaces', { verb: 'commit' });
    await caller.ask('interfaces', { verb: 'define', xml: definition });
    await lab.lab.run(['kill', '-9', String(await lab.helperPid())]);
    await lab.lab.run([...lab.program, 'undo-all']);
    expect(await state()).toBe(before);
    expect(await configuration()).toBe(files);
  });

  it('are defined, started, stopped and forgotten, as a whole or one by one', async () => {
    const [before, files] = [await state(), await configuration()];
    const caller = await lab.caller(users.other);
    const home = await lab.home(users.other);
    const shown = async (): Promise<string> => await lab.lab.sh('ip -br address show dev br7 2>/dev/null || true');
    await caller.ask('interfaces', { verb: 'begin' });
    await caller.ask('interfaces', { verb: 'define', xml: definition });
    await caller.ask('interfaces', { verb: 'create', name: 'br7' });
    expect(await shown()).toContain('192.0.2.7/24');
    await caller.ask('interfaces', { verb: 'rollback' });
    expect(await state()).toBe(before);
    expect(await configuration()).toBe(files);

    await caller.ask('interfaces', { verb: 'define', xml: definition });
    await caller.ask('interfaces', { verb: 'create', name: 'br7' });
    expect(await shown()).toContain('192.0.2.7/24');
    await caller.ask('interfaces', { verb: 'destroy', name: 'br7' });
    expect(await shown()).not.toMatch(/UP|192/);
    await caller.ask('interfaces', { verb: 'undefine', name: 'br7' });
    expect(await configuration()).toBe(files);
    await caller.ask('networks', home, 'undoChanges');

    await caller.ask('interfaces', bridge);
    await caller.ask('interfaces', { verb: 'commit' });
    await caller.ask('interfaces', { verb: 'unbridge', bridge: 'br0' });
    expect(await lab.lab.sh('ip -br link show')).not.toContain('br0');
    expect(await caller.ask('networks', home, 'hostChanges')).toEqual([]);
  });

  it('are not for users who may not, nor for what is no change of them', async () => {
    const before = await state();
    const denied = await lab.caller(users.denied);
    await expect(denied.ask('interfaces', bridge)).rejects.toMatchObject({ data: { code: 'auth-cancelled' } });
    const caller = await lab.caller(users.allowed);
    for (const device of ['../x', 'a b', 'lo', 'x;reboot']) {
      await expect(caller.ask('interfaces', { ...bridge, device })).rejects.toThrow();
    }
    const hostile =
      "<interface type='vlan' name='v9'><vlan tag='9'><interface name='wan0;touch /run/pwned'/></vlan></interface>";
    await expect(caller.ask('interfaces', { verb: 'define', xml: hostile })).rejects.toThrow(/can't be used/);
    expect(await state()).toBe(before);
  });
});
