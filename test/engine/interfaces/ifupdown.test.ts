import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { internetAddress } from '../network/lab.ts';
import { InterfaceLab } from './interface-lab.ts';

const isThere = existsSync('/usr/sbin/ifup');
if (!isThere) console.warn('ifupdown is not installed: its files are only tested as text');

const configuration = `# The administrator's own words.
source /etc/network/interfaces.d/*
auto lo
iface lo inet loopback

auto wan0
iface wan0 inet static
    address 198.51.100.2/24
    gateway 198.51.100.1
    dns-nameservers 198.51.100.1

iface wan0 inet6 static
    address 2001:db8:1::2/64
    gateway 2001:db8:1::1
`;

describe.skipIf(!isThere)('a host whose interfaces ifupdown keeps', () => {
  let host: InterfaceLab;
  const files = async (): Promise<string> =>
    await host.lab.sh('cd /etc/network && head -n 99 interfaces $(ls interfaces.d/* 2>/dev/null)');

  afterEach(async () => {
    await host.close();
  });

  it('writes nothing for a bridge until it is kept, and what it writes makes the same at the next boot', async () => {
    host = await InterfaceLab.open({ ifupdown: configuration });
    const engine = await host.engine();
    const before = await files();
    expect(await engine.interfaces.keeper()).toMatchObject({ name: 'ifupdown', isLasting: true });
    expect(await engine.interfaces.xml('wan0', { inactive: true })).toContain("<route gateway='198.51.100.1'/>");
    await engine.interfaces.bridge({ device: 'wan0', bridge: 'br0' }, 60);
    expect(await files()).toBe(before);
    await engine.interfaces.changeCommit();
    const kept = await files();
    expect(kept).toContain("# The administrator's own words.");
    expect(kept).toContain('iface wan0 inet manual');
    expect(kept).toContain('    dns-nameservers 198.51.100.1');
    expect(await engine.interfaces.xml('br0', { inactive: true })).toContain("<interface type='ethernet' name='wan0'>");
    const made = (await host.state()).addresses;
    // As a boot would: nothing is there, and ifupdown reads its files.
    await host.lab.sh(`
      ip link delete br0; ip address flush dev wan0; ip link set wan0 down
      rm -f /run/network/ifstate; ifup -a`);
    expect(await host.lab.reaches('host', internetAddress)).toBe(true);
    const booted = await engine.interfaces.lookupByName('br0');
    expect(booted).toMatchObject({ active: true, ports: ['wan0'], isDefaultRoute: true });
    expect(booted.addresses).toEqual(expect.arrayContaining(['198.51.100.2/24', '2001:db8:1::2/64']));
    expect(JSON.stringify(made)).toContain('"br0"');
  });

  it('takes back what was defined since the begin of a change, byte for byte, by another engine too', async () => {
    host = await InterfaceLab.open({ ifupdown: configuration });
    const first = await host.engine();
    const before = await files();
    await first.interfaces.changeBegin();
    await first.interfaces.define(
      "<interface type='bridge' name='br7'><start mode='onboot'/><protocol family='ipv4'>" +
        "<ip address='192.0.2.7' prefix='24'/></protocol><bridge stp='off' delay='0'/></interface>",
    );
    await first.interfaces.create('br7');
    expect((await first.interfaces.lookupByName('br7')).addresses).toContain('192.0.2.7/24');
    expect(await files()).not.toBe(before);
    first.kill();
    const second = await host.engine();
    expect(await second.interfaces.pending()).toMatchObject({ kind: 'changes' });
    await second.interfaces.changeRollback();
    expect(await files()).toBe(before);
    await expect(second.interfaces.lookupByName('br7')).rejects.toMatchObject({ code: 'no-interface' });
  });
});
