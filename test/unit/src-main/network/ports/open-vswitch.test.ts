import { describe, expect, it } from 'vitest';
import { addPortCommand, removePortCommand } from '../../../../../src-main/network/ports/open-vswitch.ts';
import { bridgeVlanCommands, bridgeVlans, plainVlans } from '../../../../../src-main/network/ports/vlans.ts';

const port = {
  interfaceId: '2ba97a80-bba5-4a4f-a33a-0f1d5d0ac8e2',
  machine: 'd0a3d1f7-6f0c-4f0a-9a55-1f4a6a0d8f0e',
  guestMac: '52:54:00:00:00:01',
};

describe('what Open vSwitch is told', () => {
  // The words are upstream's: `virNetDevOpenvswitchAddPort`.
  it('of a new port', () => {
    expect(addPortCommand('ovsbr0', 'vnet3', port).join(' ')).toBe(
      [
        'ovs-vsctl --timeout=5 -- --may-exist add-port ovsbr0 vnet3',
        '-- set Interface vnet3 external-ids:attached-mac="52:54:00:00:00:01"',
        '-- set Interface vnet3 external-ids:iface-id="2ba97a80-bba5-4a4f-a33a-0f1d5d0ac8e2"',
        '-- set Interface vnet3 external-ids:vm-id="d0a3d1f7-6f0c-4f0a-9a55-1f4a6a0d8f0e"',
        '-- set Interface vnet3 external-ids:iface-status=active',
      ].join(' '),
    );
    expect(removePortCommand('vnet3').join(' ')).toBe('ovs-vsctl --timeout=5 -- --if-exists del-port vnet3');
  });

  it('of its profile and its VLANs', () => {
    const command = (vlans: Parameters<typeof addPortCommand>[2]['vlans'], former?: string): string =>
      addPortCommand(
        'ovsbr0',
        'vnet3',
        { ...port, profileId: 'blue', ...(vlans === undefined ? {} : { vlans }) },
        former,
      )
        .join(' ')
        .replace(/ -- set Interface.*/, '');
    expect(addPortCommand('ovsbr0', 'vnet3', { ...port, profileId: 'blue' })).toContain(
      'external-ids:port-profile="blue"',
    );
    expect(command({ trunk: false, tags: [42] })).toMatch(/add-port ovsbr0 vnet3 tag=42$/);
    expect(command({ trunk: true, tags: [42, 47], native: { tag: 42, mode: 'untagged' } })).toMatch(
      / vlan_mode=native-untagged tag=42 trunks=42,47$/,
    );
    // One that is there is as if it were new; one on another bridge moves, in one transaction.
    expect(command({ trunk: false, tags: [5] }, 'ovsbr0')).toMatch(
      /add-port ovsbr0 vnet3 -- clear Port vnet3 tag -- clear Port vnet3 trunks -- clear Port vnet3 vlan_mode -- set Port vnet3 tag=5$/,
    );
    expect(command(undefined, 'ovsbr1')).toMatch(/-- --if-exists del-port vnet3 -- --may-exist add-port ovsbr0 vnet3$/);
  });
});

describe('what a bridge of Linux is told', () => {
  const commands = (now: readonly number[], wanted: ReturnType<typeof bridgeVlans>): string =>
    bridgeVlanCommands('vnet3', now, wanted).trim().replaceAll('\n', '; ');

  it('of a port in one VLAN, and of one in none of its own', () => {
    expect(commands([1], bridgeVlans({ trunk: false, tags: [42] }))).toBe(
      'vlan del dev vnet3 vid 1; vlan add dev vnet3 vid 42 pvid untagged',
    );
    expect(commands([42], plainVlans)).toBe('vlan del dev vnet3 vid 42; vlan add dev vnet3 vid 1 pvid untagged');
  });

  it('of a trunk, with a VLAN for what has no tag, or without', () => {
    expect(commands([1], bridgeVlans({ trunk: true, tags: [42, 47], native: { tag: 47, mode: 'tagged' } }))).toBe(
      'vlan del dev vnet3 vid 1; vlan add dev vnet3 vid 47 pvid; vlan add dev vnet3 vid 42',
    );
    expect(commands([1, 42], bridgeVlans({ trunk: true, tags: [42] }))).toBe(
      'vlan del dev vnet3 vid 1; vlan add dev vnet3 vid 42',
    );
  });
});
