import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { internetAddress } from '../network/lab.ts';
import { type InterfaceEngine, InterfaceLab } from './interface-lab.ts';

let host: InterfaceLab;

afterEach(async () => {
  await host.close();
});

const request = { device: 'wan0', bridge: 'br0' };

async function settled(engine: InterfaceEngine): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (((await engine.interfaces.pending()) ?? undefined) === undefined) return;
    await delay(50);
  }
  throw new Error('The change stands for ever.');
}

describe('a bridge over the card that leads to the Internet', () => {
  it('has its addresses and routes, and is gone without a trace when it is rolled back', async () => {
    host = await InterfaceLab.open();
    const engine = await host.engine();
    const before = await host.state();
    const { addresses = [], mac } = await engine.interfaces.lookupByName('wan0');
    const pending = await engine.interfaces.bridge(request, 60);
    expect(pending).toMatchObject({ kind: 'bridge', bridge: 'br0', device: 'wan0' });
    const bridge = await engine.interfaces.lookupByName('br0');
    expect(bridge).toMatchObject({ mac, kind: 'bridge', active: true, ports: ['wan0'], isDefaultRoute: true });
    expect(bridge.addresses).toEqual(addresses);
    expect(await engine.interfaces.lookupByName('wan0')).toMatchObject({ master: 'br0', addresses: [], listed: false });
    expect(await host.lab.reaches('host', internetAddress)).toBe(true);
    expect(await host.lab.reaches('host', '2001:db8:1::1')).toBe(true);
    await engine.interfaces.changeRollback();
    expect(await host.state()).toEqual(before);
    expect(await host.lab.reaches('host', internetAddress)).toBe(true);
  });

  it('carries what guests send once it is kept, and comes apart again', async () => {
    host = await InterfaceLab.open();
    const engine = await host.engine();
    const before = await host.state();
    await engine.interfaces.bridge(request, 60);
    await engine.interfaces.changeCommit();
    expect((await engine.interfaces.pending()) ?? undefined).toBeUndefined();
    await host.lab.guest('guest', 'br0', '52:54:00:00:00:09');
    await host.lab.sh('ip -n guest address add 198.51.100.9/24 dev eth0');
    expect(await host.lab.reaches('guest', internetAddress)).toBe(true);
    await host.lab.unplug('guest');
    await engine.interfaces.unbridge('br0', 60);
    await engine.interfaces.changeCommit();
    expect(await host.state()).toEqual(before);
  });

  it('is rolled back by itself when nobody keeps it', async () => {
    host = await InterfaceLab.open();
    const engine = await host.engine();
    const before = await host.state();
    const pending = await engine.interfaces.bridge(request, 5);
    expect(pending?.deadlineMs).toBeGreaterThan(Date.now());
    await settled(engine);
    expect(await host.state()).toEqual(before);
  });

  it('is rolled back at once when the gateway does not answer over it any more', async () => {
    host = await InterfaceLab.open();
    const engine = await host.engine();
    const before = await host.state();
    await host.lab.reaches('host', internetAddress);
    await (engine.interfaces as unknown as { spoil(device: string): Promise<void> }).spoil('eth0');
    await expect(engine.interfaces.bridge(request, 60)).rejects.toThrow(/was made and rolled back/);
    await host.lab.sh(
      'ip -n internet link set eth0 up; ip -n internet -6 address replace 2001:db8:1::1/64 dev eth0 nodad',
    );
    await expect.poll(async () => await host.state(), { timeout: 5_000 }).toEqual(before);
  });
});

describe('an engine killed while it makes a bridge', () => {
  it('has left something that the next one takes back, whichever step it was at', async () => {
    host = await InterfaceLab.open();
    let engine = await host.engine();
    const { steps } = await engine.interfaces.planBridge(request);
    const before = await host.state();
    for (const moment of [...steps.map((_, place) => 2 * place), 2 * steps.length - 1]) {
      engine.crashAt(moment);
      await expect(engine.interfaces.bridge(request, 60), `moment ${moment}`).rejects.toThrow();
      engine = await host.engine();
      const left = (await engine.interfaces.pending()) ?? undefined;
      expect(left, `moment ${moment} ${engine.log}`).toBeUndefined();
      expect(await host.state(), `moment ${moment}`).toEqual(before);
    }
  });

  it('leaves a change that stands to the next one, which keeps to its time', async () => {
    host = await InterfaceLab.open();
    const first = await host.engine();
    const before = await host.state();
    const pending = await first.interfaces.bridge(request, 8);
    first.kill();
    const second = await host.engine();
    expect(await second.interfaces.pending()).toEqual(pending);
    await settled(second);
    expect(await host.state()).toEqual(before);
  });
});
