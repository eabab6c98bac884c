/** A rule that lets a network's packets pass before somebody else's rule stops them, and goes with the network. Pure. */
import { parseAddress } from '../../../src-shared/model/network-address.ts';
import type { NetworkAction } from '../actions.ts';
import { ruleText } from '../firewall/nftables.ts';
import type { Match } from '../firewall/rules.ts';
import type { NetworkStep } from '../plan.ts';
import type { RuleRef } from './evaluate.ts';
import type { NetworkFact } from './facts.ts';
import { subnetsOf } from './places.ts';

type Exception = Extract<NetworkAction, { readonly verb: 'nft-exception-add' }>;

/** By which an exception is found again: the network's, one a chain and kind. */
function markOf({ uuid }: NetworkFact, matches: readonly Match[]): string {
  const words = matches.map((match) => Object.values(match).join('-')).join('_');
  let sum = 0;
  for (const letter of words) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 0x1_0000_0000;
  return `vivarium ${uuid.slice(0, 8)} ${sum.toString(16)}`;
}

/** Undefined where such a rule would have to be of a kind that networks don't have. */
export function exceptionStep(
  { family, table, chain, handle }: RuleRef,
  matches: readonly Match[],
  network: NetworkFact,
): NetworkStep | undefined {
  if (family !== 'inet' && family !== 'ip' && family !== 'ip6') return undefined;
  if (!matches.some(({ match }) => match === 'in' || match === 'out')) return undefined;
  const layer =
    family === 'ip' ? 'ipv4' : family === 'ip6' ? 'ipv6' : (subnetsOf(network)[0] ?? parseAddress('0.0.0.0'))?.family;
  const mark = markOf(network, matches);
  const place = { family, table, chain, mark };
  const action: Exception = {
    ...{ verb: 'nft-exception-add', ...place, layer: layer ?? 'ipv4', matches: [...matches] },
    ...(handle === undefined ? {} : { before: handle }),
  };
  const rule = ruleText({ family: action.layer, chain: 'forward-out', matches, verdict: { verdict: 'accept' } });
  return {
    sentence: `Let pass in the chain ${chain} of the table ${table}: ${rule}.`,
    action,
    inverse: {
      sentence: `Remove that exception from the table ${table}.`,
      action: { verb: 'nft-exception-delete', ...place },
    },
  };
}
