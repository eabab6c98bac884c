/**
 * NetworkManager: profiles, over D-Bus. A trial is made of profiles in its memory, which are gone at the next boot;
 * keeping it has them saved. The card's own profile stays as it is.
 */
import { createHash } from 'node:crypto';
import type { HostInterface, InterfaceProtocol } from '../../../../src-shared/model/host-interface.ts';
import { tell } from '../../../../src-shared/host-words.ts';
import { say } from '../../../../src-shared/words.ts';
import { type Named, portsOf } from '../definitions.ts';
import { interfaceError } from '../errors.ts';
import type { InterfaceFacts, NetworkManagerProfile, NetworkManagerSettings, NetworkManagerValue } from '../facts.ts';
import type { InterfaceStep } from '../plan-live.ts';
import type { Keeper } from './keeper.ts';

const bridgeType = 'bridge';
const ethernetType = '802-3-ethernet';

export const networkManager: Keeper = {
  info: {
    ...{ name: 'NetworkManager', isLasting: true },
    sentence: 'NetworkManager keeps the configuration, as profiles.',
  },
  configured: (_, profiles) => profiles.flatMap((profile) => definitionOf(profile, profiles)),
  define(definition, facts) {
    const former = profileOf(definition.name, facts);
    const uuid = former?.uuid ?? uuidFor(definition.name, 'own');
    const settings = settingsOf(definition, uuid);
    return [
      former === undefined
        ? adding(uuid, settings, definition.name, true)
        : updating(former, settings, definition.name),
      ...portsOf(definition).map((port) => {
        const id = uuidFor(port, definition.name);
        return adding(id, portSettings(port, definition.name, id), port, true);
      }),
    ];
  },
  undefine(name, facts) {
    const profile = profileOf(name, facts);
    if (profile === undefined) throw interfaceError('no-interface', say`NetworkManager has no profile of '${name}'.`);
    return [removing(profile, name)];
  },
  start({ name }, facts) {
    const profile = profileOf(name, facts);
    if (profile === undefined) throw interfaceError('no-interface', say`NetworkManager has no profile of '${name}'.`);
    const ports = facts.profiles.filter(({ settings }) => masterOf(settings) === name);
    return [
      activating(profile.uuid, name, name),
      ...ports.map(({ uuid, settings }) => activating(uuid, linkOf(settings) ?? '', name)),
    ];
  },
  stop({ name }, facts) {
    const profile = facts.profiles.find(({ activeOn }) => activeOn === name);
    if (profile === undefined)
      throw interfaceError('operation-invalid', say`NetworkManager has no active profile on '${name}'.`);
    return [
      {
        ...tell('hostDown', { link: name }),
        action: { verb: 'nm-deactivate', uuid: profile.uuid },
        inverse: {
          ...tell('hostUpAgain', { link: name }),
          action: { verb: 'nm-activate', uuid: profile.uuid, link: name },
        },
      },
    ];
  },
  bridge(device, shape, facts) {
    const { bridge, stp, delaySeconds } = shape;
    const former = facts.profiles.find(({ activeOn }) => activeOn === device.name) ?? profileOf(device.name, facts);
    const own = uuidFor(bridge, 'own');
    const port = uuidFor(device.name, bridge);
    const mac = device.mac;
    const settings: NetworkManagerSettings = {
      connection: connection(bridge, own, bridgeType, bridge),
      bridge: {
        stp: ['b', stp],
        'forward-delay': ['u', Math.max(stp ? 2 : 0, delaySeconds)],
        ...(mac === undefined ? {} : { 'mac-address': ['ay', { bytes: mac.replaceAll(':', '') }] }),
      },
      // Addresses, routes, names and DHCP as the card's profile had them.
      ipv4: former?.settings['ipv4'] ?? { method: ['s', 'auto'] },
      ipv6: former?.settings['ipv6'] ?? { method: ['s', 'auto'] },
    };
    const reactivate: InterfaceStep[] =
      former === undefined
        ? []
        : [
            {
              ...tell('hostProfileLeave', {
                profile: text(former.settings, 'connection', 'id') ?? former.uuid,
                link: device.name,
              }),
              action: { verb: 'nm-save', uuid: own },
              inverse: {
                ...tell('hostProfileUp', { link: device.name }),
                action: { verb: 'nm-activate', uuid: former.uuid, link: device.name },
              },
            },
          ];
    return {
      now: [
        // First, so that it is the last to be undone: by then the profiles of the bridge are gone.
        ...reactivate.map((step) => ({ ...step, action: { verb: 'nm-deactivate', uuid: own } as const })),
        adding(own, settings, bridge, false),
        adding(port, portSettings(device.name, bridge, port), device.name, false),
        activating(own, bridge, bridge),
        activating(port, device.name, bridge),
      ],
      // The card's own profile is as it was: the one that makes it a port is the stronger.
      keep: [saving(own, bridge), saving(port, device.name)],
    };
  },
  unbridge(bridge, port, facts) {
    const own = profileOf(bridge.name, facts);
    const ports = facts.profiles.filter(
      ({ settings }) => masterOf(settings) === bridge.name || masterOf(settings) === own?.uuid,
    );
    if (own === undefined)
      throw interfaceError('no-interface', say`NetworkManager has no profile of '${bridge.name}'.`);
    const before = facts.profiles.find(
      ({ settings }) => linkOf(settings) === port.name && masterOf(settings) === undefined,
    );
    const uuid = before?.uuid ?? uuidFor(port.name, 'own');
    const alone: NetworkManagerSettings = {
      connection: connection(port.name, uuid, ethernetType, port.name),
      ipv4: own.settings['ipv4'] ?? { method: ['s', 'auto'] },
      ipv6: own.settings['ipv6'] ?? { method: ['s', 'auto'] },
    };
    return {
      now: [
        ...(before === undefined ? [adding(uuid, alone, port.name, false)] : []),
        {
          ...tell('hostDown', { link: bridge.name }),
          action: { verb: 'nm-deactivate', uuid: own.uuid },
          inverse: {
            ...tell('hostUpAgain', { link: bridge.name }),
            action: { verb: 'nm-activate', uuid: own.uuid, link: bridge.name },
          },
        },
        activating(uuid, port.name, port.name),
      ],
      keep: [
        ...(before === undefined ? [saving(uuid, port.name)] : isAutomatic(before) ? [] : [autoconnect(before)]),
        ...ports.map((each) => removing(each, port.name)),
        removing(own, bridge.name),
      ],
    };
  },
};

/** The same for the same bridge: what is done again after a crash is done to the same profile. */
function uuidFor(name: string, of: string): string {
  const hex = createHash('sha256').update(`vivarium ${name} ${of}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const text = (settings: NetworkManagerSettings, group: string, name: string): string | undefined => {
  const value = settings[group]?.[name]?.[1];
  return typeof value === 'string' ? value : undefined;
};
const linkOf = (settings: NetworkManagerSettings): string | undefined => text(settings, 'connection', 'interface-name');
const masterOf = (settings: NetworkManagerSettings): string | undefined =>
  text(settings, 'connection', 'controller') ?? text(settings, 'connection', 'master');

/** The profile that an interface has for itself. */
const profileOf = (name: string, { profiles }: InterfaceFacts): NetworkManagerProfile | undefined =>
  profiles.find(({ settings }) => linkOf(settings) === name && masterOf(settings) === undefined);

const connection = (id: string, uuid: string, type: string, link: string): NetworkManagerSettings[string] => ({
  id: ['s', id],
  uuid: ['s', uuid],
  type: ['s', type],
  'interface-name': ['s', link],
  autoconnect: ['b', true],
});

/** As a port a card comes up before it does by a profile of its own. */
const portPriority = 900;

const portSettings = (port: string, bridge: string, uuid: string): NetworkManagerSettings => ({
  connection: {
    ...connection(`${bridge} ${port}`, uuid, ethernetType, port),
    'autoconnect-priority': ['i', portPriority],
    master: ['s', bridge],
    'slave-type': ['s', bridgeType],
  },
});

function settingsOf(definition: Named, uuid: string): NetworkManagerSettings {
  const { name, type, protocol } = definition;
  const types = { ethernet: ethernetType, bridge: bridgeType, bond: 'bond', vlan: 'vlan' } as const;
  const of = (family: 'ipv4' | 'ipv6'): NetworkManagerSettings[string] =>
    ipSettings(
      family,
      protocol.find((each) => each.family === family),
    );
  const own = ((): NetworkManagerSettings => {
    switch (definition.type) {
      case 'bridge': {
        const { stp = true, delay = '0' } = definition.bridge ?? {};
        return {
          bridge: { stp: ['b', stp], 'forward-delay': ['u', Math.max(stp ? 2 : 0, Math.round(Number(delay)))] },
        };
      }
      case 'vlan':
        return {
          vlan: { id: ['u', definition.vlan?.tag ?? 0], parent: ['s', definition.vlan?.interface?.name ?? ''] },
        };
      case 'bond':
        return { bond: { options: ['a{ss}', { map: [['mode', definition.bond?.mode ?? 'balance-rr']] }] } };
      case 'ethernet':
        return {};
    }
  })();
  return { connection: connection(name, uuid, types[type], name), ...own, ipv4: of('ipv4'), ipv6: of('ipv6') };
}

function ipSettings(family: 'ipv4' | 'ipv6', protocol: InterfaceProtocol | undefined): NetworkManagerSettings[string] {
  if (protocol === undefined) return { method: ['s', family === 'ipv4' ? 'disabled' : 'ignore'] };
  const { dhcp, autoconf, ip, route } = protocol;
  if (dhcp !== undefined || autoconf === true) return { method: ['s', 'auto'] };
  const addresses = ip.map(({ address, prefix }) => ({
    map: [
      ['address', { variant: ['s', address] }],
      ['prefix', { variant: ['u', prefix ?? (family === 'ipv4' ? 32 : 128)] }],
    ],
  }));
  const [gateway] = route;
  return {
    method: ['s', 'manual'],
    'address-data': ['aa{sv}', addresses],
    ...(gateway === undefined ? {} : { gateway: ['s', gateway.gateway] }),
  };
}

function definitionOf(profile: NetworkManagerProfile, profiles: readonly NetworkManagerProfile[]): HostInterface[] {
  const { settings, activeOn } = profile;
  const name = linkOf(settings) ?? activeOn;
  if (name === undefined || masterOf(settings) !== undefined) return [];
  const head = {
    ...{ name, start: { mode: isAutomatic(profile) ? ('onboot' as const) : ('none' as const) } },
    protocol: (['ipv4', 'ipv6'] as const).flatMap((family) => protocolOf(family, settings)),
  };
  switch (text(settings, 'connection', 'type')) {
    case bridgeType: {
      const ports = profiles.filter(
        (each) => masterOf(each.settings) === name || masterOf(each.settings) === profile.uuid,
      );
      const value = (key: string): unknown => settings['bridge']?.[key]?.[1];
      const bridge = {
        stp: value('stp') !== false,
        delay: String(value('forward-delay') ?? 15),
        interface: ports.flatMap((each) => {
          const port = linkOf(each.settings);
          return port === undefined ? [] : [{ type: 'ethernet' as const, name: port, protocol: [] }];
        }),
      };
      return [{ type: 'bridge', ...head, bridge }];
    }
    case 'vlan': {
      const parent = text(settings, 'vlan', 'parent');
      const tag = Number(settings['vlan']?.['id']?.[1] ?? 0);
      return [
        { type: 'vlan', ...head, vlan: { tag, ...(parent === undefined ? {} : { interface: { name: parent } }) } },
      ];
    }
    case ethernetType:
      return [{ type: 'ethernet', ...head }];
    default:
      return [];
  }
}

function protocolOf(family: 'ipv4' | 'ipv6', settings: NetworkManagerSettings): InterfaceProtocol[] {
  const method = text(settings, family, 'method');
  if (method === 'auto') {
    return [{ family, ...(family === 'ipv4' ? { dhcp: {} } : { autoconf: true as const }), ip: [], route: [] }];
  }
  if (method !== 'manual') return [];
  const gateway = text(settings, family, 'gateway');
  const data = settings[family]?.['address-data']?.[1];
  const ip = (Array.isArray(data) ? (data as readonly unknown[]) : []).flatMap(addressOf);
  return [{ family, ip, route: gateway === undefined ? [] : [{ gateway }] }];
}

/** `{address: <s>, prefix: <u>}` as the journal's form of it. */
function addressOf(entry: unknown): InterfaceProtocol['ip'] {
  const pairs =
    (entry as { readonly map?: readonly (readonly [string, { readonly variant: readonly [string, unknown] }])[] })
      .map ?? [];
  const values = new Map(pairs.map(([key, { variant }]) => [key, variant[1]]));
  const address = values.get('address');
  return typeof address === 'string' ? [{ address, prefix: Number(values.get('prefix')) }] : [];
}

const adding = (uuid: string, settings: NetworkManagerSettings, name: string, isLasting: boolean): InterfaceStep => ({
  ...tell('hostProfileAdd', { link: name }),
  action: { verb: 'nm-add', uuid, settings: mutable(settings), isLasting },
  inverse: { ...tell('hostProfileRemove', { link: name }), action: { verb: 'nm-delete', uuid } },
});

const updating = (former: NetworkManagerProfile, settings: NetworkManagerSettings, name: string): InterfaceStep => ({
  ...tell('hostProfileChange', { link: name }),
  action: { verb: 'nm-update', uuid: former.uuid, settings: mutable(settings), isLasting: true },
  inverse: {
    ...tell('hostProfileBack', { link: name }),
    action: { verb: 'nm-update', uuid: former.uuid, settings: mutable(former.settings), isLasting: true },
  },
});

const removing = ({ uuid, settings }: NetworkManagerProfile, name: string): InterfaceStep => ({
  ...tell('hostProfileRemoveNamed', { profile: text(settings, 'connection', 'id') ?? name }),
  action: { verb: 'nm-delete', uuid },
  inverse: {
    ...tell('hostProfileAgain', { link: name }),
    action: { verb: 'nm-add', uuid, settings: mutable(settings), isLasting: true },
  },
});

const activating = (uuid: string, link: string, name: string): InterfaceStep => ({
  ...(link === name ? tell('hostUp', { link }) : tell('hostPortJoin', { link, bridge: name })),
  action: { verb: 'nm-activate', uuid, link },
  inverse: { ...tell('hostDown', { link }), action: { verb: 'nm-deactivate', uuid } },
});

const saving = (uuid: string, link: string): InterfaceStep => ({
  ...tell('hostProfileSave', { link }),
  action: { verb: 'nm-save', uuid },
});

const isAutomatic = ({ settings }: NetworkManagerProfile): boolean =>
  settings['connection']?.['autoconnect']?.[1] !== false;

function autoconnect(profile: NetworkManagerProfile): InterfaceStep {
  const own = profile.settings['connection'] ?? {};
  const settings = { ...profile.settings, connection: { ...own, autoconnect: ['b', true] as NetworkManagerValue } };
  const id = text(profile.settings, 'connection', 'id') ?? profile.uuid;
  return { ...updating(profile, settings, id), ...tell('hostProfileAuto', { profile: id }) };
}

type Settings = Record<string, Record<string, [string, unknown]>>;
const mutable = (settings: NetworkManagerSettings): Settings =>
  Object.fromEntries(
    Object.entries(settings).map(([group, values]) => [
      group,
      Object.fromEntries(Object.entries(values).map(([key, [signature, value]]) => [key, [signature, value]])),
    ]),
  );
