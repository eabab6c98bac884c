/**
 * systemd-networkd: files in /etc/systemd/network. A trial is written below /run, which is gone at the next boot, and
 * networkd does the moving; keeping it writes the same files where they last.
 */
import type { HostInterface, InterfaceProtocol } from '../../../../src-shared/model/host-interface.ts';
import { bridgeDefinition, type Named, portAlone, portsOf } from '../definitions.ts';
import { interfaceError } from '../errors.ts';
import type { InterfaceFacts } from '../facts.ts';
import type { InterfaceStep } from '../plan-live.ts';
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
  define: (definition, facts) => [...write(lasting, definition, facts), reload([])],
  undefine(name, facts) {
    const gone = Object.keys(facts.files).filter(
      (path) => path.startsWith(`${lasting}/`) && isAbout(path, name, facts),
    );
    if (gone.length === 0) throw interfaceError('no-interface', `systemd-networkd has no interface '${name}'.`);
    return [...changed(facts.files, Object.fromEntries(gone.map((path) => [path, undefined]))), reload([])];
  },
  start: (definition) => [
    reload([...portsOf(definition), definition.name]),
    {
      sentence: `Switch ${definition.name} on.`,
      action: { verb: 'link-up', link: definition.name },
      inverse: { sentence: `Switch ${definition.name} off.`, action: { verb: 'link-down', link: definition.name } },
    },
  ],
  stop: ({ name }) => [
    {
      sentence: `Switch ${name} off.`,
      action: { verb: 'link-down', link: name },
      inverse: { sentence: `Switch ${name} on again.`, action: { verb: 'link-up', link: name } },
    },
  ],
  bridge(device, shape, facts) {
    const definition = bridgeDefinition(device, shape, facts);
    const links = [device.name, shape.bridge];
    const back: InterfaceStep = {
      sentence: `Remove the bridge ${shape.bridge} at a rollback.`,
      action: { verb: 'networkd-reload', links: [] },
      inverse: {
        sentence: `Remove the bridge ${shape.bridge}.`,
        action: { verb: 'link-delete', link: shape.bridge, kind: 'bridge' },
      },
    };
    const trial = write(passing, definition, facts);
    return {
      // Backwards: the bridge goes, its files go, and networkd looks at the card anew.
      now: [
        undoReload(links),
        ...trial,
        reload(links),
        { ...back, action: { verb: 'link-up', link: device.name }, sentence: `Switch ${device.name} on.` },
      ],
      keep: [...write(lasting, definition, facts), ...unwrite(trial)],
    };
  },
  unbridge(bridge, port, facts) {
    const alone = portAlone(bridge, port, facts);
    const own = Object.keys(facts.files).filter((path) => isAbout(path, bridge.name, facts));
    const removal = changed(facts.files, Object.fromEntries(own.map((path) => [path, undefined])));
    const links = [port.name];
    const remade = { verb: 'networkd-reload', links: [bridge.name, port.name] } as const;
    const gone: InterfaceStep = {
      sentence: `Remove the bridge ${bridge.name}.`,
      action: { verb: 'link-delete', link: bridge.name, kind: 'bridge' },
      inverse: { sentence: 'Have systemd-networkd make it again.', action: remade },
    };
    // The port's files of before say that it is a port, so the new ones take their place at once.
    return { now: [gone, ...removal, ...write(lasting, alone, facts), reload(links)], keep: [] };
  },
};

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
    files[`${folder}/${fileName(port, 'network')}`] =
      `[Match]\nName=${port}\n\n[Network]\n${word}=${name}\nLinkLocalAddressing=no\n`;
  }
  return changed(facts.files, files);
}

/** Removes what a trial has written. */
const unwrite = (trial: readonly InterfaceStep[]): readonly InterfaceStep[] =>
  trial.flatMap(({ inverse, action, sentence }) =>
    inverse === undefined
      ? []
      : [{ sentence: inverse.sentence, action: inverse.action, inverse: { sentence, action } }],
  );

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

function networkText({ name, mtu, protocol }: Named): string {
  const families = protocol.flatMap(({ family, dhcp }) => (dhcp === undefined ? [] : [family]));
  const dhcp = families.length === 2 ? 'yes' : (families[0] ?? 'no');
  const hasRa = protocol.some(({ family, autoconf }) => family === 'ipv6' && autoconf === true);
  return [
    ...['# Made by Vivarium.', '[Match]', `Name=${name}`, ''],
    ...(mtu === undefined ? [] : ['[Link]', `MTUBytes=${mtu.size}`, '']),
    ...['[Network]', `DHCP=${dhcp}`, `IPv6AcceptRA=${hasRa ? 'yes' : 'no'}`],
    ...protocol.flatMap(({ family, ip }) =>
      ip.map(({ address, prefix }) => `Address=${address}/${prefix ?? (family === 'ipv4' ? 32 : 128)}`),
    ),
    ...protocol.flatMap(({ route }) => route.map(({ gateway }) => `Gateway=${gateway}`)),
    '',
  ].join('\n');
}

const reload = (links: readonly string[]): InterfaceStep => ({
  sentence:
    links.length === 0
      ? 'Have systemd-networkd read its files.'
      : `Have systemd-networkd set up ${links.join(' and ')}.`,
  action: { verb: 'networkd-reload', links },
});

/** First of a list, so last of its undoing. */
const undoReload = (links: readonly string[]): InterfaceStep => ({
  sentence: 'Have systemd-networkd read its files.',
  action: { verb: 'networkd-reload', links: [] },
  inverse: {
    sentence: `Have systemd-networkd set up ${links[0] ?? ''} again.`,
    action: { verb: 'networkd-reload', links },
  },
});
