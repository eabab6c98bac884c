import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineGone, Lab } from './lab.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await Lab.open();
});
afterEach(async () => {
  await lab.close();
});

const both = `<network>
  <name>lab</name>
  <uuid>d0a3d1f7-6f0c-4f0a-9a55-1f4a6a0d8f0e</uuid>
  <forward mode='nat'/>
  <bridge name='virbr9' stp='off'/>
  <ip address='192.168.77.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.77.10' end='192.168.77.99'/></dhcp>
  </ip>
  <ip family='ipv6' address='fd00:77::1' prefix='64'/>
</network>`;
const uuid = 'd0a3d1f7-6f0c-4f0a-9a55-1f4a6a0d8f0e';

/** Runs one call; whether the engine was killed in the midst of it. */
async function dies(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return false;
  } catch (thrown) {
    if (thrown instanceof EngineGone) return true;
    throw thrown;
  }
}

describe('an engine killed while it starts a network', () => {
  it('has left something that the next engine removes, whichever step it was at', async () => {
    let engine = await lab.engine();
    await engine.networks.define(both);
    const { steps } = await engine.networks.plan(uuid);
    const before = await lab.state();
    // Before each step, and after the last.
    for (const moment of [...steps.map((_, place) => 2 * place), 2 * steps.length - 1]) {
      engine.crashAt(moment);
      expect(await dies(engine.networks.start(uuid)), `moment ${moment}`).toBe(true);
      engine = await lab.engine();
      expect(await engine.networks.lookupByUuid(uuid), `moment ${moment}`).toMatchObject({ active: false });
      expect(await lab.state(), `moment ${moment}`).toEqual(before);
      expect(engine.log).not.toContain('could not be undone');
    }
    await engine.networks.start(uuid);
    expect(await engine.networks.lookupByUuid(uuid)).toMatchObject({ active: true });
  });
});

describe('an engine killed whenever', () => {
  it('while it starts or stops a network, has left what the next engine removes or finds running', async () => {
    let engine = await lab.engine();
    await engine.networks.define(both);
    const before = await lab.state();
    for (const moment of [2, 6, 12, 20, 35, 60, 100]) {
      engine.crashAfter(moment);
      const died = await dies(
        (async () => {
          for (;;) {
            await engine.networks.start(uuid);
            await engine.networks.destroy(uuid);
          }
        })(),
      );
      expect(died).toBe(true);
      engine = await lab.engine();
      const { active } = await engine.networks.lookupByUuid(uuid);
      if (active) await engine.networks.destroy(uuid);
      expect(await lab.state(), `after ${moment} ms`).toEqual(before);
      expect(engine.log).not.toContain('could not be undone');
    }
  });
});

describe('an engine killed while it stops a network', () => {
  it('leaves the rest to the next engine, whichever step it was at', async () => {
    let engine = await lab.engine();
    await engine.networks.define(both);
    const { steps } = await engine.networks.plan(uuid);
    const before = await lab.state();
    const undone = steps.filter(({ undo }) => undo !== undefined).length;
    for (const moment of [...Array.from({ length: undone }, (_, place) => 2 * place), 2 * undone - 1]) {
      await engine.networks.start(uuid);
      engine.crashAt(moment);
      expect(await dies(engine.networks.destroy(uuid)), `moment ${moment}`).toBe(true);
      engine = await lab.engine();
      expect(await engine.networks.lookupByUuid(uuid), `moment ${moment}`).toMatchObject({ active: false });
      expect(await lab.state(), `moment ${moment}`).toEqual(before);
    }
  });
});

describe('an engine that comes back', () => {
  it('finds its network as it was, and puts back what others took away', async () => {
    const first = await lab.engine();
    await first.networks.define(both);
    await first.networks.start(uuid);
    await first.leave();
    const running = await lab.state();
    const server = await lab.run(['cat', `${lab.folder}/dnsmasq/virbr9.pid`]);

    const second = await lab.engine();
    expect(await second.networks.lookupByUuid(uuid)).toMatchObject({ active: true });
    expect(await lab.state()).toEqual(running);
    expect(await lab.run(['cat', `${lab.folder}/dnsmasq/virbr9.pid`])).toBe(server);
    await second.leave();

    await lab.sh(
      `nft flush ruleset; ip -4 address flush dev virbr9; kill ${server.trim()}; sysctl -qw net.ipv4.ip_forward=0`,
    );
    const third = await lab.engine();
    await third.networks.list();
    expect(await lab.state()).toEqual(running);
    expect(await lab.run(['cat', `${lab.folder}/dnsmasq/virbr9.pid`])).not.toBe(server);
  });

  it('counts a network as stopped whose bridge somebody removed', async () => {
    const first = await lab.engine();
    await first.networks.define(both);
    const before = await lab.state();
    await first.networks.start(uuid);
    await first.leave();
    await lab.run(['ip', 'link', 'delete', 'virbr9']);
    const second = await lab.engine();
    expect(await second.networks.lookupByUuid(uuid)).toMatchObject({ active: false });
    expect(await lab.state()).toEqual(before);
  });
});
