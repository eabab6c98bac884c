import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BusLab, users, whatIsMissing } from './bus-lab.ts';

const missing = whatIsMissing();
if (missing !== undefined) console.warn(`the helper is not tested: ${missing}`);

const bridge = { verb: 'bridge-add', link: 'virbr7', mac: '52:54:00:11:22:33', stp: true, forwardDelaySeconds: 0 };

describe.skipIf(missing !== undefined)('the privileged helper', () => {
  let lab: BusLab;

  beforeEach(async () => {
    lab = await BusLab.open();
  });
  afterEach(async () => {
    await lab.close();
  });

  it('makes a bridge for a user who is allowed to, and removes it', async () => {
    const caller = await lab.caller(users.allowed);
    await caller.ask('perform', bridge);
    expect(await lab.links()).toMatch(/^virbr7 .* 52:54:00:11:22:33 /m);
    await caller.ask('perform', { verb: 'bridge-delete', link: 'virbr7', mac: bridge.mac });
    expect(await lab.links()).not.toContain('virbr7');
  });

  it('refuses a user who is not, and changes nothing', async () => {
    const before = await lab.lab.state();
    const caller = await lab.caller(users.denied);
    await expect(caller.ask('perform', bridge)).rejects.toMatchObject({ code: 'auth-cancelled' });
    expect(await lab.lab.state()).toEqual(before);
    expect(await lab.recorded()).toEqual([]);
  });
});
