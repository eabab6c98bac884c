/** What the host's rules do with the packets in question and with their answers, and what would let them pass. Pure. */
import { parseAddress } from '../../../src-shared/model/network-address.ts';
import type { TraceEvidence, TracePort } from '../../../src-shared/model/network-trace.ts';
import type { Match } from '../firewall/rules.ts';
import type { NetworkStep } from '../plan.ts';
import { type Hook, type HookResult, passHook, type RuleRef, translate } from './evaluate.ts';
import { exceptionStep } from './exception.ts';
import type { NetworkFact, RulesFact, TraceFacts } from './facts.ts';
import { type AnalysedHop, hopsAt, type Repair, stepsRepair } from './hop.ts';
import type { Packet } from './match.ts';
import type { GuestPlace } from './places.ts';
import type { Ruleset } from './ruleset.ts';

/** How a packet goes through the host. */
export interface Way {
  /** The device it comes in by; absent for the host's own. */
  readonly in?: string;
  /** The device it leaves by; absent for what is for the host. */
  readonly out?: string;
  readonly source: string;
  readonly destination: string;
  readonly port?: TracePort;
  /** The cables' ends, for rules of bridges and of single devices. */
  readonly inPort?: string;
  readonly outPort?: string;
  /** Whether both ends are on one bridge, so that the host only switches. */
  readonly switched: boolean;
}

type Known = Extract<RulesFact, { readonly ruleset: Ruleset }>;

export const ruleEvidence = ({ family, table, chain, handle, line }: RuleRef): TraceEvidence => ({
  source: `nft list chain ${family} ${table} ${chain}${handle === undefined ? '' : ` # handle ${handle}`}`,
  line,
});

/** Whose rules are the way's: a network's, whose start made some of them. */
export interface RuleContext {
  readonly way: Way;
  readonly network: NetworkFact | undefined;
  readonly bridge: string | undefined;
  readonly facts: TraceFacts;
  readonly at: AnalysedHop['at'];
}

export function rulesHop(context: RuleContext): AnalysedHop {
  const { way, facts, at } = context;
  const { ok, failed, unknown } = hopsAt(at);
  const { rules } = facts;
  if ('hidden' in rules) {
    return unknown(
      'rules',
      'rules-hidden',
      {},
      { evidence: [{ source: 'nft list ruleset', line: rules.hidden }], advice: 'see-rules' },
    );
  }
  const there = walk(rules, way, facts, 'new');
  const back = walk(rules, reversed(way), facts, 'established');
  const stopped = isStop(there) ? there : isStop(back) ? back : undefined;
  if (stopped !== undefined) {
    const [by] = stopped.by;
    if (by === undefined) throw new TypeError('a rule that stops has no name');
    const isAnswer = stopped === back;
    const finding = `${by.handle === undefined ? 'rules-policy' : 'rules-stop'}${isAnswer ? '-answer' : ''}` as const;
    const repair = repairOf(by, isAnswer ? reversed(way) : way, isAnswer ? 'established' : 'new', context);
    return failed(
      'rules',
      finding,
      { table: by.table, chain: by.chain },
      { evidence: [ruleEvidence(by)], repair, ...(repair === undefined ? { advice: adviceFor(by, context) } : {}) },
    );
  }
  const unclear = [there, back].find(({ verdict }) => verdict === 'unknown');
  if (unclear !== undefined) {
    const [by] = unclear.by;
    const evidence = by === undefined ? [] : [ruleEvidence(by)];
    return unknown('rules', 'rules-unclear', { table: by?.table ?? '' }, { evidence });
  }
  const old = legacyEvidence(rules, way);
  if (old !== undefined) return unknown('rules', 'rules-legacy', {}, { evidence: [old] });
  const passed = [...there.by, ...back.by].map(ruleEvidence);
  return passed.length === 0 ? ok('rules', 'rules-none') : ok('rules', 'rules-pass', {}, { evidence: unique(passed) });
}

const isStop = ({ verdict }: HookResult): boolean => verdict === 'drop' || verdict === 'reject';

const unique = (evidence: readonly TraceEvidence[]): readonly TraceEvidence[] => [
  ...new Map(evidence.map((each) => [each.source, each])).values(),
];

const reversed = (way: Way): Way => ({
  ...{ source: way.destination, destination: way.source, switched: way.switched },
  ...(way.out === undefined ? {} : { in: way.out }),
  ...(way.in === undefined ? {} : { out: way.in }),
  ...(way.outPort === undefined ? {} : { inPort: way.outPort }),
  ...(way.inPort === undefined ? {} : { outPort: way.inPort }),
  ...(way.port === undefined ? {} : { port: way.port }),
});

function packetOf(way: Way, state: Packet['state']): Packet {
  const { source, destination, port } = way;
  const ports = state === 'new' ? { destinationPort: port?.port } : { sourcePort: port?.port };
  return {
    ...{ source, destination, state, protocol: port?.protocol ?? 'icmp' },
    family: parseAddress(destination)?.family ?? 'ipv4',
    ...(way.in === undefined ? {} : { in: way.in }),
    ...(way.out === undefined ? {} : { out: way.out }),
    ...(ports.destinationPort === undefined ? {} : { destinationPort: ports.destinationPort }),
    ...(ports.sourcePort === undefined ? {} : { sourcePort: ports.sourcePort }),
  };
}

const layers = (packet: Packet): Hook['families'] => ['inet', packet.family === 'ipv4' ? 'ip' : 'ip6'];

/** Every hook on the way, in the kernel's order; the first that stops, or can't be told, decides. */
function walk({ ruleset }: Known, way: Way, facts: TraceFacts, state: Packet['state']): HookResult {
  const packet = packetOf(way, state);
  const families = layers(packet);
  const bridged: Packet = {
    ...packet,
    ...(way.inPort === undefined ? {} : { in: way.inPort }),
    ...(way.outPort === undefined ? {} : { out: way.outPort }),
  };
  const stages: (readonly [Hook, Packet])[] = [];
  for (const device of [way.inPort, way.switched ? undefined : way.in]) {
    if (device !== undefined) stages.push([{ hook: 'ingress', families: ['netdev', 'inet'], device }, packet]);
  }
  if (way.inPort !== undefined) {
    stages.push([{ hook: 'prerouting', families: ['bridge'] }, bridged]);
    stages.push([{ hook: way.switched ? 'forward' : 'input', families: ['bridge'] }, bridged]);
  }
  if (!way.switched) {
    if (way.in !== undefined) stages.push([{ hook: 'prerouting', families }, packet]);
    const hook = way.in === undefined ? 'output' : way.out === undefined ? 'input' : 'forward';
    stages.push([{ hook, families }, packet]);
    if (way.out !== undefined) stages.push([{ hook: 'postrouting', families }, packet]);
  } else if (facts.sysctls['net/bridge/bridge-nf-call-iptables'] === '1') {
    // Switched packets pass the routed ones' rules as well; all they see is the bridge.
    stages.push([{ hook: 'forward', families }, packet]);
  }
  if (way.outPort !== undefined) {
    if (!way.switched) stages.push([{ hook: 'output', families: ['bridge'] }, bridged]);
    stages.push([{ hook: 'postrouting', families: ['bridge'] }, bridged]);
  }
  const passed: RuleRef[] = [];
  let unclear: HookResult | undefined;
  for (const [hook, seen] of stages) {
    const result = passHook(ruleset, hook, seen);
    if (isStop(result)) return result;
    if (result.verdict === 'unknown') unclear ??= result;
    else passed.push(...result.by);
  }
  return unclear ?? { verdict: 'accept', by: passed };
}

/** Whether guests' questions for an address reach the server; undefined when nothing is in their way. */
export function dhcpHop(
  place: GuestPlace,
  network: NetworkFact,
  server: TraceEvidence,
  facts: TraceFacts,
): AnalysedHop | undefined {
  const { bridge, card, name: machine, at } = place;
  if (bridge === undefined) return undefined;
  const { failed, unknown } = hopsAt(at);
  const { rules } = facts;
  if ('hidden' in rules) {
    // Nothing says yet that there is anything wrong with a network that nobody asked.
    if (card === undefined) return undefined;
    const evidence = [server, { source: 'nft list ruleset', line: rules.hidden }];
    return unknown('lease', 'lease-rules-hidden', { machine }, { evidence, advice: 'see-rules' });
  }
  const way: Way = {
    ...{ in: bridge, source: '0.0.0.0', destination: '255.255.255.255', switched: false },
    port: { protocol: 'udp', port: 67 },
    ...(card?.device === undefined ? {} : { inPort: card.device }),
  };
  const result = walk(rules, way, facts, 'new');
  const [by] = result.by;
  if (!isStop(result) || by === undefined) return undefined;
  const repair = repairOf(by, way, 'new', { way, network, bridge, facts, at });
  return failed(
    'lease',
    'lease-dropped',
    { table: by.table, chain: by.chain },
    { evidence: [ruleEvidence(by), server], repair, ...(repair === undefined ? { advice: 'other-program' } : {}) },
  );
}

/** Whether packets that leave get an address to which answers come back. */
export function translationHop(context: RuleContext): AnalysedHop | undefined {
  const { way, network, facts, at } = context;
  if (network?.definition.forward?.mode !== 'nat') return undefined;
  const { ok, failed, unknown } = hopsAt(at);
  const packet = packetOf(way, 'new');
  if (packet.family === 'ipv6' && network.definition.forward.nat?.ipv6 !== true) return undefined;
  const { rules } = facts;
  if ('hidden' in rules) return undefined;
  const decision = translate(rules.ruleset, { hook: 'postrouting', families: layers(packet) }, packet);
  if (decision?.verdict === 'masquerade' || decision?.verdict === 'snat') {
    return ok('translation', 'translation-on', {}, { evidence: [ruleEvidence(decision.by)] });
  }
  if (decision?.verdict === 'unknown') {
    return unknown('translation', 'translation-unclear', {}, { evidence: [ruleEvidence(decision.by)] });
  }
  return failed(
    'translation',
    'translation-off',
    { address: way.source },
    {
      evidence: [{ source: 'nft list ruleset', line: `no masquerade or snat for ${way.source}` }],
      repair: stepsRepair(`Set the rules of '${network.name}' again.`, ownRules(network), network.uuid),
    },
  );
}

const ownRules = (network: NetworkFact): readonly NetworkStep[] =>
  network.recorded.filter(({ action }) => ['nft-table-add', 'nft-network-set', 'iptables-add'].includes(action.verb));

/** iptables' own tables of old stand beside nftables, and every packet passes both. */
function legacyEvidence({ legacy }: Known, way: Way): TraceEvidence | undefined {
  if (way.switched) return undefined;
  const chain = way.in === undefined ? 'OUTPUT' : way.out === undefined ? 'INPUT' : 'FORWARD';
  const line = legacy.find((each) => each.startsWith(`-A ${chain} `) || each.startsWith(`:${chain} DROP`));
  return line === undefined ? undefined : { source: 'iptables-legacy-save', line };
}

/** Tables that networks of this host made themselves. */
const isOwn = ({ table }: RuleRef, network: NetworkFact | undefined): boolean =>
  network?.recorded.some(({ action }) => action.verb === 'nft-network-set' && action.table === table) === true;

function adviceFor(by: RuleRef, { network, way }: RuleContext): 'own-isolated' | 'own-rules' | 'other-program' {
  if (!isOwn(by, network) && !/LIBVIRT_/.test(by.chain)) return 'other-program';
  return network?.definition.forward === undefined && way.in !== undefined ? 'own-isolated' : 'own-rules';
}

/**
 * firewalld is told where the bridge belongs; where iptables drops what it does not know the network's rules are set
 * there too; before anybody else's rule an exception is put, which goes when the network stops.
 */
function repairOf(
  by: RuleRef,
  way: Way,
  state: Packet['state'],
  { network, bridge, facts: _facts }: RuleContext,
): Repair | undefined {
  if (network?.active !== true || bridge === undefined) return undefined;
  if (isOwn(by, network) || by.chain.startsWith('LIBVIRT_')) return undefined;
  if (by.table === 'firewalld') {
    const zone = network.planned.filter(({ action }) => action.verb === 'zone-set');
    return stepsRepair(`Put ${bridge} into the zone of virtual networks.`, zone, network.uuid);
  }
  const hasOwn = network.recorded.some(({ action }) => action.verb === 'iptables-add');
  const iptables = network.planned.filter(({ action }) => action.verb === 'iptables-add');
  if (by.handle === undefined && by.table === 'filter' && by.chain === 'FORWARD' && iptables.length > 0 && !hasOwn) {
    return stepsRepair("Set the network's rules where iptables drops what it has no rule for.", iptables, network.uuid);
  }
  const step = exceptionStep(by, exceptionMatches(way, state, bridge), network);
  return stepsRepair('Let it pass before that rule.', step === undefined ? [] : [step], network.uuid);
}

/** As narrow as the question: the network's device, and the port or the other device. */
function exceptionMatches(way: Way, state: Packet['state'], bridge: string): readonly Match[] {
  const device = (match: 'in' | 'out', name: string | undefined): Match[] =>
    name === undefined || (way.switched && name === bridge) ? [] : [{ match, device: name }];
  const ports: Match[] =
    way.port === undefined || state === 'established'
      ? []
      : [
          { match: 'protocol', protocol: way.port.protocol },
          { match: 'port', port: way.port.port },
        ];
  return [
    ...device('in', way.in),
    ...device('out', way.out),
    ...ports,
    ...(state === 'established' ? [{ match: 'established' } as const] : []),
  ];
}
