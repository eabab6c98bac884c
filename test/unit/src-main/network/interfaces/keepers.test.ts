import { describe, expect, it } from 'vitest';
import { checkInterfaceAction } from '../../../../../src-main/network/interfaces/actions.ts';
import type { InterfaceFacts } from '../../../../../src-main/network/interfaces/facts.ts';
import { fromBus, toBus } from '../../../../../src-main/network/interfaces/network-manager-bus.ts';
import type { InterfaceStep } from '../../../../../src-main/network/interfaces/plan-live.ts';
import {
  planBridge,
  planDefine,
  planUnbridge,
  planUndefine,
  readDefinition,
} from '../../../../../src-main/network/interfaces/plan.ts';
import { Variant } from '../../../../../src-main/host/dbus/values.ts';
import { card, hostWith } from './facts.ts';

const request = { device: 'eth0', bridge: 'br0' };
const sentences = (steps: readonly InterfaceStep[]): readonly string[] => steps.map(({ sentence }) => sentence);

/** The files after steps, or after their inverses. */
function written(before: InterfaceFacts['files'], steps: readonly InterfaceStep[]): Readonly<Record<string, string>> {
  const files: Record<string, string> = { ...before };
  for (const { action } of steps) {
    if (action.verb !== 'file-write') continue;
    if (action.content === undefined) Reflect.deleteProperty(files, action.path);
    else files[action.path] = action.content;
  }
  return files;
}
const undone = (before: InterfaceFacts['files'], steps: readonly InterfaceStep[]): Readonly<Record<string, string>> =>
  written(
    written(before, steps),
    [...steps]
      .reverse()
      .flatMap(({ inverse }) => (inverse === undefined ? [] : [{ sentence: '', action: inverse.action }])),
  );

describe('a bridge where nobody keeps a configuration', () => {
  it('moves everything but what comes by itself, and lasts until the next boot', () => {
    const { now, keep } = planBridge(request, hostWith({}));
    expect(sentences(now)).toEqual([
      'Create the bridge br0, with the hardware address 52:54:00:aa:bb:cc of eth0.',
      'Take the route to everywhere else via 192.0.2.1 from eth0.',
      'Take the address 192.0.2.2/24 from eth0.',
      'Switch IPv6 off on eth0 itself: the bridge answers instead.',
      'Make eth0 a port of br0.',
      'Switch br0 on.',
      'Give br0 the address 192.0.2.2/24.',
      'Route everywhere else via 192.0.2.1 over br0.',
    ]);
    expect(keep).toEqual([]);
    for (const { action } of now) expect(checkInterfaceAction(action)).toEqual(action);
  });

  it('keeps the DHCP client that there was, on the bridge', () => {
    const { now } = planBridge(request, hostWith({ dhcpClients: { eth0: 'dhclient' } }));
    expect(now.map(({ action }) => action.verb).filter((verb) => verb.startsWith('dhcp'))).toEqual([
      'dhcp-stop',
      'dhcp-start',
    ]);
    expect(now.at(-1)).toMatchObject({
      action: { link: 'br0' },
      inverse: { action: { verb: 'dhcp-stop', link: 'br0' } },
    });
  });

  it('is refused over a wireless card, with what helps instead', () => {
    const wireless = { ...card, kind: 'wireless' as const };
    const { findings, now } = planBridge(request, hostWith({ devices: [wireless] }));
    expect(now).toEqual([]);
    expect(findings).toContainEqual(
      expect.objectContaining({ id: 'wireless', severity: 'error', fix: expect.stringContaining('NAT') as unknown }),
    );
  });

  it.each(['br0;x', 'a b', '-n', '../x', 'waytoolongforakernel', 'all'])('is not called %s', (bridge) => {
    expect(planBridge({ device: 'eth0', bridge }, hostWith({})).findings).toContainEqual(
      expect.objectContaining({ id: 'bad-name' }),
    );
  });
});

describe("systemd-networkd's files", () => {
  const files = {
    '/etc/systemd/network/20-wired.network': '[Match]\nName=eth0\n\n[Network]\nDHCP=ipv4\nDNS=192.0.2.53\n',
  };
  const host = hostWith({ keeper: 'systemd-networkd', files });

  it('are tried below /run, and kept in /etc', () => {
    const { now, keep } = planBridge(request, host);
    const trial = written(files, now);
    expect(Object.keys(trial)).toEqual([
      ...Object.keys(files),
      '/run/systemd/network/05-vivarium-br0.netdev',
      '/run/systemd/network/05-vivarium-br0.network',
      '/run/systemd/network/05-vivarium-eth0.network',
    ]);
    expect(trial['/run/systemd/network/05-vivarium-br0.netdev']).toContain('MACAddress=52:54:00:aa:bb:cc');
    expect(trial['/run/systemd/network/05-vivarium-br0.network']).toContain('DHCP=ipv4');
    expect(trial['/run/systemd/network/05-vivarium-eth0.network']).toContain('Bridge=br0');
    expect(undone(files, now)).toEqual(files);
    const kept = written(trial, keep);
    expect(Object.keys(kept).filter((path) => path.startsWith('/run/'))).toEqual([]);
    expect(kept['/etc/systemd/network/05-vivarium-br0.network']).toBe(
      trial['/run/systemd/network/05-vivarium-br0.network'],
    );
    for (const { action } of [...now, ...keep]) expect(checkInterfaceAction(action)).toEqual(action);
  });

  it('have networkd look at the card anew as the last of a rollback', () => {
    const { now } = planBridge(request, host);
    expect(now[0]?.inverse?.action).toEqual({ verb: 'networkd-reload', links: ['eth0'] });
    expect(now.at(-1)?.inverse?.action).toEqual({ verb: 'link-delete', link: 'br0', kind: 'bridge' });
  });

  it('say what is configured, and go back to the card when the bridge is taken apart', () => {
    const kept = written(files, planBridge(request, host).keep);
    const bridge = { ...card, name: 'br0', kind: 'bridge' as const, bridge: { stp: '0', forwardDelay: '0' } };
    const port = { ...card, master: 'br0', isBridgePort: true, addresses: [] };
    const bridged = hostWith({ keeper: 'systemd-networkd', files: kept, devices: [bridge, port] });
    expect(bridged.configured.find(({ name }) => name === 'br0')).toMatchObject({
      type: 'bridge',
      protocol: [{ family: 'ipv4', dhcp: {} }],
      bridge: { interface: [{ name: 'eth0' }] },
    });
    const apart = written(kept, planUnbridge('br0', bridged).now);
    expect(Object.keys(apart).filter((path) => path.includes('br0'))).toEqual([]);
    // What the card had before is what it has again.
    expect(apart).toEqual(files);
  });

  it('give the bridge all that the card had, and the name that the DHCP server knows it by', () => {
    const unit =
      '[Match]\nName=eth0\n[Link]\nMTUBytes=1400\nMACAddress=52:54:00:aa:bb:cc\n[Network]\nDHCP=ipv4\nDNS=192.0.2.53\nVLAN=v7\n' +
      '[Route]\nDestination=203.0.113.0/24\nGateway=192.0.2.9\n[Network]\nDomains=lab.test\n';
    const networkd = { eth0: { unit, clientId: 'ff000000ff0002aabbcc' } };
    const { now } = planBridge(request, hostWith({ keeper: 'systemd-networkd', files, networkd }));
    const trial = written(files, now);
    expect(trial['/run/systemd/network/05-vivarium-br0.network']).toBe(
      '# Made by Vivarium.\n[Match]\nName=br0\n\n[Link]\nMTUBytes=1400\n[Network]\nDHCP=ipv4\nDNS=192.0.2.53\n' +
        '[Route]\nDestination=203.0.113.0/24\nGateway=192.0.2.9\n[Network]\nDomains=lab.test\n\n[DHCPv4]\nIAID=255\n',
    );
    expect(trial['/run/systemd/network/05-vivarium-eth0.network']).toBe(
      '# Made by Vivarium.\n[Match]\nName=eth0\n\n[Link]\nMTUBytes=1400\nMACAddress=52:54:00:aa:bb:cc\n' +
        '[Network]\nBridge=br0\nLinkLocalAddressing=no\nVLAN=v7\n',
    );
  });
});

describe("NetworkManager's profiles", () => {
  const uuid = '11111111-2222-4333-8444-555555555555';
  const profile = {
    ...{ uuid, path: '/org/freedesktop/NetworkManager/Settings/1', activeOn: 'eth0' },
    settings: {
      connection: {
        id: ['s', 'Wired'],
        uuid: ['s', uuid],
        type: ['s', '802-3-ethernet'],
        'interface-name': ['s', 'eth0'],
      },
      ipv4: {
        method: ['s', 'manual'],
        gateway: ['s', '192.0.2.1'],
        dns: ['au', [1]],
        'address-data': [
          'aa{sv}',
          [
            {
              map: [
                ['address', { variant: ['s', '192.0.2.2'] }],
                ['prefix', { variant: ['u', 24] }],
              ],
            },
          ],
        ],
      },
      ipv6: { method: ['s', 'auto'] },
    },
  } as const;
  const host = hostWith({ keeper: 'NetworkManager', profiles: [profile] });

  it('are in its memory until they are kept, with the addresses of the card', () => {
    const { now, keep } = planBridge(request, host);
    const added = now.flatMap(({ action }) => (action.verb === 'nm-add' ? [action] : []));
    expect(added.map(({ isLasting }) => isLasting)).toEqual([false, false]);
    expect(added[0]?.settings['ipv4']).toEqual(profile.settings.ipv4);
    expect(added[1]?.settings['connection']).toMatchObject({ master: ['s', 'br0'], 'slave-type': ['s', 'bridge'] });
    expect(keep.map(({ action }) => action.verb)).toEqual(['nm-save', 'nm-save']);
    // The card's own profile is not touched: that of the port is the stronger at the next boot.
    expect(added[1]?.settings['connection']).toMatchObject({ 'autoconnect-priority': ['i', 900] });
    for (const { action } of [...now, ...keep]) expect(checkInterfaceAction(action)).toEqual(action);
  });

  it('bring the card up by its own one as the last of a rollback', () => {
    const { now } = planBridge(request, host);
    const undo = [...now].reverse().map(({ inverse }) => inverse?.action);
    expect(undo.at(-1)).toEqual({ verb: 'nm-activate', uuid, link: 'eth0' });
    expect(undo.filter((action) => action?.verb === 'nm-delete')).toHaveLength(2);
  });

  it("are told in libvirt's words", () => {
    expect(host.configured).toMatchObject([
      {
        type: 'ethernet',
        name: 'eth0',
        protocol: [
          { family: 'ipv4', ip: [{ address: '192.0.2.2', prefix: 24 }], route: [{ gateway: '192.0.2.1' }] },
          { family: 'ipv6', autoconf: true },
        ],
      },
    ]);
  });

  it('come back from data as they were on the bus', () => {
    const bus = new Map([
      [
        'ipv4',
        new Map([['address-data', new Variant('aa{sv}', [new Map([['address', new Variant('s', '192.0.2.2')]])])]]),
      ],
      [
        'bridge',
        new Map([
          ['mac-address', new Variant('ay', Uint8Array.of(1, 2))],
          ['age', new Variant('t', 5n)],
        ]),
      ],
    ]);
    const data: unknown = JSON.parse(JSON.stringify(fromBus(bus)));
    expect(toBus(data as ReturnType<typeof fromBus>)).toEqual(bus);
  });
});

describe("ifupdown's files", () => {
  const main = '/etc/network/interfaces';
  const text = '# mine\nauto lo eth0\niface lo inet loopback\niface eth0 inet dhcp\n    metric 5\n';
  const host = hostWith({ keeper: 'ifupdown', files: { [main]: text }, dhcpClients: { eth0: 'dhclient' } });

  it('keep every line that is not about the change, and come back byte for byte', () => {
    const { keep } = planBridge(request, host);
    const kept = written(host.files, keep)[main] ?? '';
    expect(kept).toContain('# mine\nauto lo eth0\niface lo inet loopback\niface eth0 inet manual\n');
    expect(kept).toMatch(/auto br0\niface br0 inet dhcp\n(?: {4}.*\n)* {4}metric 5\n/);
    expect(undone(host.files, keep)).toEqual(host.files);
  });

  it('lose an interface that is undefined, and its word at boot', () => {
    const steps = planUndefine('eth0', host);
    expect(written(host.files, steps)[main]).toBe('# mine\nauto lo\niface lo inet loopback\n');
  });

  it('take no word from a definition that a shell would understand', () => {
    for (const xml of [
      "<interface type='ethernet' name='eth0;reboot'/>",
      "<interface type='vlan' name='v'><vlan tag='5'><interface name='$(id)'/></vlan></interface>",
      "<interface type='bridge' name='b'><bridge delay='0; id'><interface type='ethernet' name='eth0'/></bridge></interface>",
      "<interface type='bridge' name='b'><mac address='x y'/><bridge/></interface>",
      "<interface type='ethernet' name='eth0'><protocol family='ipv4'><ip address='1.2.3.4\n up id'/></protocol></interface>",
    ]) {
      expect(() => readDefinition(xml), xml).toThrow(/can't be used/);
    }
    const definition = readDefinition(
      "<interface type='vlan' name='eth0.5'><protocol family='ipv4'><dhcp/></protocol><vlan tag='5'><interface name='eth0'/></vlan></interface>",
    );
    expect(written(host.files, planDefine(definition, host))[main]).toContain('vlan-raw-device eth0');
  });
});
