import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { internetAddress } from '../network/lab.ts';
import { BusLab, users, whatIsMissing } from './bus-lab.ts';

const missing = whatIsMissing();
if (missing !== undefined) console.warn(`the helper's interfaces are not tested: ${missing}`);

const bridge = { verb: 'bridge', device: 'wan0', bridge: 'br0', confirmSeconds: 5 };

describe.skipIf(missing !== undefined)('host interfaces by the privileged helper', () => {
  let lab: BusLab;
  const state = async (): Promise<string> =>
    await lab.lab.sh(
      'ip -json address show dev wan0; ip -json -4 route show; ip -json -6 route show; ip -br link show',
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

  it('are not for users who may not, nor for what is no change of them', async () => {
    const before = await state();
    const other = await lab.caller(users.other);
    await expect(other.ask('interfaces', bridge)).rejects.toMatchObject({ data: { code: 'auth-cancelled' } });
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
