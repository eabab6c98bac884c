/**
 * systemd-networkd: files in /etc/systemd/network. A trial is written below /run, which is gone at the next boot, and
 * networkd does the moving; keeping it writes the same files where they last.
 */
import type { HostInterface, InterfaceProtocol } from '../../../../src-shared/model/host-interface.ts';
import { tell } from '../../../../src-shared/host-words.ts';
import { say } from '../../../../src-shared/words.ts';
import { bridgeDefinition, type Named, portAlone, portsOf } from '../definitions.ts';
import { interfaceError } from '../errors.ts';
import { deviceOf, type InterfaceDevice, type InterfaceFacts } from '../facts.ts';
import type { BridgeShape, InterfaceStep } from '../plan-live.ts';
import { changed } from './files.ts';
import { option, readUnit, type Unit } from './networkd-file.ts';
import type { Keeper } from './keeper.ts';

const lasting = '/etc/systemd/network';
const passing = '/run/systemd/network';
/** Before everybody else's: the first file that matches is the one. */
const fileName = (name: string, kind: 'netdev' | 'network'): string => `05-vivarium-${name}.${kind}`;

export const networkd: Keeper = {
  info: {
    ...{ name: 'systemd-networkd', isLasting: true },
    sentence: 'systemd-networkd keeps the configuration, in /etc/systemd/network.',
  },
  configured: (files) => configured(files),
  // Read when it is started, or at the next boot: networkd would make what is defined at once.
  define: (definition, facts) => [
    undoReload([...portsOf(definition), definition.name]),
    ...write(lasting, definition, facts),
  ],
  undefine(name, facts) {
    const gone = Object.keys(facts.files).filter(
      (path) => path.startsWith(`${lasting}/`) && isAbout(path, name, facts),
    );
    const ports = Object.keys(facts.files).filter((path) => isOwnPort(path, name, facts));
    if (gone.length === 0) throw interfaceError('no-interface', say`systemd-networkd has no interface '${name}'.`);
    return changed(facts.files, Object.fromEntries([...gone, ...ports].map((path) => [path, undefined])));
  },
  start: (definition, facts) => {
    const { name: link, type: kind } = definition;
    const made = reload([...portsOf(definition), link]);
    const isNew = kind !== 'ethernet' && deviceOf(facts, link) === undefined;
    return [
      isNew
        ? { ...made, inverse: { ...tell('hostBridgeRemove', { link }), action: { verb: 'link-delete', link, kind } } }
        : made,
      {
        ...tell('hostLinkOn', { link }),
        action: { verb: 'link-up', link },
        inverse: { ...tell('hostLinkOff', { link }), action: { verb: 'link-down', link } },
      },
    ];
  },
  stop: ({ name: link }) => [
    {
      ...tell('hostLinkOff', { link }),
      action: { verb: 'link-down', link },
      inverse: { ...tell('hostLinkOn', { link }), action: { verb: 'link-up', link } },
    },
  ],
  bridge(device, shape, facts) {
    const { name } = device;
    const link = shape.bridge;
    const files = bridgeFiles(device, shape, facts);
    const trial = changed(facts.files, inFolder(passing, files));
    return {
      // Backwards: the bridge goes, its files go, and networkd looks at the card anew.
      now: [
        undoReload([name]),
        ...trial,
        {
          ...reload([name, link]),
          inverse: { ...tell('hostBridgeRemove', { link }), action: { verb: 'link-delete', link, kind: 'bridge' } },
        },
      ],
      keep: [...changed(facts.files, inFolder(lasting, files)), ...unwrite(trial)],
    };
  },
  unbridge(bridge, port, facts) {
    const own = Object.keys(facts.files).filter((path) => isAbout(path, bridge.name, facts));
    const portFiles = Object.keys(facts.files).filter((path) => isOwnPort(path, bridge.name, facts));
    const removal = changed(facts.files, Object.fromEntries([...own, ...portFiles].map((path) => [path, undefined])));
    const remade = { verb: 'networkd-reload', links: [bridge.name, port.name] } as const;
    const gone: InterfaceStep = {
      ...tell('hostBridgeRemove', { link: bridge.name }),
      action: { verb: 'link-delete', link: bridge.name, kind: 'bridge' },
      inverse: { ...tell('hostNetworkdAgain', { links: bridge.name }), action: remade },
    };
    // What the card was configured with before the bridge is still there, unless the bridge is the administrator's own.
    const left = Object.entries(facts.files).filter(([path]) => ![...own, ...portFiles].includes(path));
    const alone = left.some(([path, text]) => isFor(readUnit(path, text), port))
      ? []
      : changed(facts.files, {
          [`${lasting}/${fileName(port.name, 'network')}`]: aloneText(bridge, port, facts),
        });
    const replaced = new Set(alone.flatMap(({ action }) => (action.verb === 'file-write' ? [action.path] : [])));
    const removed = removal.filter(({ action }) => action.verb !== 'file-write' || !replaced.has(action.path));
    return { now: [gone, ...removed, ...alone, reload([port.name])], keep: [] };
  },
};

/** The files of a bridge over a card by their names, the card's own configuration given to the bridge whole. */
function bridgeFiles(device: InterfaceDevice, shape: BridgeShape, facts: InterfaceFacts): Record<string, string> {
  const definition = bridgeDefinition(device, shape, facts);
  const unit = facts.networkd?.[device.name]?.unit;
  return {
    [fileName(shape.bridge, 'netdev')]: netdevText(definition) ?? '',
    [fileName(shape.bridge, 'network')]:
      (unit === undefined ? networkText(definition) : givenText(unit, shape.bridge)) + sameClient(device, facts),
    [fileName(device.name, 'network')]: portText(device.name, 'Bridge', shape.bridge, unit),
  };
}

/** What is on top of the card itself, and stays with it. */
const stays = /^(?:VLAN|MACVLAN|MACVTAP|IPVLAN|IPVTAP|Xfrm|Tunnel)$/;

/** A card's configuration as another device's. */
const givenText = (unit: string, link: string): string =>
  sectionsText(
    [`# Made by Vivarium.`, '[Match]', `Name=${link}`, ''],
    unit,
    (section, name) =>
      section !== 'Match' &&
      !(section === 'Link' && /^(?:MACAddress|Unmanaged)$/.test(name)) &&
      !(section === 'Network' && stays.test(name)),
  );

const portText = (port: string, word: 'Bridge' | 'Bond', master: string, unit = ''): string =>
  [
    ...['# Made by Vivarium.', '[Match]', `Name=${port}`, ''],
    ...sectionsText([], unit, (section, name) => section === 'Link' && /^MACAddress$|^MTUBytes$/.test(name))
      .split('\n')
      .filter((line) => line !== ''),
    ...['[Network]', `${word}=${master}`, 'LinkLocalAddressing=no'],
    ...readUnit('', unit).options.flatMap(([section, name, value]) =>
      section === 'Network' && stays.test(name) ? [`${name}=${value}`] : [],
    ),
    '',
  ].join('\n');

/** The sections of a file, as many times and in the order they are there, with those options that are wanted. */
function sectionsText(
  head: readonly string[],
  unit: string,
  isWanted: (section: string, name: string) => boolean,
): string {
  const lines = [...head];
  let section = '';
  let opened: string | undefined;
  for (const each of unit.split('\n')) {
    const line = each.trim();
    const name = /^\[(.+)\]$/.exec(line)?.[1];
    if (name !== undefined) {
      section = name;
      opened = `[${name}]`;
      continue;
    }
    const at = line.indexOf('=');
    if (line.startsWith('#') || line.startsWith(';') || at === -1 || !isWanted(section, line.slice(0, at).trim()))
      continue;
    if (opened !== undefined) lines.push(opened);
    opened = undefined;
    lines.push(line);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * networkd makes up a client's identity from the name of the device, so that a bridge would be another client to the
 * server: it is told the card's. Where the identity is the hardware address, the bridge has it anyhow.
 */
function sameClient({ name }: InterfaceDevice, { networkd: links }: InterfaceFacts): string {
  const { clientId = '', unit = '' } = links?.[name] ?? {};
  const iaid = /^ff([0-9a-f]{8})/i.exec(clientId)?.[1];
  const isTold = readUnit('', unit).options.some(
    ([section, word]) => /^DHCP(?:v4)?$/.test(section) && /^(?:IAID|ClientIdentifier)$/.test(word),
  );
  return iaid === undefined || isTold ? '' : `\n[DHCPv4]\nIAID=${Number.parseInt(iaid, 16)}\n`;
}

/** A card's configuration that its bridge had. */
function aloneText(bridge: InterfaceDevice, port: InterfaceDevice, facts: InterfaceFacts): string {
  const unit = facts.networkd?.[bridge.name]?.unit;
  return unit === undefined ? networkText(portAlone(bridge, port, facts)) : givenText(unit, port.name);
}

const inFolder = (folder: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));

/** A file of ours that makes some card a port of the bridge. */
function isOwnPort(path: string, bridge: string, { files }: InterfaceFacts): boolean {
  if (!/\/05-vivarium-[^/]+\.network$/.test(path)) return false;
  return option(readUnit(path, files[path] ?? ''), 'Network', 'Bridge').includes(bridge);
}

/** Whether a file configures this card, by its name, a pattern, or its hardware address. */
function isFor(unit: Unit, { name, mac }: InterfaceDevice): boolean {
  if (!unit.path.endsWith('.network')) return false;
  const patterns = option(unit, 'Match', 'Name').flatMap((value) => value.split(/\s+/));
  const macs = ['MACAddress', 'PermanentMACAddress'].flatMap((word) => option(unit, 'Match', word));
  if (mac !== undefined && macs.some((value) => value.toLowerCase().split(/\s+/).includes(mac))) return true;
  return patterns.some((pattern) => !pattern.startsWith('!') && globPattern(pattern).test(name));
}

const globPattern = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replaceAll(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );

function configured(files: InterfaceFacts['files']): readonly HostInterface[] {
  const units = Object.entries(files).map(([path, text]) => readUnit(path, text));
  const networks = units.filter(({ path }) => path.endsWith('.network'));
  return networks.flatMap((unit): HostInterface[] => {
    const name = option(unit, 'Match', 'Name')[0];
    // A pattern is for whatever comes, and no interface by itself.
    if (name === undefined || /[*?[\s!]/.test(name)) return [];
    const device = units.find(
      ({ path, ...rest }) => path.endsWith('.netdev') && option({ path, ...rest }, 'NetDev', 'Name')[0] === name,
    );
    return [definitionOf(name, unit, device, networks)];
  });
}

function definitionOf(name: string, unit: Unit, device: Unit | undefined, networks: readonly Unit[]): HostInterface {
  const mtu = Number(option(unit, 'Link', 'MTUBytes')[0] ?? Number.NaN);
  const head = {
    ...{ name, start: { mode: 'onboot' as const } },
    ...(Number.isInteger(mtu) ? { mtu: { size: mtu } } : {}),
    protocol: (['ipv4', 'ipv6'] as const).flatMap((family) => protocolOf(family, unit)),
  };
  const kind = device === undefined ? undefined : option(device, 'NetDev', 'Kind')[0];
  if (kind === 'bridge' && device !== undefined) {
    const ports = networks
      .filter((each) => option(each, 'Network', 'Bridge').includes(name))
      .flatMap((each) => option(each, 'Match', 'Name'));
    const bridge = {
      stp: /^(?:yes|true|on|1)$/.test(option(device, 'Bridge', 'STP')[0] ?? 'no'),
      delay: option(device, 'Bridge', 'ForwardDelaySec')[0] ?? '15',
      interface: ports.map((port) => ({ type: 'ethernet' as const, name: port, protocol: [] })),
    };
    return { type: 'bridge', ...head, bridge };
  }
  if (kind === 'vlan' && device !== undefined) {
    const parent = networks.find((each) => option(each, 'Network', 'VLAN').includes(name));
    const of = parent === undefined ? undefined : option(parent, 'Match', 'Name')[0];
    const tag = Number(option(device, 'VLAN', 'Id')[0] ?? 0);
    return { type: 'vlan', ...head, vlan: { tag, ...(of === undefined ? {} : { interface: { name: of } }) } };
  }
  return { type: 'ethernet', ...head };
}

function protocolOf(family: 'ipv4' | 'ipv6', unit: Unit): InterfaceProtocol[] {
  const dhcp = option(unit, 'Network', 'DHCP')[0] ?? 'no';
  const isDhcp = /^(?:yes|true|on|1)$/.test(dhcp) || dhcp === family;
  const isOurs = (text: string): boolean => text.includes(':') === (family === 'ipv6');
  const addresses = [...option(unit, 'Network', 'Address'), ...option(unit, 'Address', 'Address')].filter(isOurs);
  const gateways = [...option(unit, 'Network', 'Gateway'), ...option(unit, 'Route', 'Gateway')].filter(isOurs);
  const autoconf = family === 'ipv6' && /^(?:yes|true|on|1)$/.test(option(unit, 'Network', 'IPv6AcceptRA')[0] ?? 'no');
  if (!isDhcp && !autoconf && addresses.length === 0) return [];
  return [
    {
      family,
      ...(autoconf ? { autoconf: true as const } : {}),
      ...(isDhcp ? { dhcp: {} } : {}),
      ip: addresses.map((text) => {
        const [address = '', prefix] = text.split('/');
        return { address, ...(prefix === undefined ? {} : { prefix: Number(prefix) }) };
      }),
      route: gateways.slice(0, 1).map((gateway) => ({ gateway })),
    },
  ];
}

function isAbout(path: string, name: string, { files }: InterfaceFacts): boolean {
  const unit = readUnit(path, files[path] ?? '');
  return (
    option(unit, path.endsWith('.netdev') ? 'NetDev' : 'Match', path.endsWith('.netdev') ? 'Name' : 'Name').join(
      ' ',
    ) === name
  );
}

/** The files of a definition and of what becomes a port of it. */
function write(folder: string, definition: Named, facts: InterfaceFacts): readonly InterfaceStep[] {
  const files: Record<string, string> = {};
  const { name } = definition;
  const netdev = netdevText(definition);
  if (netdev !== undefined) files[`${folder}/${fileName(name, 'netdev')}`] = netdev;
  files[`${folder}/${fileName(name, 'network')}`] = networkText(definition);
  const word = definition.type === 'bond' ? 'Bond' : 'Bridge';
  for (const port of portsOf(definition)) {
    files[`${folder}/${fileName(port, 'network')}`] = portText(port, word, name);
  }
  return changed(facts.files, files);
}

/** Removes what a trial has written. */
const unwrite = (trial: readonly InterfaceStep[]): readonly InterfaceStep[] =>
  trial.flatMap(({ inverse, ...done }) => (inverse === undefined ? [] : [{ ...inverse, inverse: done }]));

function netdevText(definition: Named): string | undefined {
  const { name } = definition;
  const lines = (kind: string, rest: readonly string[]): string =>
    [`# Made by Vivarium.`, '[NetDev]', `Name=${name}`, `Kind=${kind}`, ...rest, ''].join('\n');
  const mac = 'mac' in definition ? definition.mac?.address : undefined;
  const address = mac === undefined ? [] : [`MACAddress=${mac}`];
  switch (definition.type) {
    case 'bridge': {
      const { stp = true, delay = '0' } = definition.bridge ?? {};
      return lines('bridge', [...address, '', '[Bridge]', `STP=${stp ? 'yes' : 'no'}`, `ForwardDelaySec=${delay}`]);
    }
    case 'bond': {
      const { mode = 'balance-rr', miimon } = definition.bond ?? {};
      return lines('bond', [...address, '', '[Bond]', `Mode=${mode}`, `MIIMonitorSec=${miimon?.freq ?? 100}ms`]);
    }
    case 'vlan':
      return lines('vlan', [...address, '', '[VLAN]', `Id=${definition.vlan?.tag ?? 0}`]);
    case 'ethernet':
      return undefined;
  }
}

function networkText(definition: Named): string {
  const { name, mtu, protocol } = definition;
  // A bridge of machines alone has no link until the first of them runs.
  const isAlone = definition.type === 'bridge' && portsOf(definition).length === 0;
  const families = protocol.flatMap(({ family, dhcp }) => (dhcp === undefined ? [] : [family]));
  const dhcp = families.length === 2 ? 'yes' : (families[0] ?? 'no');
  const hasRa = protocol.some(({ family, autoconf }) => family === 'ipv6' && autoconf === true);
  return [
    ...['# Made by Vivarium.', '[Match]', `Name=${name}`, ''],
    ...(mtu === undefined ? [] : ['[Link]', `MTUBytes=${mtu.size}`, '']),
    ...['[Network]', `DHCP=${dhcp}`, `IPv6AcceptRA=${hasRa ? 'yes' : 'no'}`],
    ...(isAlone ? ['ConfigureWithoutCarrier=yes'] : []),
    ...protocol.flatMap(({ family, ip }) =>
      ip.map(({ address, prefix }) => `Address=${address}/${prefix ?? (family === 'ipv4' ? 32 : 128)}`),
    ),
    ...protocol.flatMap(({ route }) => route.map(({ gateway }) => `Gateway=${gateway}`)),
    '',
  ].join('\n');
}

const reload = (links: readonly string[]): InterfaceStep => ({
  ...tell('hostNetworkd', { links: links.join(', ') }),
  action: { verb: 'networkd-reload', links },
});

/** First of a list, so last of its undoing. */
const undoReload = (links: readonly string[]): InterfaceStep => ({
  ...tell('hostNetworkdRead', {}),
  action: { verb: 'networkd-reload', links: [] },
  inverse: { ...tell('hostNetworkdAgain', { links: links.join(', ') }), action: { verb: 'networkd-reload', links } },
});
