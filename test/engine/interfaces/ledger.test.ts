import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { HostChange } from '../../../src-shared/model/network-view.ts';
import { internetAddress } from '../network/lab.ts';
import { type InterfaceEngine, InterfaceLab } from './interface-lab.ts';

const request = { device: 'wan0', bridge: 'br0' };
const hasIfupdown = existsSync('/usr/sbin/ifup');
if (!hasIfupdown)
  console.warn("ifupdown is not installed: undoing after a boot is only tested with other keepers' files");

const configuration = `source /etc/network/interfaces.d/*
auto lo
iface lo inet loopback
# The administrator's own words.
auto wan0
iface wan0 inet static
    address 198.51.100.2/24
    gateway 198.51.100.1

iface wan0 inet6 static
    address 2001:db8:1::2/64
    gateway 2001:db8:1::1
`;
const definition =
  "<interface type='bridge' name='br7'><start mode='onboot'/><protocol family='ipv4'>" +
  "<ip address='192.0.2.7' prefix='24'/></protocol><bridge stp='off' delay='0'/></interface>";

let host: InterfaceLab;

afterEach(async () => {
  await (host as InterfaceLab | undefined)?.close();
});

const told = async (engine: InterfaceEngine): Promise<readonly HostChange[]> => await engine.networks.hostChanges();

describe('what was changed of the interfaces of the host', () => {
  it('is told with who, when and what, and undone to the last byte', async () => {
    host = await InterfaceLab.open();
    const engine = await host.engine();
    const before = await host.bytes();
    await engine.interfaces.bridge(request, 60);
    await engine.interfaces.changeCommit();
    const [change, ...others] = await told(engine);
    expect(others).toEqual([]);
    expect(change).toMatchObject({ owner: 'interfaces/interface-br0', user: 'root' });
    expect(Math.abs(Date.now() - (change?.timeMs ?? 0))).toBeLessThan(60_000);
    expect(change?.steps[0]).toMatchObject({
      sentence: expect.stringMatching(/^Create the bridge br0/) as string,
      words: { key: 'hostBridgeCreate' },
      undo: 'Remove the bridge br0.',
    });
    expect(await engine.networks.undoChanges()).toEqual([]);
    expect(await host.bytes()).toEqual(before);
    expect(await told(engine)).toEqual([]);
    expect(await host.lab.reaches('host', internetAddress)).toBe(true);
  });

  it('is there while it stands and after a crash, and the next engine undoes it', async () => {
    host = await InterfaceLab.open();
    const first = await host.engine();
    const before = await host.bytes();
    await first.interfaces.bridge(request, 60);
    expect(await told(first)).toMatchObject([{ owner: 'interfaces/standing', user: 'root' }]);
    first.kill();
    const second = await host.engine();
    expect(await told(second)).toMatchObject([{ owner: 'interfaces/standing' }]);
    await second.interfaces.changeCommit();
    second.kill();
    const third = await host.engine();
    expect(await third.networks.undoChanges('interfaces/interface-br0')).toEqual([]);
    expect(await host.bytes()).toEqual(before);
    expect(await told(third)).toEqual([]);
  });

  it('stays when machines are on the bridge, and says so', async () => {
    host = await InterfaceLab.open();
    const engine = await host.engine();
    const before = await host.bytes();
    await engine.interfaces.bridge(request, 60);
    await engine.interfaces.changeCommit();
    await host.lab.sh('ip tuntap add dev vnet0 mode tap && ip link set vnet0 master br0 up');
    expect(await engine.networks.undoChanges()).toEqual([
      expect.stringContaining('Machines are connected to br0: vnet0.'),
    ]);
    expect(await told(engine)).toHaveLength(1);
    await host.lab.sh('ip link delete vnet0');
    expect(await engine.networks.undoChanges()).toEqual([]);
    expect(await host.bytes()).toEqual(before);
  });

  it('is nothing when one change took back the other', async () => {
    host = await InterfaceLab.open();
    const engine = await host.engine();
    const before = await host.bytes();
    await engine.interfaces.define(definition);
    await engine.interfaces.create('br7');
    expect(await told(engine)).toMatchObject([{ owner: 'interfaces/interface-br7' }]);
    expect(await engine.networks.undoChanges('interfaces/interface-br7')).toEqual([]);
    expect(await host.bytes()).toEqual(before);
    await engine.interfaces.define(definition);
    await engine.interfaces.undefine('br7');
    expect(await told(engine)).toEqual([]);
    await engine.interfaces.destroy('wan0');
    expect(await told(engine)).toHaveLength(1);
    await engine.interfaces.create('wan0');
    expect(await told(engine)).toEqual([]);
  });

  it.skipIf(!hasIfupdown)('is undone byte for byte after the host was started again', async () => {
    host = await InterfaceLab.open({ ifupdown: configuration });
    const first = await host.engine();
    // As a boot makes it.
    await host.bare();
    await host.lab.sh('rm -f /run/network/ifstate; ifup -a');
    const before = await host.bytes();
    await first.interfaces.bridge(request, 60);
    await first.interfaces.changeCommit();
    await first.interfaces.define(definition);
    expect(await told(first)).toHaveLength(2);
    first.kill();
    await host.lab.sh('ip link delete br0');
    await host.bare();
    await host.newBoot();
    await host.lab.sh('rm -f /run/network/ifstate; ifup -a');
    expect(await host.lab.sh('ip -br address')).toMatch(/^br0 .*198\.51\.100\.2/m);
    const second = await host.engine();
    const changes = await told(second);
    expect(changes.map(({ owner, isOfEarlierBoot }) => [owner, isOfEarlierBoot])).toEqual([
      ['interfaces/interface-br7', true],
      ['interfaces/interface-br0', true],
    ]);
    expect(await second.networks.undoChanges()).toEqual([]);
    // What the next boot finds is what the one before found.
    expect(await host.files()).toBe(before['files']);
    expect(await host.lab.sh('ip -br address')).not.toContain('br0');
    expect(await host.lab.reaches('host', internetAddress)).toBe(true);
    const after = await host.bytes();
    for (const part of Object.keys(before)) expect(after[part], part).toBe(before[part]);
    expect(await told(second)).toEqual([]);
  });

  it.skipIf(!hasIfupdown)('leaves a file that somebody else wrote since, and says which', async () => {
    host = await InterfaceLab.open({ ifupdown: configuration });
    const engine = await host.engine();
    await engine.interfaces.define(definition);
    await host.lab.sh('echo "# mine" >>/etc/network/interfaces.d/vivarium-br7');
    expect(await engine.networks.undoChanges()).toEqual([
      expect.stringContaining("'/etc/network/interfaces.d/vivarium-br7' was changed since"),
    ]);
    expect(await told(engine)).toHaveLength(1);
  });
});
