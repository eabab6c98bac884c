/**
 * What the kernel's rules do with a packet. What is not understood is not guessed: a rule that may or may not be about
 * the packet makes the answer "can't tell", unless both ways lead to the same. Pure.
 */
import { lookUp, matches, type Packet, type Place, type Tristate } from './match.ts';
import type { Chain, Rule, Ruleset, TableFamily } from './ruleset.ts';

/** The rule, or the policy of a chain, that decided. */
export interface RuleRef {
  readonly family: TableFamily;
  readonly table: string;
  readonly chain: string;
  /** Absent for a chain's policy. */
  readonly handle?: number;
  readonly line: string;
}

export type Verdict = 'accept' | 'drop' | 'reject' | 'unknown' | 'masquerade' | 'snat' | 'dnat';

export interface Decision {
  readonly verdict: Verdict;
  readonly by: RuleRef;
}

export interface HookResult {
  readonly verdict: 'accept' | 'drop' | 'reject' | 'unknown';
  /** What decided: the rule that stops the packet, or those that let it pass in each chain. */
  readonly by: readonly RuleRef[];
}

/** What happens at the end of a chain without a verdict. */
type Flow = Decision | 'end';

const deepest = 32;

/** Where a packet passes: chains of these families, at this hook. */
export interface Hook {
  readonly hook: string;
  readonly families: readonly TableFamily[];
  /** For chains of one device. */
  readonly device?: string;
}

/** Each chain at the hook has to let the packet pass, in the order of their priorities. */
export function passHook(ruleset: Ruleset, hook: Hook, packet: Packet): HookResult {
  const passed: RuleRef[] = [];
  let unsure: RuleRef | undefined;
  for (const chain of chainsAt(ruleset, hook, ['filter', 'route'])) {
    const { verdict, by } = decide(ruleset, chain, packet);
    if (verdict === 'drop' || verdict === 'reject') {
      // Whatever the earlier one does, this one lets nothing through.
      return { verdict, by: [by] };
    }
    if (verdict === 'unknown') unsure ??= by;
    else if (by.handle !== undefined) passed.push(by);
  }
  return unsure === undefined ? { verdict: 'accept', by: passed } : { verdict: 'unknown', by: [unsure] };
}

/** What address translation does at a hook; undefined when nothing. */
export function translate(ruleset: Ruleset, hook: Hook, packet: Packet): Decision | undefined {
  for (const chain of chainsAt(ruleset, hook, ['nat'])) {
    const decision = decide(ruleset, chain, packet);
    if (decision.verdict !== 'accept') return decision;
    if (decision.by.handle !== undefined) return undefined;
  }
  return undefined;
}

const chainsAt = ({ chains }: Ruleset, { hook, families, device }: Hook, types: readonly string[]): readonly Chain[] =>
  chains
    .filter(
      ({ family, base }) =>
        base?.hook === hook &&
        families.includes(family) &&
        types.includes(base.type) &&
        (base.devices.length === 0 || (device !== undefined && base.devices.includes(device))),
    )
    .sort((a, b) => (a.base?.priority ?? 0) - (b.base?.priority ?? 0));

function decide(ruleset: Ruleset, chain: Chain, packet: Packet): Decision {
  const flow = follow(ruleset, chain, chain.rules, packet, 0);
  if (flow !== 'end') return flow;
  const { family, table, name, base } = chain;
  return { verdict: base?.policy ?? 'accept', by: { family, table, chain: name, line: base?.line ?? '' } };
}

function follow(ruleset: Ruleset, chain: Chain, rules: readonly Rule[], packet: Packet, depth: number): Flow {
  for (const [index, rule] of rules.entries()) {
    const { family, table, name } = chain;
    const by: RuleRef = { family, table, chain: name, handle: rule.handle, line: rule.line };
    const { meant, outcome } = read(rule, packet, { ruleset, family, table });
    if (meant === false || outcome === undefined) continue;
    const rest = (): Flow => follow(ruleset, chain, rules.slice(index + 1), packet, depth);
    const then = take(ruleset, chain, outcome, by, packet, depth);
    if (meant === true) {
      if (then === 'continue') continue;
      return then;
    }
    // It may be about the packet: only when both ways agree does it not matter.
    const otherwise = rest();
    const policy = depth === 0 ? (chain.base?.policy ?? 'accept') : undefined;
    if (then === 'continue' || sameVerdict(then, otherwise, policy)) return otherwise;
    return { verdict: 'unknown', by };
  }
  return 'end';
}

/** A chain that packets enter by themselves ends with its policy. */
function sameVerdict(left: Flow, right: Flow, policy: Verdict | undefined): boolean {
  const verdict = (flow: Flow): Verdict | undefined => (flow === 'end' ? policy : flow.verdict);
  return left === right || (verdict(left) !== undefined && verdict(left) === verdict(right));
}

type Outcome =
  | { readonly verdict: Verdict }
  | { readonly jump: string }
  | { readonly goto: string }
  | 'return'
  | 'unknown';

function take(
  ruleset: Ruleset,
  chain: Chain,
  outcome: Outcome,
  by: RuleRef,
  packet: Packet,
  depth: number,
): Flow | 'continue' {
  if (outcome === 'return') return 'end';
  if (outcome === 'unknown') return { verdict: 'unknown', by };
  if ('verdict' in outcome) return { verdict: outcome.verdict, by };
  const name = 'jump' in outcome ? outcome.jump : outcome.goto;
  const target = ruleset.chains.find(
    (each) => each.family === chain.family && each.table === chain.table && each.name === name,
  );
  if (target === undefined || depth >= deepest) return { verdict: 'unknown', by };
  const flow = follow(ruleset, target, target.rules, packet, depth + 1);
  if (flow !== 'end') return flow;
  return 'jump' in outcome ? 'continue' : 'end';
}

/** Whether a rule is about the packet, and what it then does; without an outcome it only counts, logs or marks. */
function read(
  rule: Rule,
  packet: Packet,
  place: Place,
): { readonly meant: Tristate; readonly outcome: Outcome | undefined } {
  let meant: Tristate = true;
  const both = (left: Tristate, right: Tristate): Tristate =>
    left === false || right === false ? false : left === true && right === true ? true : undefined;
  for (const expression of rule.expressions) {
    if (typeof expression !== 'object' || expression === null) return { meant: undefined, outcome: 'unknown' };
    const [[kind = '', value] = []] = Object.entries(expression);
    switch (kind) {
      case 'match':
        meant = both(meant, matches(value as Parameters<typeof matches>[0], packet, place));
        break;
      case 'xt':
        if ((value as { type?: string } | null)?.type === 'target') {
          return { meant, outcome: targetOf(String((value as { name?: unknown }).name)) };
        }
        meant = both(meant, xtMatch(String((value as { name?: unknown } | null)?.name), rule.line, packet, place));
        break;
      case 'limit':
      case 'quota':
        meant = both(meant, undefined);
        break;
      case 'vmap': {
        const found = lookUp(value as Parameters<typeof lookUp>[0], packet, place);
        if (found === undefined) return { meant: false, outcome: undefined };
        return { meant, outcome: found === 'unknown' ? 'unknown' : verdictOf(found) };
      }
      case 'counter':
      case 'log':
      case 'mangle':
      case 'notrack':
      case 'flow':
      case 'ct helper':
      case 'ct timeout':
      case 'ct count':
      case 'set':
      case 'map':
      case 'comment':
        break;
      default: {
        const outcome = verdictOf(expression);
        if (outcome === 'unknown') meant = both(meant, undefined);
        return { meant, outcome };
      }
    }
    if (meant === false) return { meant, outcome: undefined };
  }
  return { meant, outcome: undefined };
}

function verdictOf(statement: unknown): Outcome | undefined {
  if (typeof statement !== 'object' || statement === null) return 'unknown';
  const [[kind = '', value] = []] = Object.entries(statement as Record<string, unknown>);
  const target = (value as { target?: unknown } | null)?.target;
  switch (kind) {
    case 'accept':
    case 'drop':
    case 'reject':
    case 'masquerade':
    case 'snat':
    case 'dnat':
      return { verdict: kind };
    case 'redirect':
    case 'tproxy':
      return { verdict: 'dnat' };
    case 'return':
      return 'return';
    case 'continue':
      return undefined;
    case 'jump':
      return { jump: String(target) };
    case 'goto':
      return { goto: String(target) };
    default:
      return 'unknown';
  }
}

/** Targets of iptables that nft does not write in its own words. */
function targetOf(name: string): Outcome | undefined {
  switch (name) {
    case 'REJECT':
      return { verdict: 'reject' };
    case 'MASQUERADE':
      return { verdict: 'masquerade' };
    case 'SNAT':
      return { verdict: 'snat' };
    case 'DNAT':
    case 'REDIRECT':
      return { verdict: 'dnat' };
    case 'LOG':
    case 'NFLOG':
    case 'CHECKSUM':
    case 'TCPMSS':
    case 'MARK':
    case 'CONNMARK':
      return undefined;
    default:
      return 'unknown';
  }
}

/** Matches of iptables that nft does not write as its own in JSON; its text has some of them. */
function xtMatch(name: string, line: string, packet: Packet, place: Place): Tristate {
  if (name === 'comment') return true;
  if (name === 'conntrack' || name === 'state') {
    const [, negated, words] = /\bct state (!= )?([\w,]+)/.exec(line) ?? [];
    if (words === undefined) return undefined;
    const op = negated === undefined ? 'in' : '!=';
    return matches({ op, left: { ct: { key: 'state' } }, right: words.split(',') }, packet, place);
  }
  return undefined;
}
