/**
 * The commands that put an interface's filters in force, in upstream's order: chains under temporary names are built
 * beside those in force, so that nothing passes unfiltered meanwhile. Pure.
 */
import { ebtables, ebtablesRule, ethernetProtocols, rootChain, type Side } from './ebtables.ts';
import type { RuleInstance } from './instances.ts';
import { iptablesRule, type Layer, layerOf } from './iptables.ts';
import type { Argv } from './words.ts';

export interface FilterCommand {
  readonly argv: Argv;
  /** What it removes may not be there. */
  readonly mayFail: boolean;
}

const must = (argv: Argv): FilterCommand => ({ argv, mayFail: false });
const may = (argv: Argv): FilterCommand => ({ argv, mayFail: true });

const hooks = { J: ['PREROUTING', '-i'], P: ['POSTROUTING', '-o'] } as const;

export function filterCommands(rules: readonly RuleInstance[], link: string): FilterCommand[] {
  const sorted = sortRules(rules);
  const ethernet = sorted.filter(isEthernet);
  const layers = (['iptables', 'ip6tables'] as const).filter((layer) => sorted.some((rule) => isOf(rule, layer)));
  const sides = (['J', 'P'] as const).filter((side) => ethernet.some((rule) => concerns(rule, side)));
  return [
    ...removeUnfinished(link),
    ...sides.map((side) => must(ebtables('-N', rootChain(side, link)))),
    ...ethernetCommands(ethernet, sides, link),
    ...layers.flatMap((layer) => [
      ...prepareLayer(layer, link),
      ...sorted.filter((rule) => isOf(rule, layer)).flatMap((rule) => iptablesRule(rule, link).map(must)),
    ]),
    ...sides.map((side) => must(ebtables('-A', ...hook(side, link)))),
  ];
}

export const isEthernet = ({ protocol }: RuleInstance): boolean =>
  protocol === undefined || ethernetProtocols.includes(protocol);
export const isOf = (rule: RuleInstance, layer: Layer): boolean =>
  rule.protocol !== undefined && !isEthernet(rule) && layerOf(rule.protocol) === layer;
export const concerns = ({ direction }: RuleInstance, side: Side): boolean =>
  direction !== (side === 'J' ? 'in' : 'out');

const hook = (side: Side, link: string): readonly string[] => [...hooks[side], link, '-j', rootChain(side, link)];

/** The root chain's rules first: the others hang on it. A rule never comes before the chain it is in. */
export function sortRules(rules: readonly RuleInstance[]): RuleInstance[] {
  const isRoot = ({ chain }: RuleInstance): boolean => chain === 'root';
  return [...rules]
    .sort((left, right) => Number(isRoot(right)) - Number(isRoot(left)) || left.priority - right.priority)
    .map((rule) => (isRoot(rule) ? rule : { ...rule, priority: Math.max(rule.priority, rule.chainPriority) }));
}

function removeUnfinished(link: string): FilterCommand[] {
  const both = ['J', 'P'] as const;
  return [
    ...both.map((side) => may(ebtables('-D', ...hook(side, link)))),
    ...both.map((side) => may(ebtables('-L', rootChain(side, link)))),
    ...both.flatMap((side) => ['-F', '-X'].map((flag) => may(ebtables(flag, rootChain(side, link))))),
  ];
}

export interface SubChain {
  readonly side: Side;
  readonly name: string;
  readonly priority: number;
}

/** A chain's name begins with what it is for. */
const chainProtocols: readonly (readonly [string, readonly string[]])[] = [
  ['ipv4', ['-p', '0x0800']],
  ['ipv6', ['-p', '0x86dd']],
  ['arp', ['-p', '0x0806']],
  ['rarp', ['-p', '0x8035']],
  ['mac', []],
  ['vlan', ['-p', '0x8100']],
  ['stp', ['-d', '01:80:c2:00:00:00']],
];
export const chainMatch = (name: string): readonly string[] | undefined =>
  chainProtocols.find(([prefix]) => name.startsWith(prefix))?.[1];

function ethernetCommands(rules: readonly RuleInstance[], sides: readonly Side[], link: string): FilterCommand[] {
  const waiting = sides
    .flatMap((side): SubChain[] => {
      const chains = new Map(
        rules.filter((rule) => concerns(rule, side)).map(({ chain, chainPriority }) => [chain, chainPriority]),
      );
      return [...chains]
        .filter(([name]) => chainMatch(name) !== undefined)
        .map(([name, priority]) => ({ side, name, priority }))
        .sort((left, right) => left.priority - right.priority);
    })
    .sort((left, right) => left.priority - right.priority);
  const commands: FilterCommand[] = [];
  for (const rule of rules) {
    while (waiting[0] !== undefined && waiting[0].priority <= rule.priority) {
      const [next] = waiting.splice(0, 1);
      if (next !== undefined) commands.push(...addSubChain(next, link));
    }
    commands.push(...ebtablesRule(rule, link).map(must));
  }
  return [...commands, ...waiting.flatMap((chain) => addSubChain(chain, link))];
}

function addSubChain({ side, name }: SubChain, link: string): FilterCommand[] {
  const chain = `${side}-${link}-${name}`;
  return [
    may(ebtables('-F', chain)),
    may(ebtables('-X', chain)),
    must(ebtables('-N', chain)),
    must(ebtables('-A', rootChain(side, link), ...(chainMatch(name) ?? []), '-j', chain)),
  ];
}

/** Ours are the first chains that forwarded packets, and those to the host, go through. */
const baseChains = [
  ['FORWARD', 'libvirt-in'],
  ['FORWARD', 'libvirt-out'],
  ['FORWARD', 'libvirt-in-post'],
  ['INPUT', 'libvirt-host-in'],
] as const;

const linkChains = [
  { base: 'libvirt-out', chain: 'FP', from: ['-m', 'physdev', '--physdev-is-bridged', '--physdev-out'] },
  { base: 'libvirt-in', chain: 'FJ', from: ['-m', 'physdev', '--physdev-in'] },
  { base: 'libvirt-host-in', chain: 'HJ', from: ['-m', 'physdev', '--physdev-in'] },
] as const;

function prepareLayer(layer: Layer, link: string): FilterCommand[] {
  const command = (...words: readonly string[]): Argv => [layer, '-w', ...words];
  const jump = ({ base, chain, from }: (typeof linkChains)[number], flag: string): Argv =>
    command(flag, base, ...from, link, '-g', `${chain}-${link}`);
  const post = ['libvirt-in-post', '-m', 'physdev', '--physdev-in', link, '-j', 'ACCEPT'];
  const places: Readonly<Record<string, number>> = { 'libvirt-out': 2, 'libvirt-in-post': 3 };
  return [
    ...linkChains.flatMap((entry) => [
      may(jump(entry, '-D')),
      // Earlier versions left this word out.
      ...(entry.chain === 'FP'
        ? [may(command('-D', entry.base, '-m', 'physdev', '--physdev-out', link, '-g', `FP-${link}`))]
        : []),
    ]),
    ...linkChains.flatMap(({ chain }) => ['-F', '-X'].map((flag) => may(command(flag, `${chain}-${link}`)))),
    ...['libvirt-in', 'libvirt-out', 'libvirt-in-post', 'libvirt-host-in'].map((chain) => may(command('-N', chain))),
    ...baseChains.map(([parent, chain]) => may(command('-D', parent, '-j', chain))),
    ...baseChains.map(([parent, chain]) => must(command('-I', parent, String(places[chain] ?? 1), '-j', chain))),
    ...linkChains.map(({ chain }) => must(command('-N', `${chain}-${link}`))),
    ...linkChains.map((entry) => must(jump(entry, '-A'))),
    may(command('-D', ...post)),
    must(command('-A', ...post)),
  ];
}
