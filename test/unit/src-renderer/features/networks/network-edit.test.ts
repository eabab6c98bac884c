import { describe, expect, it } from 'vitest';
import { networkProblem } from '../../../../../src-shared/model/network-check.ts';
import { formatNetwork, type Network, parseNetwork } from '../../../../../src-shared/model/network.ts';
import { liveUpdates } from '../../../../../src-renderer/features/networks/edit/live-updates.ts';
import {
  addSubnet,
  changeDhcp,
  freeName,
  modeOf,
  newNetwork,
  setBridge,
  setDns,
  setForwardDevice,
  setMode,
  setSubnet,
} from '../../../../../src-renderer/features/networks/edit/network-edit.ts';
import { readSubnet } from '../../../../../src-renderer/features/networks/edit/subnets.ts';
import { updateNetwork } from '../../../../../src-shared/model/network-update.ts';

const made = (): Network => newNetwork('lab', readSubnet('192.168.50.0/24'));

describe('a new network', () => {
  it('is a NAT network that hands out addresses', () => {
    expect(formatNetwork(made())).toBe(
      [
        '<network>',
        '  <name>lab</name>',
        "  <forward mode='nat'/>",
        "  <ip address='192.168.50.1' netmask='255.255.255.0'>",
        '    <dhcp>',
        "      <range start='192.168.50.2' end='192.168.50.254'/>",
        '    </dhcp>',
        '  </ip>',
        '</network>',
        '',
      ].join('\n'),
    );
  });

  it('has a name that no other has', () => {
    expect(freeName([])).toBe('default');
    expect(freeName(['default', 'network2'])).toBe('network3');
  });

  it('hands out addresses on one subnet of a family only', () => {
    const second = readSubnet('192.168.51.0/24');
    const both = second === undefined ? made() : addSubnet(made(), second);
    expect(both.ip.map(({ dhcp }) => dhcp !== undefined)).toEqual([true, false]);
    expect(networkProblem(both)).toBeUndefined();
  });
});

describe('another mode', () => {
  it.each(['route', 'isolated', 'open', 'bridge', 'macvtap', 'hostdev', 'nat'] as const)(
    'is kept by the XML: %s',
    (mode) => {
      let network = setMode(made(), mode);
      if (mode === 'bridge') network = setBridge(network, { name: 'br0' });
      if (mode === 'macvtap') network = setForwardDevice(network, 'eth0');
      expect(networkProblem(network)).toBeUndefined();
      expect(modeOf(parseNetwork(formatNetwork(network)))).toBe(mode);
    },
  );

  it('does not take over somebody else’s bridge', () => {
    const bridged = setBridge(setMode(made(), 'bridge'), { name: 'br0' });
    expect(bridged.ip).toEqual([]);
    expect(setMode(bridged, 'nat').bridge).toBeUndefined();
  });

  it('keeps the way outside where the mode has one', () => {
    const limited = setForwardDevice(made(), 'eth0');
    expect(setMode(limited, 'route').forward).toMatchObject({ mode: 'route', dev: 'eth0' });
    expect(setMode(limited, 'open').forward).toMatchObject({ mode: 'open', interface: [] });
    expect(setForwardDevice(limited, undefined).forward).not.toHaveProperty('dev');
  });
});

describe('what a running network takes', () => {
  const base = parseNetwork(formatNetwork(made()));
  const host = { mac: '52:54:00:00:00:01', name: 'web', ip: '192.168.50.9' };

  it('is changes of its lists, which lead to the same definition', () => {
    const after = setDns(changeDhcp(base, 0, { host: [host] }), {
      host: [{ ip: '192.168.50.9', hostname: ['web', 'www'] }],
    });
    const updates = liveUpdates(base, after) ?? [];
    expect(updates.map(({ command, section }) => `${command} ${section}`)).toEqual([
      'add-last ip-dhcp-host',
      'add-last dns-host',
    ]);
    const applied = updates.reduce(updateNetwork, base);
    expect(formatNetwork(applied)).toBe(formatNetwork(after));
    const back = liveUpdates(after, base) ?? [];
    expect(formatNetwork(back.reduce(updateNetwork, after))).toBe(formatNetwork(base));
  });

  it('is a changed entry as the old one gone and the new one come', () => {
    const before = changeDhcp(base, 0, { host: [host] });
    const after = changeDhcp(base, 0, { host: [{ ...host, ip: '192.168.50.10' }] });
    const updates = liveUpdates(before, after) ?? [];
    expect(updates.map(({ command }) => command)).toEqual(['delete', 'add-last']);
    expect(formatNetwork(updates.reduce(updateNetwork, before))).toBe(formatNetwork(after));
  });

  it('is nothing else', () => {
    const other = readSubnet('192.168.60.0/24');
    expect(other === undefined ? [] : liveUpdates(base, setSubnet(base, 0, other))).toBeUndefined();
    expect(liveUpdates(base, setMode(base, 'route'))).toBeUndefined();
    expect(liveUpdates(base, base)).toEqual([]);
  });
});
