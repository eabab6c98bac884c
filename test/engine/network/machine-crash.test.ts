import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineGone, Lab } from './lab.ts';
import { cardXml, machineXml } from './machine.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await Lab.open();
});
afterEach(async () => {
  await lab.close();
});

const network = `<network><name>lab</name><bridge name='virbr9' stp='off'/></network>`;

const cables = async (): Promise<string> =>
  await lab.sh("ip -o link show | grep -oE '(vnet|own)[0-9]+' | sort -u || true");

async function dies(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return false;
  } catch (thrown) {
    if (thrown instanceof EngineGone) return true;
    throw thrown;
  }
}

describe('an engine killed while it plugs a machine in, or pulls its cable', () => {
  it('has left a cable that the next engine removes, or a machine that goes on with it', async () => {
    let engine = await lab.engine();
    const { uuid: net } = await engine.networks.define(network);
    await engine.networks.start(net);
    const xml = machineXml(lab.folder, 'one', cardXml('52:54:00:00:00:01', "<source network='lab'/>"));
    const { uuid } = await engine.domains.define(xml);
    // Two changes: the device, and that it is switched on.
    for (let moment = 0; moment < 4; moment += 1) {
      engine.crashAt(moment);
      expect(await dies(engine.domains.start(uuid))).toBe(true);
      engine = await lab.engine();
      expect(await engine.domains.list()).toMatchObject([{ name: 'one', state: 'shutoff' }]);
      expect(await cables()).toBe('');
    }
    await engine.domains.start(uuid);
    const [cable] = (await cables()).split('\n');
    for (const moment of [0, 1]) {
      engine.crashAt(moment);
      expect(await dies(engine.domains.destroy(uuid))).toBe(true);
      engine = await lab.engine();
      expect(await engine.domains.list()).toMatchObject([{ state: 'shutoff' }]);
      expect(await cables()).toBe('');
      if (moment === 0) await engine.domains.start(uuid);
    }
    expect(cable).toMatch(/^vnet/);

    // One that goes on: its network is started again, and it is found by another engine, without losing its cable.
    await engine.domains.start(uuid);
    engine.kill();
    engine = await lab.engine();
    expect(await engine.domains.list()).toMatchObject([{ state: 'running' }]);
    await engine.networks.destroy(net);
    await engine.networks.start(net);
    expect(await lab.sh('ip -o link show master virbr9')).toContain('vnet');
    // Its process alone: the lab has processes of its own.
    await lab.sh('kill -9 $(pgrep -x qemu-system-x86)');
    for (let tries = 0; (await cables()) !== '' && tries < 100; tries += 1) await delay(50);
    expect(await cables()).toBe('');
    expect(await engine.domains.list()).toMatchObject([{ state: 'shutoff', reason: 'crashed' }]);
  });
});
