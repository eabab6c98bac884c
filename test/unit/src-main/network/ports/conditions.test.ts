import { describe, expect, it } from 'vitest';
import { checkAction } from '../../../../../src-main/network/actions.ts';
import { readAction } from '../../../../../src-main/helper/check-action.ts';
import { applyConditions, clearCommand, conditionsCommand } from '../../../../../src-main/network/ports/conditions.ts';
import type { Port } from '../../../../../src-main/network/ports/port.ts';

const port: Port = {
  id: '5a0f0b2e-57d9-4a5b-9d0e-2a8a6f6b1c11',
  owner: { driver: 'qemu', uuid: '5a0f0b2e-57d9-4a5b-9d0e-2a8a6f6b1c12', name: 'web' },
  mac: '52:54:00:00:00:01',
  link: 'vnet0',
  end: { kind: 'tap', bridge: 'virbr0', multiQueue: false },
};

describe('conditions of a cable', () => {
  it('are a step with what takes it back; a good cable has none', async () => {
    expect(await applyConditions(port)).toEqual([]);
    const [step] = await applyConditions({ ...port, conditions: { delayMs: 100, lossPercent: 1 } });
    expect(step?.sentence).toBe("Make the cable vnet0 of 'web' like this: 100 ms, 1 % lost.");
    const set = { verb: 'conditions-set', link: 'vnet0', limited: false, delayMs: 100, lossPercent: 1 };
    expect(step?.action).toEqual(set);
    expect(step?.inverse?.action).toEqual({ verb: 'conditions-clear', link: 'vnet0', limited: false });
  });

  it('stand behind the limit of a card that has one', async () => {
    const bandwidth = { inbound: { average: 1000 } };
    const [step] = await applyConditions({ ...port, bandwidth, conditions: { delayMs: 5 } });
    expect(step?.action).toMatchObject({ limited: true });
    const place = 'dev vnet0 parent 1:1 handle 53:';
    expect(conditionsCommand('vnet0', true, { delayMs: 5 }).join(' ')).toMatch(`tc qdisc replace ${place} netem`);
    expect(clearCommand('vnet0', true).join(' ')).toBe(`tc qdisc del ${place}`);
  });

  it('are the arguments of the kernel’s emulator', () => {
    const all = {
      ...{ delayMs: 600, jitterMs: 30, lossPercent: 0.5 },
      ...{ rateKbit: 10_000, duplicatePercent: 1, reorderPercent: 5 },
    };
    expect(conditionsCommand('vnet0', false, all).join(' ')).toBe(
      'tc qdisc replace dev vnet0 root handle 53: netem limit 63000 delay 600ms 30ms ' +
        'loss 0.5% duplicate 1% reorder 5% rate 10000kbit',
    );
    expect(conditionsCommand('vnet0', false, { rateKbit: 56 }).join(' ')).toMatch(/netem limit 1000 rate 56kbit$/);
  });

  it('that the kernel does not take are not asked of the helper', () => {
    const set = { verb: 'conditions-set', link: 'vnet0', limited: false };
    expect(checkAction({ ...set, delayMs: 100 })).toEqual({ ...set, delayMs: 100 });
    for (const wrong of [
      { delayMs: -1 },
      { delayMs: 60_001 },
      { delayMs: 1.5 },
      { lossPercent: 100.1 },
      { rateKbit: 1e12 },
      { lossPercent: '1; reboot' },
      { link: 'a b' },
    ]) {
      expect(() => readAction(JSON.stringify({ ...set, ...wrong }), 'dnsmasq')).toThrow('not one of the changes');
    }
    expect(() => readAction(JSON.stringify({ ...set, link: 'all', delayMs: 1 }), 'dnsmasq')).toThrow("'all'");
  });
});
