import { describe, expect, it } from 'vitest';
import { allowsBridge } from '../../../../src-main/helper/allowed-bridges.ts';
import { permissionFor } from '../../../../src-main/helper/permission.ts';
import type { NetworkAction } from '../../../../src-main/network/actions.ts';

const tap = { link: 'vnet0', mac: 'fe:54:00:00:00:01', uid: 1000, multiQueue: false, isolated: false } as const;
const uuid = '2ba97a80-bba5-4a4f-a33a-0f1d5d0ac8e2';
const isCable = (link: string): boolean => link === 'vnet0';
const needed = (action: NetworkAction): string | undefined => permissionFor(action, isCable);

describe('what an administrator is asked for', () => {
  it('is less for plugging in one’s own machine than for changing the host’s network', () => {
    expect(needed({ verb: 'tap-add', ...tap, bridge: 'virbr0' })).toBe('attach');
    expect(needed({ verb: 'link-up', link: 'vnet0' })).toBe('attach');
    expect(needed({ verb: 'bandwidth-set', link: 'vnet0', isNetwork: false })).toBe('attach');
    expect(needed({ verb: 'tap-add', ...tap })).toBe('manage');
    expect(needed({ verb: 'link-up', link: 'virbr0' })).toBe('manage');
    expect(needed({ verb: 'bandwidth-set', link: 'virbr0', isNetwork: true })).toBe('manage');
    expect(
      needed({ verb: 'macvtap-add', link: 'macvtap0', mac: tap.mac, uid: 1000, lower: 'eth0', mode: 'vepa' }),
    ).toBe('manage');
    // Who is in which VLAN is the administrator's to say.
    const port = { interfaceId: uuid, machine: uuid, guestMac: '52:54:00:00:00:01' };
    const vlans = { trunk: false, tags: [42] };
    expect(needed({ verb: 'tap-add', ...tap, bridge: 'ovsbr0', openVswitch: port })).toBe('attach');
    expect(needed({ verb: 'tap-add', ...tap, bridge: 'ovsbr0', openVswitch: { ...port, vlans } })).toBe('manage');
    expect(needed({ verb: 'port-vlans-set', link: 'vnet0', vlans })).toBe('manage');
  });

  it('is nothing for taking back what was made for oneself', () => {
    expect(needed({ verb: 'tap-delete', link: 'vnet0', mac: tap.mac })).toBeUndefined();
    expect(needed({ verb: 'port-vlans-clear', link: 'vnet0' })).toBeUndefined();
    expect(needed({ verb: 'bandwidth-clear', link: 'vnet0' })).toBeUndefined();
    expect(needed({ verb: 'bandwidth-clear', link: 'virbr0' })).toBe('manage');
  });
});

describe('the list of bridges that any user may join', () => {
  it('goes by its first line that matches, and allows nothing by itself', () => {
    const text = '# bridges\n deny br1\nallow  br0 \nallow br1\ninclude /etc/qemu/alice.conf\n';
    expect(['br0', 'br1', 'br2', '', 'allow'].map((name) => allowsBridge(text, name))).toEqual([
      ...[true, false, false, false, false],
    ]);
    expect(allowsBridge('deny br0\nallow all\n', 'br0')).toBe(false);
    expect(allowsBridge('deny br0\nallow all\n', 'br5')).toBe(true);
  });
});
