/**
 * Many actions as fast as it goes: devices and what is on them beside the rules, each in their order, and what one
 * program does in one process.
 */
import type { NetworkAction } from './actions.ts';
import { isRuleAction, performRules } from './firewall/perform-rules.ts';
import { ipAll, ipCommand, isIpAction } from './ip-commands.ts';

/** Rules and whether anything is forwarded at all: the latter comes after the former, and needs no device. */
const belongsToRules = (action: NetworkAction): boolean =>
  isRuleAction(action) ||
  action.verb === 'iptables-add' ||
  action.verb === 'iptables-delete' ||
  (action.verb === 'sysctl-set' && action.values.some(({ key }) => isForwardingOfAll(key)));

const isForwardingOfAll = (key: string): boolean =>
  key === 'net/ipv4/ip_forward' || key === 'net/ipv6/conf/all/forwarding';

/** @param perform carries out one action that no other can be joined with */
export async function performTogether(
  actions: readonly NetworkAction[],
  perform: (action: NetworkAction) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const rules = actions.filter(belongsToRules);
  const rest = actions.filter((action) => !belongsToRules(action));
  // Both are waited for, whatever becomes of either: what comes after a failure must not meet one that goes on.
  const ends = await Promise.allSettled(
    [rules, rest].map(async (lane) => {
      for (const joined of join(lane)) await performJoined(joined, perform, signal);
    }),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function performJoined(
  joined: readonly NetworkAction[],
  perform: (action: NetworkAction) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  if (joined.length > 1 && joined.every(isRuleAction)) return await performRules(joined, signal);
  if (joined.length > 1 && joined.every(isIpAction)) return await ipAll(joined.map(ipCommand), signal);
  for (const action of joined) await perform(action);
}

/**
 * Neighbours that one process does. Switches of a bridge that is only made here wait until it has its addresses and is
 * on: it has no ports yet by which anything could come.
 */
function join(actions: readonly NetworkAction[]): readonly (readonly NetworkAction[])[] {
  const groups: NetworkAction[][] = [];
  let waiting: NetworkAction[] = [];
  const begin = (action: NetworkAction): void => {
    for (const switches of waiting) groups.push([switches]);
    waiting = [];
    groups.push([action]);
  };
  for (const action of actions) {
    const last = groups.at(-1);
    const first = last?.[0];
    const fits = (is: (one: NetworkAction) => boolean): boolean => first !== undefined && is(first) && is(action);
    if (last !== undefined && (fits(isRuleAction) || fits(isIpAction))) last.push(action);
    else if (first?.verb === 'bridge-add' && isSwitchOf(action, first.link)) waiting.push(action);
    else begin(action);
  }
  for (const switches of waiting) groups.push([switches]);
  return groups;
}

const isSwitchOf = (action: NetworkAction, link: string): boolean =>
  action.verb === 'sysctl-set' && action.values.every(({ key }) => key.split('/')[3] === link);
