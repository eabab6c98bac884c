/**
 * ifupdown: `/etc/network/interfaces`. What runs is moved by the kernel's own means at once; the files say it for the next
 * boot, and only when the change is kept. Nothing depends on packages that teach ifupdown about bridges.
 */
import type { HostInterface, InterfaceProtocol } from '../../../../src-shared/model/host-interface.ts';
import { tell } from '../../../../src-shared/host-words.ts';
import { parseAddress, parseSubnet } from '../../../../src-shared/model/network-address.ts';
import { say } from '../../../../src-shared/words.ts';
import type { Undo } from '../../../host/step.ts';
import type { InterfaceAction } from '../actions.ts';
import { bridgeDefinition, type Named, portAlone, portsOf } from '../definitions.ts';
import { interfaceError } from '../errors.ts';
import type { InterfaceFacts } from '../facts.ts';
import { type InterfaceStep, planBack, planOver } from '../plan-live.ts';
import { type IfupdownFile, readIfupdown, readsFolder, replaceStanzas, type Stanza } from './ifupdown-file.ts';
import { changed } from './files.ts';
import type { Keeper } from './keeper.ts';

const mainFile = '/etc/network/interfaces';
const ownFile = (name: string): string =>
  `/etc/network/interfaces.d/vivarium-${name.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`;

/** Options that definitions say in their own way; all others go along with the addresses. */
const told = new Set(
  [
    'address',
    'netmask',
    'gateway',
    'broadcast',
    'network',
    'mtu',
    'bridge_ports',
    'bridge-ports',
    'bridge_stp',
    'bridge_fd',
  ].concat(['vlan-raw-device', 'hwaddress', 'bond-slaves', 'bond-mode', 'bond-miimon']),
);

const isTold = ([name, value]: Stanza['options'][number]): boolean =>
  told.has(name) || ((name === 'pre-up' || name === 'post-down') && /^ip link (?:add|set|delete) /.test(value));

const up = (link: string): Undo<InterfaceAction> => ({ ...tell('hostIfup', { link }), action: { verb: 'ifup', link } });
const down = (link: string): Undo<InterfaceAction> => ({
  ...tell('hostIfdown', { link }),
  action: { verb: 'ifdown', link },
});

export const ifupdown: Keeper = {
  info: {
    ...{ name: 'ifupdown', isLasting: true },
    sentence: 'ifupdown keeps the configuration, in /etc/network/interfaces.',
  },
  configured: (files) => configured(files),
  define,
  undefine,
  start: ({ name }) => [{ ...up(name), inverse: down(name) }],
  stop: ({ name }) => [{ ...down(name), inverse: up(name) }],
  bridge: (device, shape, facts) => ({
    now: planOver(device, shape, facts),
    keep: define(bridgeDefinition(device, shape, facts), facts),
  }),
  unbridge: (bridge, port, facts) => {
    const removed = after(facts, undefine(bridge.name, facts));
    return {
      now: planBack(bridge, port, facts),
      keep: merged(facts, after(removed, define(portAlone(bridge, port, facts), removed))),
    };
  },
};

const filesOf = (files: InterfaceFacts['files']): readonly IfupdownFile[] =>
  Object.entries(files).map(([path, text]) => readIfupdown(path, text));

function configured(files: InterfaceFacts['files']): readonly HostInterface[] {
  const read = filesOf(files);
  const stanzas = read.flatMap((file) => file.stanzas).filter(({ method }) => method !== 'loopback');
  const names = [...new Set(stanzas.map(({ name }) => name))];
  return names.map((name) => {
    const own = stanzas.filter((stanza) => stanza.name === name);
    const mode = read.some(({ auto }) => auto.has(name))
      ? 'onboot'
      : read.some(({ hotplug }) => hotplug.has(name))
        ? 'hotplug'
        : 'none';
    return definitionOf(name, mode, own);
  });
}

function definitionOf(name: string, mode: 'onboot' | 'hotplug' | 'none', stanzas: readonly Stanza[]): HostInterface {
  const option = (...names: readonly string[]): string | undefined =>
    stanzas.flatMap(({ options }) => options).find(([each]) => names.includes(each))?.[1];
  const mtu = Number(option('mtu') ?? Number.NaN);
  const head = {
    ...{ name, start: { mode } },
    ...(Number.isInteger(mtu) ? { mtu: { size: mtu } } : {}),
    protocol: (['ipv4', 'ipv6'] as const).flatMap((family) => protocol(family, stanzas)),
  };
  const ports = option('bridge_ports', 'bridge-ports');
  if (ports !== undefined) {
    const members = ports.split(/\s+/).filter((port) => port !== '' && port !== 'none');
    const stp = option('bridge_stp');
    const bridge = {
      stp: stp === 'on' || stp === 'yes',
      delay: option('bridge_fd') ?? '0',
      interface: members.map((port) => ({ type: 'ethernet' as const, name: port, protocol: [] })),
    };
    return { type: 'bridge', ...head, bridge };
  }
  const parent = option('vlan-raw-device');
  const tag = Number(/(\d+)$/.exec(name)?.[1] ?? Number.NaN);
  if (parent !== undefined && Number.isInteger(tag)) {
    return { type: 'vlan', ...head, vlan: { tag, interface: { name: parent } } };
  }
  return { type: 'ethernet', ...head };
}

function protocol(family: 'ipv4' | 'ipv6', stanzas: readonly Stanza[]): InterfaceProtocol[] {
  const own = stanzas.filter((stanza) => stanza.family === (family === 'ipv4' ? 'inet' : 'inet6'));
  const methods = own.map(({ method }) => method);
  const fixed = own.filter(({ method }) => method === 'static');
  const value = (stanza: Stanza, name: string): string | undefined =>
    stanza.options.find(([each]) => each === name)?.[1];
  const gateway = fixed.map((stanza) => value(stanza, 'gateway')).find((found) => found !== undefined);
  const found: InterfaceProtocol = {
    family,
    ...(methods.includes('auto') ? { autoconf: true } : {}),
    ...(methods.includes('dhcp') ? { dhcp: {} } : {}),
    ip: fixed.flatMap((stanza) => addressOf(value(stanza, 'address'), value(stanza, 'netmask'))),
    route: gateway === undefined ? [] : [{ gateway }],
  };
  return found.autoconf === true || found.dhcp !== undefined || found.ip.length > 0 ? [found] : [];
}

function addressOf(text: string | undefined, netmask: string | undefined): InterfaceProtocol['ip'] {
  const [address = '', length] = (text ?? '').split('/');
  if (parseAddress(address) === undefined) return [];
  const prefix = length === undefined ? prefixOf(netmask) : Number(length);
  return [{ address, ...(prefix === undefined ? {} : { prefix }) }];
}

function prefixOf(netmask: string | undefined): number | undefined {
  if (netmask === undefined) return undefined;
  if (/^\d+$/.test(netmask)) return Number(netmask);
  return parseSubnet(`0.0.0.0/${netmask}`)?.prefix ?? ones(netmask);
}

const ones = (netmask: string): number =>
  netmask.split('.').reduce((sum, part) => sum + Number(part).toString(2).replaceAll('0', '').length, 0);

function define(definition: Named, facts: InterfaceFacts): readonly InterfaceStep[] {
  const { name } = definition;
  const ports = portsOf(definition);
  // An interface that was configured on its own gives what it had to what it becomes a port of.
  const former = stanzasOf(facts, (each) => each === name || ports.includes(each));
  const extras = (family: string): readonly string[] =>
    former
      .filter((stanza) => stanza.family === family && stanza.method !== 'loopback')
      .flatMap(({ options }) => options.filter((each) => !isTold(each)).map(([word, value]) => `    ${word} ${value}`));
  const lines = stanzaLines(definition, extras);
  let files: Record<string, string> = { ...facts.files };
  for (const path of Object.keys(files)) {
    for (const port of ports) files = { ...files, [path]: asManual(path, files[path] ?? '', port) };
  }
  const place = former.find((stanza) => stanza.name === name)?.path ?? newPlace(name, facts);
  const text = files[place] ?? '';
  const old = readIfupdown(place, text).stanzas.filter((stanza) => stanza.name === name);
  if (old.length > 0) files[place] = replaceStanzas(text, old, lines);
  else
    files[place] =
      `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${opening(definition, facts)}${lines.join('\n')}\n`;
  return merged(facts, { ...facts, files });
}

/** A port keeps its place at boot, and has nothing of its own. */
function asManual(path: string, text: string, port: string): string {
  const own = readIfupdown(path, text).stanzas.filter((stanza) => stanza.name === port);
  return own.length === 0 ? text : replaceStanzas(text, own, [`iface ${port} inet manual`]);
}

function undefine(name: string, facts: InterfaceFacts): readonly InterfaceStep[] {
  const own = stanzasOf(facts, (each) => each === name);
  if (own.length === 0) throw interfaceError('no-interface', say`ifupdown has no interface '${name}'.`);
  const files: Record<string, string | undefined> = { ...facts.files };
  for (const path of new Set(own.map((stanza) => stanza.path))) {
    const stanzas = own.filter((stanza) => stanza.path === path);
    const left = replaceStanzas(files[path] ?? '', stanzas, [])
      .split('\n')
      .flatMap((line) => withoutName(line, name));
    const isOurs = path === ownFile(name) && left.every((line) => line.trim() === '' || line.startsWith('#'));
    files[path] = isOurs ? undefined : left.join('\n');
  }
  return changed(facts.files, files);
}

/** `auto eth0 br0` without `br0`. */
function withoutName(line: string, name: string): string[] {
  const words = line.trim().split(/\s+/);
  if (!/^(?:auto|allow-\S+)$/.test(words[0] ?? '') || !words.includes(name)) return [line];
  const rest = words.filter((word) => word !== name);
  return rest.length === 1 ? [] : [rest.join(' ')];
}

const newPlace = (name: string, { files }: InterfaceFacts): string =>
  readsFolder(files[mainFile] ?? '') ? ownFile(name) : mainFile;

function opening({ name, start }: Named, facts: InterfaceFacts): string {
  const mode = start?.mode ?? 'onboot';
  const read = filesOf(facts.files);
  if (read.some(({ auto, hotplug }) => auto.has(name) || hotplug.has(name)) || mode === 'none') return '';
  return `${mode === 'hotplug' ? 'allow-hotplug' : 'auto'} ${name}\n`;
}

function stanzaLines(definition: Named, extras: (family: string) => readonly string[]): readonly string[] {
  const { name, mtu } = definition;
  const heads = definition.protocol.flatMap((each) => stanzasFor(each));
  const all = heads.length === 0 ? [{ family: 'inet', method: 'manual', options: [] }] : heads;
  const seen = new Set<string>();
  return all.flatMap(({ family, method, options }, at) => {
    const first =
      at === 0
        ? [...making(definition), ...(mtu === undefined ? [] : [`pre-up ip link set dev ${name} mtu ${mtu.size}`])]
        : [];
    const more = seen.has(family) ? [] : extras(family);
    seen.add(family);
    return [`iface ${name} ${family} ${method}`, ...[...first, ...options].map((line) => `    ${line}`), ...more];
  });
}

interface StanzaHead {
  readonly family: string;
  readonly method: string;
  readonly options: readonly string[];
}

function stanzasFor({ family, dhcp, autoconf, ip, route }: InterfaceProtocol): readonly StanzaHead[] {
  const word = family === 'ipv4' ? 'inet' : 'inet6';
  const heads: StanzaHead[] = [];
  if (dhcp !== undefined) heads.push({ family: word, method: 'dhcp', options: [] });
  if (autoconf === true) heads.push({ family: word, method: 'auto', options: [] });
  const [gateway] = route;
  for (const [at, { address, prefix }] of ip.entries()) {
    const via = at === 0 && gateway !== undefined ? [`gateway ${gateway.gateway}`] : [];
    const length = prefix ?? (family === 'ipv4' ? 32 : 128);
    heads.push({ family: word, method: 'static', options: [`address ${address}/${length}`, ...via] });
  }
  return heads;
}

/** What makes the device itself; `bridge_ports` also tells packages that know bridges, and this file's reader. */
function making(definition: Named): readonly string[] {
  const { name } = definition;
  switch (definition.type) {
    case 'bridge': {
      const { stp = true, delay = '0' } = definition.bridge ?? {};
      const [mac] = [definition.mac?.address];
      const ports = portsOf(definition);
      const address = mac === undefined ? '' : ` address ${mac}`;
      const shape = `forward_delay ${Math.round(Number(delay) * 100)} stp_state ${stp ? 1 : 0}`;
      return [
        `pre-up ip link add name ${name}${address} type bridge ${shape} || true`,
        ...ports.map((port) => `pre-up ip link set dev ${port} master ${name} up`),
        ...[`post-down ip link delete dev ${name}`, `bridge_ports ${ports.length === 0 ? 'none' : ports.join(' ')}`],
        ...[`bridge_stp ${stp ? 'on' : 'off'}`, `bridge_fd ${delay}`],
      ];
    }
    case 'vlan': {
      const { tag, interface: parent } = definition.vlan ?? {};
      if (tag === undefined || parent === undefined) return [];
      return [
        `pre-up ip link add link ${parent.name} name ${name} type vlan id ${tag} || true`,
        ...[`post-down ip link delete dev ${name}`, `vlan-raw-device ${parent.name}`],
      ];
    }
    case 'bond': {
      const { mode = 'balance-rr', miimon } = definition.bond ?? {};
      const ports = portsOf(definition);
      return [
        `pre-up ip link add name ${name} type bond mode ${mode} miimon ${miimon?.freq ?? 100} || true`,
        ...ports.map((port) => `pre-up ip link set dev ${port} down`),
        ...ports.map((port) => `pre-up ip link set dev ${port} master ${name}`),
        ...[`post-down ip link delete dev ${name}`, `bond-slaves ${ports.join(' ')}`],
      ];
    }
    case 'ethernet':
      return [];
  }
}

const stanzasOf = ({ files }: InterfaceFacts, isWanted: (name: string) => boolean): readonly Stanza[] =>
  filesOf(files).flatMap(({ stanzas }) => stanzas.filter(({ name }) => isWanted(name)));

/** The facts as they are once files were written. */
function after(facts: InterfaceFacts, steps: readonly InterfaceStep[]): InterfaceFacts {
  const files: Record<string, string> = { ...facts.files };
  for (const { action } of steps) {
    if (action.verb !== 'file-write') continue;
    if (action.content === undefined) Reflect.deleteProperty(files, action.path);
    else files[action.path] = action.content;
  }
  return { ...facts, files, configured: configured(files) };
}

const merged = (before: InterfaceFacts, then: InterfaceFacts): readonly InterfaceStep[] =>
  changed(before.files, {
    ...Object.fromEntries(Object.keys(before.files).map((path) => [path, undefined])),
    ...then.files,
  });
